#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Many idle connections, and what each costs."""
import resource
import socket

import harness
from harness import KIB, scaled

CONNECTIONS = scaled(10000)
# What the listener, the log and the programs themselves have open.
RESERVE = 100


class IdleConnections(harness.TestCase):
    def setUp(self):
        super().setUp()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.need(hard >= CONNECTIONS + RESERVE,
                  f"{CONNECTIONS} connections need 'ulimit -n' of "
                  f"{CONNECTIONS + RESERVE}; the hard limit is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def open(self, address, number):
        """A connection from one of several addresses, echoed once."""
        sock = socket.socket()
        self.addCleanup(sock.close)
        sock.settimeout(harness.patience(10))
        sock.bind((f"127.0.0.{2 + number % 4}", 0))
        sock.connect(address.name)
        sock.sendall(b"x")
        self.assertEqual(sock.recv(2), b"x")
        return sock

    def test_hold(self):
        echod = self.start_echod(workers=1)
        self.assert_serves(echod.address)
        before = echod.resident()
        socks = [self.open(echod.address, i) for i in range(CONNECTIONS)]
        grown = echod.resident() - before
        print(f"{CONNECTIONS} idle connections: {grown // CONNECTIONS} bytes "
              "of memory each", flush=True)
        if not harness.instrumented():
            self.assertLess(grown / CONNECTIONS, 8 * KIB)
        for sock in (socks[0], socks[-1]):
            sock.sendall(b"still here")
            self.assertEqual(harness.receive(sock, 10), b"still here")


if __name__ == "__main__":
    harness.main()
