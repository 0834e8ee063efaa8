#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client at a terminal."""

import os
import pty
import sys
import termios
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import echo_servers as servers  # noqa: E402
from client_program import GOOD, WRONG, Case, start  # noqa: E402
from echo_servers import Server  # noqa: E402


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


if __name__ == "__main__":
    unittest.main()
