#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""SIGTERM and SIGINT: what echod has received it still sends, then it goes."""
import fcntl
import os
import signal
import struct
import subprocess
import termios
import time

import harness
from harness import KIB, MIB, patience, payload, scaled, wait_until


DELAYED = """
workers = %d
drain_delay = %s
listener "main" {
    listen = { "127.0.0.1:0" }
}
"""


class Signals(harness.TestCase):
    TAKEN = 200 * KIB  # less than high_water of LITTLE_KERNEL_MEMORY

    def fill(self, sock):
        """
        Sends until echod stops reading, then receives just so much that it
        takes the rest: it holds all it can, and nothing is on its way to it.
        Returns what was sent and what was received.
        """
        sent, got = bytearray(), bytearray()
        full = False
        while not full:
            part = payload(16 * KIB, seed=len(sent))
            sock.sendall(part)
            sent += part
            deadline = time.monotonic() + min(patience(0.3), 2)
            while not harness.taken(sock) and not full:
                # So much it takes in any case, however slow the machine.
                full = (time.monotonic() > deadline and
                        len(sent) > self.TAKEN)
                time.sleep(0.001)
        wait_until(lambda: harness.taken(sock) or got.extend(
            harness.receive(sock, KIB)), 20, "echod takes what was sent")
        return bytes(sent), bytes(got)

    def test_what_was_received_is_sent(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                echod = self.start_echod(config=harness.LITTLE_KERNEL_MEMORY)
                sock = self.connect(echod.address, receive_buffer=4 * KIB)
                sent, got = self.fill(sock)
                self.assertGreater(len(sent) - len(got), 100 * KIB,
                                   "bytes, too many for the kernel alone")
                echod.signal(number)
                # Slowly at first, so that echod has to wait.
                for _ in range(50):
                    got += harness.receive(sock, KIB)
                    time.sleep(0.01)
                self.assertIsNone(
                    echod.process.poll(), "echod went with data unsent")
                # A RST instead of a FIN would raise ConnectionResetError.
                self.assert_same(got + harness.receive(sock), sent)
                sock.close()
                self.assertEqual(echod.wait(), 0, "exit status")

    def test_what_the_kernel_has_received_is_echoed(self):
        """echod's reader has stopped; what waits behind it counts as well."""
        echod = self.start_echod(workers=1)
        sock = self.connect(echod.address, receive_buffer=4 * KIB)
        sock.setblocking(False)
        sent = bytearray()
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            part = payload(16 * KIB, seed=len(sent))
            try:
                sent += part[:sock.send(part)]
                until = time.monotonic() + 0.5
            except BlockingIOError:
                time.sleep(0.01)
        unsent = struct.unpack("i", fcntl.ioctl(
            sock, termios.TIOCOUTQ, struct.pack("i", 0)))[0]
        acknowledged = len(sent) - unsent
        echod.signal(signal.SIGTERM)
        sock.settimeout(60)
        echo = harness.receive(sock)
        self.assertGreaterEqual(len(echo), acknowledged, "bytes echoed")
        self.assert_same(echo, bytes(sent[:len(echo)]))
        self.assertEqual(echod.wait(), 0, "exit status")

    def test_clients_in_mid_stream(self):
        """Each gets a beginning of what it sent, and echod exits with 0."""
        echod = self.start_echod(workers=2)
        data = payload(scaled(64 * MIB))
        socks = [self.connect(echod.address) for _ in range(8)]
        for sock in socks:
            harness.Sender(sock, data)
            harness.receive(sock, KIB)
        echod.signal(signal.SIGTERM)
        for sock in socks:
            echo = data[:KIB]
            try:
                while part := sock.recv(MIB):
                    echo += part
            except ConnectionResetError:
                pass  # what echod had not received counts as unsent
            self.assert_same(echo, data[:len(echo)])
        self.assertEqual(echod.wait(), 0, "exit status")

    def test_idle_clients_get_a_fin(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                echod = self.start_echod(listen=self.everywhere())
                socks = []
                for address in echod.addresses:
                    socks.append(self.connect(address))
                    socks[-1].sendall(b"x")
                    self.assertEqual(socks[-1].recv(2), b"x")
                echod.signal(number)
                for sock in socks:
                    self.assertEqual(sock.recv(1), b"")
                self.assertEqual(echod.wait(), 0, "exit status")

    def test_late_ones_are_no_end_of_their_own(self):
        """The log waits to be written, and there are no handlers any more."""
        end, stderr = os.pipe()
        os.set_blocking(stderr, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(stderr, b"x" * 4 * KIB)
        os.set_blocking(stderr, True)
        pidfile, path = self.path("pid"), self.path("s")
        echod = harness.Echod(
            self.folder, listen=["unix:" + path], stderr=stderr,
            options=["--pidfile", pidfile])
        self.addCleanup(echod.stop)
        os.close(stderr)
        wait_until(lambda: os.path.exists(path), 10, "the socket")
        with harness.Address("unix:" + path).connect() as sock:
            sock.sendall(b"x")
            self.assertEqual(sock.recv(1), b"x")
        echod.signal(signal.SIGTERM)
        wait_until(lambda: not os.path.exists(pidfile), 10, "the end")
        for number in (signal.SIGUSR1, signal.SIGHUP, signal.SIGINT,
                       signal.SIGTERM):
            echod.signal(number)
        with open(end, "rb") as file:
            file.read()
        self.assertEqual(echod.wait(), 0, "exit status")

    def test_second_one_ends_at_once(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                echod = self.start_echod(config=harness.LITTLE_KERNEL_MEMORY)
                sock = self.connect(echod.address, receive_buffer=4 * KIB)
                self.fill(sock)
                echod.signal(number)
                with self.assertRaises(
                        subprocess.TimeoutExpired,
                        msg="echod went with data unsent"):
                    echod.process.wait(0.5)
                echod.signal(number)
                try:
                    status = echod.wait(2)
                except subprocess.TimeoutExpired:
                    self.fail("echod is there 2 s after a second signal")
                finally:
                    echod.kill()
                self.assertIn(status, (0, 1, 128 + number, -number))
                self.assertNotRegex(echod.log(), harness.REPORT)

    def test_delay(self):
        """It goes on accepting, until the time or another signal ends that."""
        for delay, signals in (("1h", 2), ("200ms", 1)):
            for workers in (1, 2):
                with self.subTest(delay=delay, workers=workers):
                    echod = self.start_echod(config=DELAYED % (
                        workers, delay))
                    sock = self.connect(echod.address)
                    echod.signal_until(
                        signal.SIGTERM, lambda: "not ready any more, and "
                        "stopping in" in echod.log(), "the delay's line")
                    if signals == 2:
                        self.assert_serves(echod.address)
                        self.assertNotIn("connections may finish",
                                         echod.log())
                        echod.terminate()
                    self.assertEqual(sock.recv(1), b"")
                    sock.close()
                    self.assertEqual(echod.wait(), 0, "exit status")
                    self.assertIn("connections may finish", echod.log())

    def test_others_cost_no_connection(self):
        echod = self.start_echod()
        sock = self.connect(echod.address)
        for number in (signal.SIGHUP, signal.SIGPIPE):
            echod.signal(number)
            for _ in range(10):
                sock.sendall(b"hello")
                self.assert_same(harness.receive(sock, 5), b"hello")


if __name__ == "__main__":
    harness.main()
