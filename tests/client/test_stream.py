#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client that sends its standard input."""

import hashlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import echo_servers as servers  # noqa: E402
from client_program import (  # noqa: E402
    DEADLINE, GOOD, HUGE, LIMIT, MIB, TIMEOUT, WRAPPER, WRONG, Case, interrupt,
    own_signals, pattern, run, start)
from echo_servers import Server  # noqa: E402


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


if __name__ == "__main__":
    unittest.main()
