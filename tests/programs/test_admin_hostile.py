#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Those who mean the setting `admin` no good: they take a place for some
seconds at most, and nobody else notices."""
import resource
import select
import time

from admin import Admin
from harness import main, patience, receive, wait_until

# What ends a hostile client's connection, as admin_guests.h says.
FIRST, NEXT, GUESTS = 3, 4, 32


class Hostile(Admin):
    def raw(self, data=b"", **options):
        sock = self.admin.connect(**options)
        self.addCleanup(sock.close)
        if data:
            sock.sendall(data)
        return sock

    def reply(self, data):
        """The first line of the answer, and that the connection ends."""
        sock = self.raw(data)
        try:
            return receive(sock).split(b"\r\n")[0].decode()
        except ConnectionResetError:
            return "reset"

    def assert_goes(self, sock, seconds, feed=None):
        """The server ends the connection in that time."""
        begin = time.monotonic()
        sock.settimeout(0.2)
        while True:
            try:
                if feed:
                    sock.sendall(feed)
                if not sock.recv(65536):
                    break
            except TimeoutError:
                pass
            except OSError:
                break
            self.assertLess(time.monotonic() - begin, patience(seconds) + 10)

    def test_garbage(self):
        self.start()
        for data in (b"\0" * 100 + b"\r\n\r\n", b"hello\r\n\r\n",
                     b"GET / HTTP/9.9 x\r\n\r\n", b"GET\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nno colon\r\n\r\n"):
            self.assertRegex(self.reply(data), "HTTP/1.[01] 400|reset",
                             data[:20])
        self.assertRegex(
            self.reply(b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n"),
            "HTTP/1.[01] 4(00|13)|reset")
        self.assertRegex(
            self.reply(b"GET /" + b"x" * 100000), "HTTP/1.[01] 4(00|13)|reset")
        self.assertRegex(
            self.reply(b"POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n"
                       b"\r\n" + b"x" * 5000), "HTTP/1.[01] 4(00|13)|reset")
        self.assertEqual(self.ask("/healthz")[1], "ok\n")

    def test_slow_ones_and_those_that_never_read(self):
        self.start()
        files = len(self.admin_files())
        silent = [self.raw() for _ in range(5)]
        slow = [self.raw(b"GET / HTTP/1.1\r\nX: ") for _ in range(5)]
        page = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        deaf = [self.raw(page * 2000, receive_buffer=4096) for _ in range(5)]
        for sock in slow:
            self.assert_goes(sock, FIRST, feed=b"x")
        for sock in silent:
            self.assert_goes(sock, FIRST)
        self.assertEqual(self.ask("/healthz")[1], "ok\n")
        self.assert_serves(self.echod.address)
        # They don't read, so that their end shows on the server only.
        wait_until(lambda: len(self.admin_files()) <= files, NEXT + 10,
                   "the places are free again")
        for sock in deaf:
            sock.close()

    def test_a_thousand_connections(self):
        self.start()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE,
                        (soft, hard))
        files = len(self.admin_files())
        socks = []
        for i in range(1000):
            socks.append(self.raw(b"GET"))
            if i % 100 == 99:
                self.assertEqual(self.ask("/healthz")[1], "ok\n")
                wait_until(lambda: len(self.admin_files()) <=
                           files + GUESTS, 10, "the others are shown out")
        self.assert_serves(self.echod.address)
        gone = select.select(socks, [], [], 0)[0]
        self.assertGreater(len(gone), 1000 - GUESTS - 10)
        for sock in socks:
            sock.close()
        wait_until(lambda: len(self.admin_files()) <= files, 10,
                   "the places are free again")


if __name__ == "__main__":
    main()
