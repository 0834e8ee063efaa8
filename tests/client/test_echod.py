#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client against echod, over each kind of address.

ECHOD          the daemon; without it, nothing is tested
ECHOD_WRAPPER  what it is run by, such as "valgrind -q"

The client's variables are those of client_program.py.
"""

import hashlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client_program import (  # noqa: E402
    DEADLINE, GOOD, HUGE, LINE, SCALE, Case, own_words, pattern, run, start)

ECHOD = os.environ.get("ECHOD") or "src/echod/echod"
ECHOD_WRAPPER = shlex.split(os.environ.get("ECHOD_WRAPPER", ""))


@unittest.skipUnless(os.access(ECHOD, os.X_OK), f"there is no {ECHOD}")
class Echod(Case):
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
