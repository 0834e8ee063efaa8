#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What echod tells its service manager, which is the test."""
import os
import re
import socket
import time

from harness import WRAPPER, TestCase, instrumented, main, patience, wait_until
from stopped_thread import StoppedThread

WATCHDOG = 0.6 if not instrumented() else 3


class Manager(TestCase):
    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path("notify"))
        self.environment(NOTIFY_SOCKET=self.path("notify"))

    def environment(self, **variables):
        for name, value in variables.items():
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def receive(self, pattern, seconds=10):
        """The next message that the pattern is found in, and the match."""
        deadline = time.monotonic() + patience(seconds)
        seen = []
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                text = self.socket.recv(4096).decode()
            except TimeoutError:
                raise AssertionError(
                    f"{pattern} did not come; what came: {seen}") from None
            seen.append(text)
            found = re.search(pattern, text)
            if found:
                return found

    def pending(self):
        """All that has come by now."""
        self.socket.settimeout(0)
        texts = []
        try:
            while True:
                texts.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return texts

    def test_status_has_the_connections(self):
        self.environment(WATCHDOG_USEC=str(int(WATCHDOG * 1e6)))
        echod = self.start_echod(workers=2)
        self.receive("^READY=1")
        self.receive("^STATUS=Serving; connections: 0 of 0 so far, "
                     "workers: 2, addresses: 1$")
        one = self.connect(echod.address)
        with self.connect(echod.address) as other:
            for sock in (one, other):
                sock.sendall(b"x")
                self.assert_same(sock.recv(1), b"x")
            self.receive("connections: 2 of 2 so far")
        self.receive("connections: 1 of 2 so far")
        one.close()
        echod.stop()
        self.receive("^STOPPING=1")

    def test_without_a_watchdog_nobody_feeds_one(self):
        echod = self.start_echod()
        self.receive("STATUS=Serving")
        echod.stop()
        self.assertFalse([text for text in self.pending()
                          if "WATCHDOG" in text])

    def check_stuck(self, name, echod):
        if WRAPPER:
            self.skipTest("threads are not the kernel's under valgrind")
        for _ in range(3):
            self.receive("^WATCHDOG=1$")
        with StoppedThread(echod.pid, name):
            wait_until(lambda: "not turned" in echod.log(), 10,
                       "a line about the worker")
            self.pending()
            time.sleep(WATCHDOG)
            self.assertFalse([text for text in self.pending()
                              if "WATCHDOG" in text])
        self.receive("^WATCHDOG=1$")
        self.assertRegex(echod.log(), r"error: the loops of 1 of \d workers "
                         "have not turned for .* s; the watchdog is not fed")
        wait_until(lambda: "the loops of all workers turn again" in
                   echod.log(), 10, "a line about the end of it")
        self.assert_serves(echod.address)

    def test_a_stuck_worker_is_not_covered_up(self):
        self.environment(WATCHDOG_USEC=str(int(WATCHDOG * 1e6)))
        echod = self.start_echod(workers=2)
        self.check_stuck("worker 1", echod)


if __name__ == "__main__":
    main()
