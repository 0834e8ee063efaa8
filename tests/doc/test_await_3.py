#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The manual page await(3) is true: its example is built and run, and it lists
the library's pages and errors."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from manual import compile_program, example, headers, pages, read

PATIENCE = 20


class Names(unittest.TestCase):
    """What the page lists is what there is."""

    def test_pages(self):
        listed = re.findall(r"^\.It Xr (aw_\w+) 3", read("man", "await.3"),
                            re.M)
        self.assertEqual(sorted(listed), sorted(pages()))

    def test_errors(self):
        declared = re.findall(r"^\t(AW_E\w+) = -", headers()["error.h"], re.M)
        listed = re.findall(r"^\.It Bq Er (AW_\w+)", read("man", "await.3"),
                            re.M)
        self.assertGreater(len(declared), 10)
        self.assertEqual(sorted(listed), sorted(declared))


class Example(unittest.TestCase):
    """The page's server does what the text before it says."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="echod-await-3-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.program = os.path.join(cls.folder, "echo")
        source = os.path.join(cls.folder, "echo.c")
        text = example(read("man", "await.3"))
        assert text.count("8888") == 1, text
        with open(source, "w", encoding="utf-8") as file:
            # A free port, so that tests can run beside each other.
            file.write(text.replace("8888", "0"))
        compile_program(source, cls.program, "-Wno-unused-parameter")

    def setUp(self):
        # pylint: disable=consider-using-with
        self.server = subprocess.Popen(
            [self.program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(self.stop)
        said = self.server.stdout.readline()
        found = re.fullmatch(r"Serving on 127\.0\.0\.1:(\d+)\n", said)
        self.assertTrue(found, said)
        self.port = int(found.group(1))

    def stop(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.server.stderr.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def read_all(self, peer):
        reply = b""
        while data := peer.recv(1000):
            reply += data
        peer.close()
        return reply

    def test_echo(self):
        peer = self.connect()
        begin = time.monotonic()
        peer.sendall(b"x" * 60)
        reply = self.read_all(peer)
        self.assertEqual(reply, b"x" * 60)
        self.assertGreater(time.monotonic() - begin, 0.9)

    def test_many_at_once(self):
        peers = [self.connect() for _ in range(30)]
        begin = time.monotonic()
        for number, peer in enumerate(peers):
            peer.sendall(b"client %d" % number)
        for number, peer in enumerate(peers):
            self.assertEqual(self.read_all(peer), b"client %d" % number)
        # One after the other they would take 30 s.
        self.assertLess(time.monotonic() - begin, 15)

    def test_interrupt(self):
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(PATIENCE), 0)
        self.assertEqual(self.server.stderr.read(), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
