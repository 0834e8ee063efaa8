#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client as a program, against servers that are right and wrong.

The variables are those of client_program.py.
One test alone: test_program.py Wrong.test_a_dropped_byte
"""

import json
import os
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import echo_servers as servers  # noqa: E402
from client_program import (  # noqa: E402
    DEADLINE, GOOD, LIMIT, TIMEOUT, UNREACHABLE, USAGE, WRONG, Case, interrupt,
    run, start)
from echo_servers import Server  # noqa: E402


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

    def test_a_server_that_speaks_tls(self):
        self.check_message(servers.refusing, servers.ALERT,
                           "wrong echo at offset 0: sent 0x61 'a', received "
                           "0x15; the server speaks TLS: use --tls")

    def test_an_alert_that_is_none(self):
        """It does not come first, or it is not all there."""
        for before, alert in ((b"abc", servers.ALERT),
                              (b"", servers.ALERT[:-1])):
            with self.subTest(before), \
                    Server(servers.answering(before + alert)) as server:
                client = run(server.address, "abcdef")
            self.check(client, WRONG)
            self.assertIn("received 0x15\n", client.err)

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


if __name__ == "__main__":
    unittest.main()
