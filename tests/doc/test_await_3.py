#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The manual page await(3) is true: its example is built and run, and it lists
the functions and the errors that await.h declares."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   "..", ".."))
BUILD = os.environ.get("top_builddir", SOURCE)
PATIENCE = 20


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def example():
    """The page's program, as a reader sees it."""
    literal = re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", read("man", "await.3"),
                         re.S | re.M)
    return literal[0].replace("\\e", "\\")


class Names(unittest.TestCase):
    """What the page lists is what the header declares."""

    def test_functions(self):
        declared = re.findall(r"^[a-zA-Z].*?\b(aw_\w+)\(",
                              re.sub(r"^typedef .*$", "",
                                     read("src", "await", "await.h"),
                                     flags=re.M), re.M)
        listed = re.findall(r"^\.It Fn (aw_\w+)", read("man", "await.3"), re.M)
        self.assertGreater(len(declared), 50)
        self.assertEqual(sorted(listed), sorted(declared))

    def test_errors(self):
        declared = re.findall(r"^\t(AW_E\w+) = -",
                              read("src", "await", "await.h"), re.M)
        listed = re.findall(r"^\.It Bq Er (AW_\w+)", read("man", "await.3"),
                            re.M)
        self.assertGreater(len(declared), 5)
        self.assertEqual(sorted(listed), sorted(declared))


class Example(unittest.TestCase):
    """The page's server does what the text before it says."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="echod-await-3-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.program = os.path.join(cls.folder, "echo")
        source = os.path.join(cls.folder, "echo.c")
        text = example()
        assert text.count("8888") == 1, text
        with open(source, "w", encoding="utf-8") as file:
            # A free port, so that tests can run beside each other.
            file.write(text.replace("8888", "0"))
        flags = os.environ.get("SANITIZER_CFLAGS", "").split()
        subprocess.run(
            [*os.environ.get("CC", "cc").split(), "-Wall", "-Wextra",
             "-Wno-unused-parameter", "-Werror", *flags, "-o", cls.program,
             source, "-I", os.path.join(SOURCE, "src/await"),
             os.path.join(BUILD, "src/await/.libs/libawait.a"),
             "-levent_core", "-lpthread"],
            check=True)

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
