#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Limits: connections in all and by address, idleness, peers that do not read,
and what a reload does to them."""
import select
import signal
import socket
import ssl
import time

import harness
import tls
from harness import KIB, MIB, patience, receive, scaled, wait_until


# With these, what waits to be sent waits in echod.
QUEUES = "send_buffer = 16k\n    high_water = 256k"


class Case(harness.TestCase):
    """An echod with settings of the test's own."""

    def start(self, settings, listener="", workers=1):
        self.config = self.path("echod.conf")
        return self.start_echod(config=self.text(settings, listener, workers))

    def text(self, settings, listener="", workers=1):
        return f"""workers = {workers}
{settings}
listener "main" {{
    listen = {{ "127.0.0.1:0", "unix:{self.path("s")}" }}
    access_log = yes
    {listener}
}}
"""

    def reload(self, echod, settings, listener="", workers=1):
        done = echod.log().count("reloaded: ")
        with open(self.config, "w") as file:
            file.write(self.text(settings, listener, workers))
        echod.signal_until(
            signal.SIGHUP, lambda: echod.log().count("reloaded: ") > done,
            "echod's line 'reloaded'")

    def tls_settings(self):
        """Has the listener speak TLS; and how to speak with it."""
        tls.Authority(self.folder).make("server")
        self.context = ssl.create_default_context(cafile=self.path("ca.pem"))
        return (f'tls = yes\n    tls_certificate = '
                f'"{self.path("server.pem")}"\n    tls_key = '
                f'"{self.path("server.key")}"\n    ')

    def start_tls(self, sock):
        sock = self.context.wrap_socket(sock, server_hostname="localhost")
        self.addCleanup(sock.close)
        return sock

    def connect_from(self, host, address):
        sock = socket.socket()
        self.addCleanup(sock.close)
        sock.settimeout(patience(10))
        sock.bind((host, 0))
        sock.connect(address.name)
        return sock

    def assert_echoes(self, sock):
        sock.sendall(b"x")
        self.assertEqual(receive(sock, 1), b"x")

    def assert_closed(self, sock):
        """What it had sent, if anything, was not read."""
        try:
            self.assertEqual(sock.recv(1), b"")
        except ConnectionResetError:
            pass

    def is_served(self, address):
        with address.connect() as sock:
            sock.sendall(b"x")
            try:
                return sock.recv(1) == b"x"
            except ConnectionResetError:
                return False

    def is_silent(self, sock):
        return not select.select([sock], [], [], 0)[0]

    def replace(self, socks, late):
        """For each that leaves, one of those is served who have sent an x and
        wait; in the end these are in its place."""
        for i, gone in enumerate(list(socks)):
            self.assertTrue(all(map(self.is_silent, late)))
            gone.close()
            ready, _, _ = select.select(late, [], [], patience(10))
            self.assertEqual(len(ready), 1, "served for one that left")
            self.assertEqual(ready[0].recv(2), b"x")
            late.remove(ready[0])
            socks[i] = ready[0]
        self.assertEqual(late, [])

    def wait_for_line(self, echod, part, times=1):
        wait_until(lambda: echod.log().count(part) >= times, 10,
                   f"{times} lines of echod's log with '{part}'")


class InAll(Case):
    """max_connections and when_full."""

    def run_wait(self, workers):
        echod = self.start("max_connections = 4", workers=workers)
        socks = [self.connect(address) for address in echod.addresses * 2]
        for sock in socks:
            self.assert_echoes(sock)
        late = [self.connect(address) for address in echod.addresses * 2]
        for sock in late:
            sock.sendall(b"x")
        self.wait_for_line(echod, "max_connections is reached, 4")
        self.replace(socks, late)
        for sock in socks:
            sock.close()
        self.wait_for_line(echod, "there is room for new connections again")
        echod.stop()
        self.assertEqual(echod.log().count("reason=client_closed"), 8)

    def test_who_comes_late_waits(self):
        self.run_wait(1)

    def test_who_comes_late_waits_for_any_worker(self):
        self.run_wait(3)

    def test_who_comes_late_is_closed(self):
        echod = self.start("max_connections = 1\nwhen_full = close")
        first = self.connect(echod.address)
        self.assert_echoes(first)
        for _ in range(30):
            with echod.address.connect() as sock:
                self.assert_closed(sock)
        self.assert_echoes(first)
        log = echod.log()
        self.assertIn("max_connections is reached, 1: new connections are "
                      "closed", log)
        self.assertEqual(log.count("connection refused"), 10, log)
        self.assertIn("reason=full", log)
        first.close()
        wait_until(lambda: self.is_served(echod.address), 10,
                   "the place is free")

    def test_the_end_does_not_wait_for_places(self):
        echod = self.start("max_connections = 1", workers=2)
        first = self.connect(echod.address)
        self.assert_echoes(first)
        late = self.connect(echod.address)
        self.wait_for_line(echod, "max_connections is reached")
        echod.stop()
        self.assert_closed(first)
        self.assert_closed(late)

    def test_tls_handshakes_have_places(self):
        echod = self.start("max_connections = 1", self.tls_settings() +
                           "tls_handshake_timeout = 300ms")
        silent = self.connect(echod.address)
        late = self.connect(echod.address)
        # Once the silent one has had its time.
        self.assert_echoes(self.start_tls(late))
        self.assert_closed(silent)

    def test_a_reload_changes_it(self):
        echod = self.start("max_connections = 1", workers=2)
        socks = [self.connect(echod.address) for _ in range(4)]
        for sock in socks:
            sock.sendall(b"x")
        first, = select.select(socks, [], [], patience(10))[0]
        self.assertEqual(first.recv(2), b"x")
        waiting = [sock for sock in socks if sock != first]
        self.wait_for_line(echod, "max_connections is reached, 1")
        self.reload(echod, "max_connections = 3", workers=2)
        for _ in range(2):
            sock = select.select(waiting, [], [], patience(10))[0][0]
            self.assertEqual(sock.recv(2), b"x")
            waiting.remove(sock)
        self.assertTrue(self.is_silent(waiting[0]))
        # Below what there is: nobody is closed, but who waits now is.
        self.reload(echod, "max_connections = 2\nwhen_full = close",
                    workers=2)
        self.assert_closed(waiting[0])
        for sock in socks:
            if sock != waiting[0]:
                self.assert_echoes(sock)


class ByAddress(Case):
    """max_per_address."""

    def test_each_address_has_its_own(self):
        echod = self.start("", "max_per_address = 2", workers=2)
        address, unix = echod.addresses
        ours = [self.connect_from("127.0.0.1", address) for _ in range(2)]
        other = self.connect_from("127.0.0.2", address)
        for sock in ours + [other]:
            self.assert_echoes(sock)
        self.assert_closed(self.connect_from("127.0.0.1", address))
        self.wait_for_line(echod, "reason=address")
        self.assertRegex(echod.log(), r"connection refused listener=main "
                         r"peer=127\.0\.0\.1:\d+ reason=address")
        for _ in range(4):
            self.assert_echoes(self.connect(unix))
        ours[0].close()
        wait_until(lambda: self.is_served(address), 10,
                   "the address has a place again")
        self.assert_echoes(other)


class Idle(Case):
    """idle_timeout."""

    def test_who_is_silent_is_closed(self):
        echod = self.start("", "idle_timeout = 1s")
        start = time.monotonic()
        busy = self.connect(echod.address)
        silent = [self.connect(address) for address in echod.addresses]
        self.assert_echoes(silent[0])
        while not self.is_silent(busy) or any(map(self.is_silent, silent)):
            self.assert_echoes(busy)
            self.assertLess(time.monotonic() - start, patience(10),
                            "seconds that silent ones were left")
            time.sleep(0.02)
        self.assertGreaterEqual(time.monotonic() - start, 0.9)
        for sock in silent:
            self.assertEqual(sock.recv(1), b"")
        self.wait_for_line(echod, "reason=idle")
        self.assertNotIn("error=", echod.log())
        self.assert_echoes(busy)

    # Nothing else would end these.
    unending = ("idle_timeout = 300ms\n    write_timeout = never\n    " +
                QUEUES)

    def test_who_has_sent_its_end_and_reads_nothing(self):
        echod = self.start("max_connections = 1", self.unending)
        sock = self.connect(echod.address, receive_buffer=4096)
        sock.sendall(bytes(200 * KIB))
        sock.shutdown(socket.SHUT_WR)
        self.wait_for_line(echod, "reason=idle")
        self.assert_echoes(self.connect(echod.address))

    def test_the_same_with_tls(self):
        """And without TLS's own end, as shutdown does not send it."""
        echod = self.start("", self.tls_settings() + self.unending)
        sock = self.start_tls(self.connect(echod.address,
                                           receive_buffer=4096))
        sock.sendall(bytes(200 * KIB))
        sock.shutdown(socket.SHUT_WR)
        self.wait_for_line(echod, "reason=idle")

    def test_by_a_reload_for_those_that_come(self):
        echod = self.start("")
        before = self.connect(echod.address)
        self.assert_echoes(before)
        self.reload(echod, "", "idle_timeout = 100ms")
        self.assertEqual(self.connect(echod.address).recv(1), b"")
        self.assert_echoes(before)


class Unread(Case):
    """Peers that send and do not read."""

    def flood(self, socks):
        """Sends until echod takes no more of any of them."""
        data = bytes(64 * KIB)
        for sock in socks:
            sock.setblocking(False)
        while socks:
            _, ready, _ = select.select([], socks, [], 0.3)
            if not ready:
                return
            for sock in ready:
                try:
                    sock.send(data)
                except (BlockingIOError, ssl.SSLWantWriteError):
                    pass
                except OSError:
                    socks = [other for other in socks if other != sock]

    def assert_reset(self, sock):
        """It gets no end that could be taken for one."""
        sock.settimeout(patience(10))
        with self.assertRaises(OSError):
            while True:
                if not sock.recv(MIB):
                    break
            raise AssertionError("an orderly end")

    def check(self, echod, floods, others):
        """They are reset, while others are served."""
        self.flood(floods)
        deadline = time.monotonic() + patience(10)
        while (echod.log().count("reason=write_timeout") < len(floods) and
               time.monotonic() < deadline):
            for sock in others:
                self.assert_echoes(sock)
        self.assertEqual(echod.log().count("reason=write_timeout"),
                         len(floods))
        for sock in others:
            self.assert_echoes(sock)

    def test_they_are_reset(self):
        echod = self.start("", "write_timeout = 500ms\n    " + QUEUES)
        other = self.connect(echod.address)
        before = echod.resident()
        floods = [self.connect(echod.address, receive_buffer=4096)
                  for _ in range(10)]
        floods[0].sendall(b"x")
        self.check(echod, floods, [other])
        if not harness.instrumented():
            self.assertLess(echod.resident() - before, 10 * 512 * KIB)
        for sock in floods:
            self.assert_reset(sock)

    def test_with_tls(self):
        echod = self.start("", self.tls_settings() +
                           "write_timeout = 500ms\n    " + QUEUES)

        def connect(**options):
            return self.start_tls(self.connect(echod.address, **options))
        self.check(echod, [connect(receive_buffer=4096) for _ in range(4)],
                   [connect()])

    def test_after_their_end_too(self):
        echod = self.start("", "write_timeout = 500ms\n    " + QUEUES)
        sock = self.connect(echod.address, receive_buffer=4096)
        sock.sendall(bytes(200 * KIB))
        sock.shutdown(socket.SHUT_WR)
        self.wait_for_line(echod, "reason=write_timeout")

    def test_their_bytes_together_are_limited(self):
        echod = self.start(
            "max_buffered = 1M", "write_timeout = never\n    " + QUEUES)
        other = self.connect(echod.address)
        floods = [self.connect(echod.address, receive_buffer=4096)
                  for _ in range(8)]
        self.flood(floods)
        self.wait_for_line(echod, "reason=buffers_full", 4)
        # Some have what there is, and the others go on without.
        self.assertLess(echod.log().count("reason=buffers_full"), 8)
        self.assert_echoes(other)
        for sock in floods:
            sock.close()
        self.wait_for_line(echod, "connection closed", 8)
        # It is free again: what is read late is kept for so long.
        sock = self.connect(echod.address, receive_buffer=4096)
        sock.sendall(bytes(scaled(200 * KIB)))
        self.assertEqual(len(receive(sock, scaled(200 * KIB))),
                         scaled(200 * KIB))


if __name__ == "__main__":
    harness.main()
