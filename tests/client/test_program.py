#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client as a program, against servers that are right and wrong.

ECHO_CLIENT   the program (default: src/client/echo-client)
ECHOD         the daemon; without it, the tests against it are skipped
TEST_SCALE    how much slower than usual the client is (default: 1)
CLIENT_WRAPPER, ECHOD_WRAPPER  what the two are run by, such as "valgrind -q"

One test alone: test_program.py Wrong.test_a_dropped_byte
"""

import hashlib
import json
import os
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import echo_servers as servers  # noqa: E402
from client_program import (  # noqa: E402
    DEADLINE, GOOD, HUGE, LIMIT, MIB, SCALE, TIMEOUT, UNREACHABLE, USAGE,
    WRAPPER, WRONG, Case, interrupt, own_signals, own_words, pattern, run,
    start)
from echo_servers import Server  # noqa: E402

ECHOD = os.environ.get("ECHOD") or "src/echod/echod"
ECHOD_WRAPPER = shlex.split(os.environ.get("ECHOD_WRAPPER", ""))


class Message(Case):
    def test_words_come_back_as_a_line(self):
        with Server() as server:
            client = run(server.address, "hello,", "world")
        self.check(client, GOOD, b"hello, world\n", "")

    def test_an_empty_message_is_a_line_end(self):
        with Server() as server:
            client = run(server.address, "")
        self.check(client, GOOD, b"\n", "")

    def test_quiet_prints_nothing(self):
        with Server() as server:
            client = run("--quiet", server.address, "hello")
        self.check(client, GOOD, b"", "")

    def test_ipv6(self):
        with Server(family=socket.AF_INET6) as server:
            client = run(server.address, "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_unix_socket(self):
        with Server(family=socket.AF_UNIX) as server:
            client = run(server.address, "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_a_name_is_resolved_and_all_addresses_are_tried(self):
        with Server() as server:
            client = run(f"localhost:{server.port}", "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_a_long_message(self):
        word = "x" * 100000
        with Server() as server:
            client = run(server.address, word, word)
        self.check(client, GOOD, f"{word} {word}\n".encode(), "")

    def test_bytes_that_are_no_text(self):
        message = bytes(range(1, 256))
        with Server() as server:
            client = run(server.address, message)
        self.check(client, GOOD, message + b"\n", "")


class Wrong(Case):
    """Each kind of wrong echo, of the line 'abcdef'."""

    def check_message(self, behaviour, out, error, *options):
        with Server(behaviour) as server:
            client = run(*options, server.address, "abcdef")
        self.check(client, WRONG, out,
                   f"echo-client: {server.address}: {error}\n")

    def test_two_swapped_bytes(self):
        self.check_message(servers.swapping(2), b"abdcef\n",
                           "wrong echo at offset 2: "
                           "sent 0x63 'c', received 0x64 'd'")

    def test_a_dropped_byte(self):
        self.check_message(servers.dropping(2), b"abdef\n",
                           "wrong echo at offset 2: "
                           "sent 0x63 'c', received 0x64 'd'")

    def test_a_doubled_byte(self):
        self.check_message(servers.doubling(2), b"abccdef\n",
                           "wrong echo at offset 3: "
                           "sent 0x64 'd', received 0x63 'c'")

    def test_the_last_byte_dropped(self):
        self.check_message(servers.dropping(6), b"abcdef",
                           "the server closed the connection: 6 of 7 bytes "
                           "came back, the first missing one is 0x0a at "
                           "offset 6")

    def test_the_last_byte_doubled(self):
        self.check_message(servers.doubling(6), b"abcdef\n\n",
                           "wrong echo at offset 7: "
                           "sent nothing, received 0x0a")

    def test_surplus_after_the_end(self):
        self.check_message(servers.adding(b"bye"), None,
                           "wrong echo at offset 7: "
                           "sent nothing, received 0x62 'b'")

    def test_quiet_prints_the_error_alone(self):
        self.check_message(servers.swapping(2), b"",
                           "wrong echo at offset 2: sent 0x63 'c', "
                           "received 0x64 'd'", "--quiet")

    def test_a_server_that_greets(self):
        with Server(servers.greeting(b"220 ready\r\n")) as server:
            client = run(server.address, "abcdef")
        self.check(client, WRONG)
        self.assertIn("wrong echo at offset 0: sent ", client.err)
        self.assertIn("received 0x32 '2'\n", client.err)

    def test_a_server_that_closes_early(self):
        self.check_message(servers.closing_after(3), b"abc",
                           "the server closed the connection: 3 of 7 bytes "
                           "came back, the first missing one is 0x64 'd' at "
                           "offset 3")

    def test_a_server_that_resets(self):
        self.check_message(servers.resetting_after(7), b"",
                           "connection lost (Connection reset by peer): "
                           "0 of 7 bytes came back, the first missing one is "
                           "0x61 'a' at offset 0")

    def test_a_server_that_never_answers(self):
        # It reads to the end, so it must not see that before the timeout.
        holding = servers.Pausing(0)
        with Server(holding) as server:
            client = run("--timeout", TIMEOUT, server.address, "abcdef")
            holding.released.set()
        self.check(client, WRONG, b"",
                   f"echo-client: {server.address}: no echo for {LIMIT}: "
                   "0 of 7 bytes came back, the first missing one is "
                   "0x61 'a' at offset 0\n")

    def test_a_server_that_stops_answering(self):
        holding = servers.Pausing(4)
        with Server(holding) as server:
            client = run("--timeout", TIMEOUT, server.address, "abcdef")
            holding.released.set()
        self.check(client, WRONG, b"abcd",
                   f"echo-client: {server.address}: no echo for {LIMIT}: "
                   "4 of 7 bytes came back, the first missing one is "
                   "0x65 'e' at offset 4\n")

    def test_a_server_that_does_not_close(self):
        holding = servers.Holding()
        with Server(holding) as server:
            client = run("--timeout", TIMEOUT, server.address, "abcdef")
            holding.released.set()
        self.check(client, WRONG, b"abcdef\n",
                   f"echo-client: {server.address}: every byte came back, but "
                   f"the server did not end the connection within {LIMIT}\n")


class Connect(Case):
    def test_refused(self):
        with servers.Refusing() as server:
            client = run(server.address, "hello")
        self.check(client, UNREACHABLE, b"", "echo-client: cannot connect to "
                   f"{server.address}: Connection refused\n")

    def test_a_name_shows_the_addresses_that_were_tried(self):
        with servers.Refusing() as server:
            port = server.address.rpartition(":")[2]
            client = run(f"localhost:{port}", "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, r"\Aecho-client: cannot connect to "
                         f"localhost:{port}: .*127\\.0\\.0\\.1:{port}: "
                         "Connection refused")

    def test_no_such_socket(self):
        client = run("unix:/nonexistent/echo.sock", "hello")
        self.check(client, UNREACHABLE, b"", "echo-client: cannot connect to "
                   "unix:/nonexistent/echo.sock: No such file or directory\n")

    def test_no_such_name(self):
        client = run("no-such-name.invalid", "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertIn("cannot connect to no-such-name.invalid:7007: ",
                      client.err)

    def test_timeout_names_the_phase_and_the_address(self):
        with servers.Unanswering() as server:
            client = run("--timeout", TIMEOUT, server.address, "hello")
        self.check(client, UNREACHABLE, b"",
                   f"echo-client: cannot connect to {server.address}: "
                   f"no answer within {LIMIT}\n")

    def test_interrupted(self):
        with servers.Unanswering() as server:
            client = start("--timeout", "0", server.address, "hello")
            with client:
                wait_until_connecting(client, server)
                interrupt(client)
                out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, out, err),
                         (-signal.SIGINT, b"", b""))


def wait_until_connecting(client, server):
    """Until the kernel shows a SYN to the server from another than ours."""
    wanted = server.listener.getsockname()[1]
    ours = {filler.getsockname()[1] for filler in server.fillers}
    while client.poll() is None:
        with open("/proc/net/tcp", encoding="ascii") as table:
            next(table)
            for line in table:
                local, remote, state = line.split()[1:4]
                if (int(remote[9:], 16) == wanted and state == "02" and
                        int(local[9:], 16) not in ours):
                    return
        time.sleep(0.01)


class Usage(Case):
    def check_usage(self, *arguments, error):
        client = run(*arguments)
        self.check(client, USAGE, b"")
        self.assertIn(error, client.err)
        self.assertTrue(client.err.startswith("echo-client: "), client.err)
        self.assertIn("--help", client.err)

    def test_no_address(self):
        self.check_usage(error="no address")

    def test_bad_address(self):
        self.check_usage("localhost:port", "x", error="'localhost:port'")

    def test_unknown_option(self):
        self.check_usage("--sise", "5", "localhost", error="--size")

    def test_message_and_count(self):
        self.check_usage("-c", "3", "localhost", "hello",
                         error="can't be combined")

    def test_count_zero(self):
        self.check_usage("-c", "0", "localhost", error="count")

    def test_help_goes_to_standard_output(self):
        client = run("--help")
        self.check(client, GOOD, err="")
        self.assertTrue(client.out.startswith(b"Usage: echo-client "))
        self.assertIn(b"--interval", client.out)

    def test_version(self):
        client = run("--version")
        self.check(client, GOOD, err="")
        self.assertRegex(client.out.decode(),
                         r"\Aecho-client \d+\.\d+\.\d+\n"
                         r"libawait \S+, jansson \S+, OpenSSL \S+\n\Z")

    def test_help_to_a_full_disk_fails(self):
        with open("/dev/full", "wb") as full:
            client = run("--help", stdout=full)
        self.check(client, WRONG)
        self.assertIn("No space left on device", client.err)


class Stream(Case):
    def check_digest(self, stdin, size, digest, address):
        """Sends a file or pipe and compares the checksum of the output."""
        with start(address, stdin=stdin) as client:
            found = hashlib.sha256()
            count = 0
            while data := client.stdout.read(65536):
                found.update(data)
                count += len(data)
            err = client.stderr.read().decode()
            status = client.wait(DEADLINE)
        self.assertEqual((status, err, count), (GOOD, "", size))
        self.assertEqual(found.hexdigest(), digest)

    def check_file(self, size, address):
        data = pattern(size)
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            file.seek(0)
            self.check_digest(file, size, hashlib.sha256(data).hexdigest(),
                              address)

    def check_pipe(self, size, address):
        data = pattern(size)
        reader, writer = os.pipe()

        def feed():
            with os.fdopen(writer, "wb") as file:
                file.write(data)

        feeder = threading.Thread(target=feed)
        feeder.start()
        with os.fdopen(reader, "rb") as file:
            self.check_digest(file, size, hashlib.sha256(data).hexdigest(),
                              address)
        feeder.join()

    def test_nothing(self):
        with Server() as server:
            client = run(server.address)
        self.check(client, GOOD, b"", "")

    def test_a_file_of_a_mebibyte(self):
        with Server() as server:
            self.check_file(MIB, server.address)

    def test_a_pipe_of_a_mebibyte(self):
        with Server() as server:
            self.check_pipe(MIB, server.address)

    def test_a_file_of_huge_size(self):
        with Server() as server:
            self.check_file(HUGE, server.address)

    def test_a_pipe_of_huge_size(self):
        with Server() as server:
            self.check_pipe(HUGE, server.address)

    def test_a_unix_socket_of_odd_size(self):
        with Server(family=socket.AF_UNIX) as server:
            self.check_file(3 * MIB + 12345, server.address)

    def test_input_in_small_pieces(self):
        with Server() as server, start(server.address, bufsize=0,
                                       stdin=subprocess.PIPE) as client:
            for i in range(200):
                piece = f"piece {i}".encode()
                client.stdin.write(piece)
                # The echo of each comes before the next is sent.
                self.assertEqual(client.stdout.read(len(piece)), piece)
            client.stdin.close()
            self.assertEqual(client.stdout.read(), b"")
            self.assertEqual(client.stderr.read(), b"")
        self.assertEqual(client.returncode, GOOD)

    @unittest.skipIf(WRAPPER, "the wrapper's memory is not the client's")
    def test_memory_does_not_grow_with_the_input(self):
        holding = servers.Holding()
        with Server(holding) as server, tempfile.TemporaryFile() as file:
            file.truncate(64 * MIB)
            with start("-q", server.address, stdin=file) as client:
                self.assertTrue(holding.echoed.wait(DEADLINE))
                with open(f"/proc/{client.pid}/status",
                          encoding="ascii") as status:
                    memory = dict(re.findall(r"(\w+):\s+(\d+) kB",
                                             status.read()))
                holding.released.set()
        self.assertEqual(client.returncode, GOOD)
        # Address and thread sanitizers reserve terabytes.
        if int(memory["VmPeak"]) > 1 << 30:
            self.skipTest("a sanitizer's memory is not the client's")
        self.assertLess(int(memory["VmHWM"]), 16 * 1024)

    def test_a_flipped_byte_far_in(self):
        offset = 5 * MIB + 4321
        data = pattern(8 * MIB)
        with Server(servers.flipping(offset)) as server:
            client = run("-q", server.address, stdin=data)
        byte = data[offset]
        self.check(client, WRONG, b"")
        self.assertIn(f"wrong echo at offset {offset}: sent 0x{byte:02x}",
                      client.err)
        self.assertIn(f"received 0x{byte ^ 1:02x}", client.err)

    def test_a_dropped_byte_far_in(self):
        offset = 3 * MIB + 999
        data = pattern(4 * MIB)
        with Server(servers.dropping(offset)) as server:
            client = run("-q", server.address, stdin=data)
        self.check(client, WRONG, b"")
        self.assertIn(f"wrong echo at offset {offset}: ", client.err)

    def test_a_server_that_closes_while_input_comes(self):
        with Server(servers.closing_after(1000)) as server:
            client = run("-q", server.address, stdin=pattern(4 * MIB))
        self.check(client, WRONG, b"")
        self.assertIn("the server closed the connection: 1000 of ",
                      client.err)
        self.assertIn("at offset 1000\n", client.err)

    def test_a_server_that_closes_while_nothing_is_sent(self):
        with Server(servers.closing_after(0)) as server, \
                start(server.address, stdin=subprocess.PIPE) as client:
            status = client.wait(DEADLINE)
            err = client.stderr.read().decode()
            client.stdin.close()
        self.assertEqual(status, WRONG)
        self.assertEqual(err, f"echo-client: {server.address}: the server "
                         "closed the connection before the end of the "
                         "input\n")

    def test_a_server_that_stops_reading(self):
        pausing = servers.Pausing(100000)
        with Server(pausing) as server:
            client = run("-q", "-t", TIMEOUT, server.address,
                         stdin=pattern(64 * MIB))
            pausing.released.set()
        self.check(client, WRONG, b"")
        self.assertIn(f"no echo for {LIMIT}: 100000 of ", client.err)

    def test_an_idle_input_is_no_timeout(self):
        """Longer than the timeout without input, and all is well."""
        with Server() as server, \
                start("-t", TIMEOUT, server.address, bufsize=0,
                      stdin=subprocess.PIPE) as client:
            for line in (b"one\n", b"two\n"):
                client.stdin.write(line)
                self.assertEqual(client.stdout.read(len(line)), line)
                ready, _, _ = select.select([client.stdout], [], [], 1)
                self.assertEqual(ready, [])
            client.stdin.close()
            self.assertEqual(client.stderr.read(), b"")
        self.assertEqual(client.returncode, GOOD)

    def test_a_slow_reader_of_the_output_is_no_timeout(self):
        data = pattern(8 * MIB)
        with Server() as server, tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            file.seek(0)
            with start("-t", "1", server.address, stdin=file) as client:
                first = client.stdout.read(1)
                time.sleep(2.5)
                rest = client.stdout.read()
                err = client.stderr.read()
        self.assertEqual(err, b"")
        self.assertTrue(first + rest == data)
        self.assertEqual(client.returncode, GOOD)

    def test_a_client_that_was_stopped_is_no_timeout(self):
        pausing = servers.Pausing(1)
        with Server(pausing) as server, \
                start("-t", "2", server.address, bufsize=0,
                      stdin=subprocess.PIPE) as client:
            client.stdin.write(b"hello\n")
            self.assertEqual(client.stdout.read(1), b"h")
            client.send_signal(signal.SIGSTOP)
            pausing.released.set()
            time.sleep(3)
            client.send_signal(signal.SIGCONT)
            self.assertEqual(client.stdout.read(5), b"ello\n")
            client.stdin.close()
            self.assertEqual(client.stderr.read(), b"")
        self.assertEqual(client.returncode, GOOD)

    def test_a_directory_as_input(self):
        folder = os.open("/", os.O_RDONLY)
        with Server() as server:
            client = run(server.address, stdin=folder)
        os.close(folder)
        self.check(client, WRONG, b"", "echo-client: standard input: "
                   "Is a directory\n")

    def test_a_closed_input(self):
        def close_input():
            own_signals()
            os.close(0)

        with Server() as server:
            client = run(server.address, preexec_fn=close_input)
        self.check(client, WRONG, b"", "echo-client: standard input: "
                   "Bad file descriptor\n")

    def test_a_closed_output(self):
        def close_output():
            own_signals()
            os.close(1)

        with Server() as server:
            client = run(server.address, "hello", preexec_fn=close_output)
        self.check(client, WRONG, b"", "echo-client: standard output: "
                   "Bad file descriptor\n")

    def test_a_full_disk(self):
        with Server() as server, open("/dev/full", "wb") as full:
            client = run(server.address, "hello", stdout=full)
        self.check(client, WRONG, err="echo-client: standard output: "
                   "No space left on device\n")

    def close_output_early(self, **options):
        with Server() as server, tempfile.TemporaryFile() as file:
            file.truncate(8 * MIB)
            with start(server.address, stdin=file, **options) as client:
                client.stdout.read(10)
                client.stdout.close()
                err = client.stderr.read().decode()
                status = client.wait(DEADLINE)
        return status, err

    def test_output_that_nobody_reads_ends_it_quietly(self):
        self.assertEqual(self.close_output_early(), (-signal.SIGPIPE, ""))

    def test_the_same_with_sigpipe_ignored_is_an_error(self):
        status, err = self.close_output_early(restore_signals=False)
        self.assertEqual(status, WRONG)
        self.assertEqual(err, "echo-client: standard output: Broken pipe\n")

    def test_interrupted(self):
        with Server() as server, \
                start(server.address, bufsize=0,
                      stdin=subprocess.PIPE) as client:
            client.stdin.write(b"hello\n")
            self.assertEqual(client.stdout.read(6), b"hello\n")
            interrupt(client)
            status = client.wait(DEADLINE)
            err = client.stderr.read()
            client.stdin.close()
        self.assertEqual((status, err), (-signal.SIGINT, b""))

    def test_interrupted_while_nobody_reads_the_output(self):
        with Server() as server, tempfile.TemporaryFile() as file:
            file.truncate(8 * MIB)
            with start(server.address, stdin=file) as client:
                self.assertEqual(client.stdout.read(1), b"\0")
                interrupt(client)
                status = client.wait(DEADLINE)
        self.assertEqual(status, -signal.SIGINT)


class Terminal(Case):
    def setUp(self):
        self.master, slave = pty.openpty()
        # The terminal's own echo would look like the server's.
        mode = termios.tcgetattr(slave)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, mode)
        self.slave = slave
        self.addCleanup(os.close, self.master)

    def start(self, *arguments):
        client = start(*arguments, bufsize=0, stdin=self.slave)
        os.close(self.slave)
        return client

    def test_each_line_is_sent_and_its_echo_printed(self):
        with Server() as server, self.start(server.address) as client:
            for line in (b"hello\n", b"\n", b"a longer line of text\n"):
                os.write(self.master, line)
                self.assertEqual(client.stdout.read(len(line)), line)
            os.write(self.master, b"\x04")
            self.assertEqual(client.stdout.read(), b"")
            err = client.stderr.read().decode()
        self.assertEqual(client.returncode, GOOD)
        self.assertEqual(err, f"Connected to {server.address}.  Each line is "
                         "sent when you end it; Ctrl-D ends the "
                         "connection.\n")

    def test_a_line_without_an_end_is_sent_by_ctrl_d(self):
        with Server() as server, self.start("--", server.address) as client:
            os.write(self.master, b"half\x04")
            self.assertEqual(client.stdout.read(4), b"half")
            os.write(self.master, b"\x04")
            self.assertEqual(client.stdout.read(), b"")
            client.stderr.read()
        self.assertEqual(client.returncode, GOOD)

    def test_a_wrong_line_ends_it(self):
        with Server(servers.flipping(8)) as server, \
                self.start(server.address) as client:
            os.write(self.master, b"right\n")
            self.assertEqual(client.stdout.read(6), b"right\n")
            os.write(self.master, b"wrong\n")
            self.assertEqual(client.stdout.read(), b"wrnng\n")
            err = client.stderr.read().decode()
        self.assertEqual(client.returncode, WRONG)
        self.assertIn("wrong echo at offset 8: sent 0x6f 'o', "
                      "received 0x6e 'n'", err)

    def test_a_server_that_leaves_is_noticed_at_once(self):
        with Server(servers.closing_after(3)) as server, \
                self.start(server.address) as client:
            os.write(self.master, b"hi\n")
            self.assertEqual(client.stdout.read(), b"hi\n")
            err = client.stderr.read().decode()
        self.assertEqual(client.returncode, WRONG)
        self.assertIn("closed the connection before the end of the input",
                      err)

    def test_quiet_does_not_greet(self):
        with Server() as server, self.start("-q", server.address) as client:
            os.write(self.master, b"hello\n\x04")
            self.assertEqual(client.stdout.read(), b"")
            self.assertEqual(client.stderr.read(), b"")
        self.assertEqual(client.returncode, GOOD)


LINE = re.compile(r"(\d+) bytes from (\S+): seq=(\d+) time=(\d+\.?\d*) ms")
RTT = re.compile(r"rtt min/avg/max/mdev = "
                 r"(\d+\.\d{3})/(\d+\.\d{3})/(\d+\.\d{3})/(\d+\.\d{3}) ms")


class Ping(Case):
    def summary(self, client, sent, received, wrong=0):
        found = re.search(r"(?m)^(\d+) sent, (\d+) received, (\d+) wrong, "
                          r"(\S+)% missing, time \d+ ms$",
                          client.out.decode())
        self.assertIsNotNone(found, client.out)
        self.assertEqual(tuple(map(int, found.group(1, 2, 3))),
                         (sent, received, wrong), client.out)
        missing = 100 * (sent - received) / sent
        self.assertAlmostEqual(float(found.group(4)), missing, delta=0.5)

    def test_it_looks_like_ping(self):
        with Server() as server:
            client = run("-c", "3", "-i", "0.01", server.address)
        self.check(client, GOOD, err="")
        lines = client.out.decode().split("\n")
        self.assertEqual(lines[0], f"ECHO {server.address} "
                         f"({server.address}): 64 bytes of data.")
        for sequence in (1, 2, 3):
            found = LINE.fullmatch(lines[sequence])
            self.assertIsNotNone(found, lines[sequence])
            self.assertEqual(found.group(1, 2, 3),
                             ("64", server.address, str(sequence)))
        self.assertEqual(lines[4:6], ["", f"--- {server.address} echo "
                                      "statistics ---"])
        self.assertRegex(lines[6], r"\A3 sent, 3 received, 0 wrong, "
                         r"0% missing, time \d+ ms\Z")
        least, mean, most, deviation = map(
            float, RTT.fullmatch(lines[7]).groups())
        self.assertTrue(0 < least <= mean <= most, lines[7])
        self.assertLessEqual(deviation, most - least + 0.001)
        self.assertEqual(lines[8:], [""])

    def test_quiet_prints_only_the_summary(self):
        with Server() as server:
            client = run("-q", "-c", "3", "-i", "0", server.address)
        self.check(client, GOOD, err="")
        self.assertNotIn(b"seq=", client.out)
        self.summary(client, 3, 3)

    def test_sizes_from_one_byte_to_16_mebibytes(self):
        for size, count in (("1", 300), ("7", 10), ("8", 10), ("65537", 10),
                            ("16M", 2)):
            with self.subTest(size=size), Server() as server:
                client = run("-q", "-c", str(count), "-i", "0", "-s", size,
                             server.address)
                self.check(client, GOOD, err="")
                self.summary(client, count, count)

    def test_a_thousand_as_fast_as_they_return(self):
        with Server() as server:
            client = run("-c", "1000", "-i", "0", server.address)
        self.check(client, GOOD, err="")
        self.assertEqual(len(LINE.findall(client.out.decode())), 1000)
        self.summary(client, 1000, 1000)

    def test_the_interval_is_kept(self):
        with Server() as server:
            before = time.monotonic()
            client = run("-c", "4", "-i", "0.1", server.address)
            passed = time.monotonic() - before
        self.check(client, GOOD, err="")
        self.assertGreaterEqual(passed, 0.3)

    def test_without_a_count_it_goes_on_until_interrupted(self):
        with Server() as server, \
                start("-i", "0", server.address) as client:
            while b"seq=50 " not in client.stdout.readline():
                pass
            client.send_signal(signal.SIGINT)
            client.out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, err), (GOOD, b""))
        self.assertRegex(client.out.decode(), r"\d+ sent, \d+ received, "
                         r"0 wrong")
        self.assertRegex(client.out.decode(), RTT)

    def test_interrupted_between_two_echoes(self):
        with Server() as server, \
                start("-i", "1h", server.address) as client:
            client.stdout.readline()
            self.assertIn(b"seq=1 ", client.stdout.readline())
            interrupt(client)
            client.out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, err), (GOOD, b""))
        self.summary(client, 1, 1)

    def test_interrupted_before_the_first_echo(self):
        pausing = servers.Pausing(1)
        with Server(pausing) as server, \
                start("-c", "5", "-t", "0", server.address) as client:
            self.assertTrue(pausing.reached.wait(DEADLINE))
            interrupt(client)
            client.out, err = client.communicate(timeout=DEADLINE)
            pausing.released.set()
        self.assertEqual((client.returncode, err), (WRONG, b""))
        self.summary(client, 1, 0)

    def test_swapped_bytes_are_reported_and_the_run_goes_on(self):
        swapping = servers.Changing(64, 20, servers.swap)
        with Server(swapping) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=3)
        lines = client.err.splitlines()
        self.assertEqual(len(lines), 3, lines)
        for number, line in enumerate(lines):
            self.assertRegex(line, f"echo-client: {server.address}: seq="
                             f"{number + 1}: wrong echo at offset "
                             f"{swapping.places[number]}: sent 0x.* "
                             "received 0x.*")
        self.assertNotIn(b"rtt", client.out)

    def test_one_flipped_byte(self):
        with Server(servers.flipping(64 + 5)) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=1)
        self.assertIn("seq=2: wrong echo at offset 5: ", client.err)

    def test_a_dropped_byte(self):
        dropping = servers.Changing(64, 10, servers.drop)
        with Server(dropping) as server:
            client = run("-c", "3", "-i", "0", "-t", TIMEOUT, server.address)
        self.check(client, WRONG)
        self.summary(client, 1, 0)
        self.assertIn("seq=1: wrong echo at offset "
                      f"{dropping.places[0]}: ", client.err)
        self.assertIn(f"seq=1: no echo within {LIMIT}: 63 of 64 bytes came "
                      "back", client.err)

    def test_a_doubled_byte(self):
        doubling = servers.Changing(64, 10, servers.double)
        with Server(doubling) as server:
            client = run("-c", "1", server.address)
        self.check(client, WRONG)
        self.summary(client, 1, 1, wrong=1)
        self.assertIn("seq=1: wrong echo at offset "
                      f"{doubling.places[0] + 1}: ", client.err)

    def test_surplus_after_the_last_echo(self):
        with Server(servers.adding_after(64, b"!")) as server:
            client = run("-c", "1", server.address)
        self.check(client, WRONG)
        self.assertEqual(client.err, f"echo-client: {server.address}: seq=1: "
                         "wrong echo at offset 64: sent nothing, "
                         "received 0x21 '!'\n")

    def test_surplus_between_two_echoes(self):
        with Server(servers.adding_after(64, b"!")) as server:
            client = run("-c", "2", "-i", "0.3", server.address)
        self.check(client, WRONG)
        self.assertIn("seq=1: wrong echo at offset 64: sent nothing",
                      client.err)
        self.summary(client, 2, 2)

    def test_a_stale_echo_is_recognised(self):
        with Server(servers.repeating(64)) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=2)
        self.assertIn("seq=2: wrong echo at offset 0: ", client.err)
        self.assertIn("; this is the echo of seq=1\n", client.err)
        self.assertIn("; this is the echo of seq=2\n", client.err)

    def test_no_echo_within_the_timeout(self):
        with Server(servers.silent) as server:
            client = run("-c", "3", "-t", TIMEOUT, server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=1: "
                   f"no echo within {LIMIT}: 0 of 64 bytes came back\n")
        self.summary(client, 1, 0)

    def test_a_connection_lost_in_mid_run(self):
        with Server(servers.closing_after(2 * 64 + 10)) as server:
            client = run("-c", "5", "-i", "0", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=3: "
                   "the server closed the connection: 10 of 64 bytes came "
                   "back\n")
        self.summary(client, 3, 2)

    def test_a_connection_reset_in_mid_run(self):
        with Server(servers.resetting_after(64)) as server:
            client = run("-c", "5", "-i", "0", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=1: "
                   "connection lost (Connection reset by peer): 0 of 64 bytes "
                   "came back\n")
        self.summary(client, 1, 0)

    def test_a_connection_closed_between_two_echoes(self):
        with Server(servers.closing_after(64)) as server:
            client = run("-c", "5", "-i", "1h", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: the "
                   "server closed the connection between two echoes\n")
        self.summary(client, 1, 1)

    def test_not_connected_there_is_no_summary(self):
        with servers.Refusing() as server:
            client = run("-c", "3", server.address)
        self.check(client, UNREACHABLE, b"")

    def test_a_server_that_does_not_close_is_no_failure(self):
        holding = servers.Holding()
        with Server(holding) as server:
            client = run("-c", "2", "-i", "0", server.address)
            holding.released.set()
        self.check(client, GOOD, err="")
        self.summary(client, 2, 2)

    def test_output_that_nobody_reads_ends_it_quietly(self):
        with Server() as server, start("-i", "0", server.address) as client:
            client.stdout.readline()
            client.stdout.close()
            err = client.stderr.read()
            status = client.wait(DEADLINE)
        self.assertEqual((status, err), (-signal.SIGPIPE, b""))


    def test_a_full_disk_is_said_once(self):
        with Server() as server, open("/dev/full", "wb") as full:
            client = run("-c", "3", "-i", "0", server.address, stdout=full)
        self.check(client, WRONG, err="echo-client: standard output: "
                   "No space left on device\n")


class Json(Case):
    def load(self, client):
        self.assertEqual(client.out.count(b"\n"), 1, client.out)
        report = json.loads(client.out)
        self.assertEqual(report["exit_status"], client.returncode)
        self.assertEqual(report["program"], "echo-client")
        return report

    def test_a_message(self):
        with Server() as server:
            client = run("--json", server.address, "hello")
        self.check(client, GOOD, err="")
        report = self.load(client)
        self.assertEqual(report["options"], {
            "address": server.address, "message": "hello\n", "count": 0,
            "interval": 1, "size": 64, "timeout": 10, "tls": False,
            "ca": None, "insecure": False, "servername": None, "cert": None,
            "key": None, "tls_min": None, "tls_max": None, "alpn": None,
            "resume": None, "quiet": False, "verbose": False, "json": True})
        self.assertEqual(report["mode"], "message")
        self.assertEqual(report["peer"], server.address)
        self.assertEqual(report["bytes_sent"], 6)
        self.assertEqual(report["bytes_received"], 6)
        self.assertEqual(report["errors"], [])
        self.assertEqual(report["error_count"], 0)
        self.assertIsNone(report["echoes"])
        self.assertGreater(report["connect_time"], 0)
        self.assertIsNone(report["handshake_time"])
        self.assertIsNone(report["tls"])
        self.assertGreater(report["time"], 0)
        self.assertIs(report["interrupted"], False)

    def test_numbered_echoes(self):
        with Server() as server:
            client = run("--json", "-c", "20", "-i", "0", "-s", "1k",
                         server.address)
        self.check(client, GOOD, err="")
        report = self.load(client)
        echoes = report["echoes"]
        times = echoes.pop("round_trip")
        self.assertEqual(echoes, {"sent": 20, "received": 20, "wrong": 0,
                                  "missing": 0})
        self.assertTrue(0 < times["min"] <= times["avg"] <= times["max"] <
                        report["time"])
        self.assertEqual(report["bytes_received"], 20 * 1024)

    def test_a_wrong_echo(self):
        with Server(servers.swapping(2)) as server:
            client = run("--json", server.address, "abcdef")
        self.check(client, WRONG)
        error, = self.load(client)["errors"]
        text = error.pop("text")
        self.assertEqual(error, {"phase": "echo", "offset": 2, "sent": 0x63,
                                 "received": 0x64})
        self.assertEqual(client.err, f"echo-client: {text}\n")

    def test_a_missing_echo(self):
        with Server(servers.silent) as server:
            client = run("--json", "-c", "3", "-t", TIMEOUT, server.address)
        self.check(client, WRONG)
        report = self.load(client)
        error, = report["errors"]
        self.assertEqual(error["sequence"], 1)
        self.assertEqual(error["offset"], 0)
        self.assertIsNone(error["received"])
        self.assertEqual(report["echoes"]["missing"], 1)
        self.assertIsNone(report["echoes"]["round_trip"])

    def test_no_connection(self):
        with servers.Refusing() as server:
            client = run("--json", server.address, "hello")
        self.check(client, UNREACHABLE)
        report = self.load(client)
        self.assertEqual(report["errors"][0]["phase"], "connect")
        self.assertIsNone(report["peer"])

    def test_standard_input_and_bytes_that_are_no_text(self):
        with Server() as server:
            client = run("--json", server.address, stdin=b"\xff\0" * 500)
        self.check(client, GOOD, err="")
        report = self.load(client)
        self.assertEqual(report["mode"], "input")
        self.assertEqual(report["bytes_received"], 1000)
        self.assertIsNone(report["options"]["message"])

    def test_interrupted(self):
        noting = servers.Noting(10 * 64)
        with Server(noting) as server, \
                start("--json", "-i", "0", server.address) as client:
            self.assertTrue(noting.reached.wait(DEADLINE))
            interrupt(client)
            client.out, client.err = client.communicate(timeout=DEADLINE)
        report = self.load(client)
        self.assertEqual(client.returncode, GOOD)
        self.assertIs(report["interrupted"], True)

    def test_to_a_full_disk_fails(self):
        with Server() as server, open("/dev/full", "wb") as full:
            client = run("--json", server.address, "hello", stdout=full)
        self.check(client, WRONG)
        self.assertIn("No space left on device", client.err)


@unittest.skipUnless(os.access(ECHOD, os.X_OK), f"there is no {ECHOD}")
class Echod(Case):
    """The same against the daemon, over each kind of address."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.daemon = subprocess.Popen(
            [*ECHOD_WRAPPER, ECHOD, "--listen", "127.0.0.1:0", "--listen",
             "[::1]:0", "--listen", f"unix:{cls.folder.name}/echo.sock"],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        cls.addClassCleanup(cls.stop)
        cls.addresses = []
        for line in cls.daemon.stderr:
            found = re.search(r"listening on (\S+)$", line.decode())
            if found:
                cls.addresses.append(found.group(1))
            if len(cls.addresses) == 3:
                break
        # Nobody reads the rest, but a full pipe would stop the daemon.
        cls.reader = threading.Thread(target=cls.daemon.stderr.read,
                                      daemon=True)
        cls.reader.start()

    @classmethod
    def stop(cls):
        cls.daemon.terminate()
        try:
            cls.daemon.wait(30 * SCALE)
        finally:
            cls.daemon.kill()
            cls.daemon.wait()
        cls.reader.join()
        cls.daemon.stderr.close()

    def test_it_listens_on_all_three(self):
        self.assertEqual(len(self.addresses), 3, self.addresses)

    def test_messages(self):
        for address in self.addresses:
            with self.subTest(address=address):
                client = run(address, "hello", "world")
                self.check(client, GOOD, b"hello world\n", "")

    def test_an_empty_input(self):
        for address in self.addresses:
            with self.subTest(address=address):
                self.check(run(address), GOOD, b"", "")

    def test_numbered_echoes(self):
        for address in self.addresses:
            with self.subTest(address=address):
                client = run("-c", "200", "-i", "0", "-s", "10k", address)
                self.check(client, GOOD, err="")
                self.assertEqual(len(LINE.findall(client.out.decode())), 200)

    def test_large_numbered_echoes(self):
        for address in self.addresses:
            with self.subTest(address=address):
                # A slow machine is given its time.
                client = run("-q", "-c", "3", "-i", "0", "-s", "16M",
                             "-t", str(int(10 * SCALE)), address)
                self.check(client, GOOD, err="")
                self.assertIn(b"3 sent, 3 received, 0 wrong", client.out)

    def test_a_huge_input(self):
        data = pattern(HUGE)
        digest = hashlib.sha256(data).hexdigest()
        for address in self.addresses:
            with self.subTest(address=address):
                client = run(address, stdin=data)
                self.check(client, GOOD, err="")
                self.assertEqual(hashlib.sha256(client.out).hexdigest(),
                                 digest)

    def test_thirty_clients_at_once(self):
        clients = [start("-q", "-c", "50", "-i", "0", "-s", "1k",
                         self.addresses[i % 3]) for i in range(30)]
        for client in clients:
            out, err = client.communicate(timeout=DEADLINE)
            self.assertEqual((client.returncode, own_words(err)), (GOOD, ""))
            self.assertIn(b"50 sent, 50 received, 0 wrong", out)


if __name__ == "__main__":
    unittest.main()
