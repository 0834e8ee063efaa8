#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Byte for byte: half-close, many clients, slow ones, ones that never read."""
import asyncio
import random
import socket
import time

import harness
from harness import KIB, MIB, patience, payload, scaled, wait_until


class HalfClose(harness.TestCase):
    """The sending side is shut down at once; the echo is whole, then a FIN."""

    def check(self, size):
        echod = self.start_echod(listen=self.everywhere())
        for address in echod.addresses:
            with self.subTest(address=address.text):
                data = payload(size)
                sock = self.connect(address)
                harness.Sender(sock, data)
                self.assert_same(harness.receive(sock), data, address.text)

    def test_nothing(self):
        self.check(0)

    def test_one_byte(self):
        self.check(1)

    def test_32_mib(self):
        self.check(scaled(32 * MIB))

    def test_while_the_echo_waits(self):
        """The end has come when most of the echo is still to be sent."""
        echod = self.start_echod(config=harness.LITTLE_KERNEL_MEMORY)
        sock = self.connect(echod.address, receive_buffer=4 * KIB)
        data = payload(200 * KIB)
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        wait_until(lambda: harness.taken(sock), 10, "echod takes everything")
        self.assert_same(harness.receive(sock), data)


class ThirtyClients(harness.TestCase):
    """Thirty clients at once, each with data of its own."""

    async def client(self, address, number):
        reader, writer = await asyncio.open_connection(*address.name)
        data = payload(scaled(MIB) + number, seed=number)
        pieces = random.Random(number)

        async def send():
            start = 0
            while start < len(data):
                size = pieces.choice((1, 100, 4096, 50000))
                writer.write(data[start:start + size])
                await writer.drain()
                start += size
            writer.write_eof()

        sending = asyncio.create_task(send())
        echo = await reader.read(-1)
        await sending
        writer.close()
        self.assert_same(echo, data, f"client {number}")

    async def clients(self, addresses):
        await asyncio.wait_for(asyncio.gather(*(
            self.client(addresses[number % len(addresses)], number)
            for number in range(30))), patience(40))

    def check(self, workers):
        echod = self.start_echod(
            listen=self.everywhere(unix=False), workers=workers)
        asyncio.run(self.clients(echod.addresses))

    def test_one_worker(self):
        self.check(1)

    def test_two_workers(self):
        self.check(2)

    def test_a_worker_a_processor(self):
        self.check("auto")


class SlowReader(harness.TestCase):
    def test_gets_everything(self):
        """Many MiB are sent; 1 KiB is read now and then, the rest at last."""
        address = self.start_echod(workers=1).address
        data = payload(scaled(16 * MIB))
        sock = self.connect(address, receive_buffer=16 * KIB)
        harness.Sender(sock, data)
        echo = b""
        for _ in range(100):
            time.sleep(0.01)
            echo += harness.receive(sock, KIB)
        self.assert_serves(address)
        self.assert_same(echo + harness.receive(sock), data)


class NeverReads(harness.TestCase):
    """Peers that send what they can and read nothing."""

    peers = scaled(100, least=10)
    bytes_each = 256 * KIB

    def push(self, socks, enough):
        """Sends until no socket has taken a byte for a while, or enough()."""
        data = payload(256 * KIB)
        pushed, last = 0, time.monotonic()
        while time.monotonic() - last < patience(0.5) and not enough():
            for sock in socks:
                try:
                    pushed += sock.send(data)
                    last = time.monotonic()
                except BlockingIOError:
                    pass
            time.sleep(0.01)
        return pushed

    def test_cost_one_buffer(self):
        echod = self.start_echod(workers=1)
        self.assert_serves(echod.address)
        before, bound = echod.resident(), self.peers * self.bytes_each
        if harness.instrumented():
            bound *= 100  # memory is not echod's own; that it stops, counts
        socks = [self.connect(echod.address, receive_buffer=16 * KIB,
                              send_buffer=64 * KIB) for _ in range(self.peers)]
        for sock in socks:
            sock.setblocking(False)
        pushed = self.push(socks, lambda: echod.resident() - before > bound)
        grown = echod.resident() - before
        print(f"{self.peers} peers that don't read: {pushed // KIB} KiB "
              f"pushed, {grown // KIB} KiB of memory", flush=True)
        self.assertLessEqual(grown, bound)
        self.assertGreater(
            pushed, self.peers * self.bytes_each, "too little was pushed to "
            "tell a bounded buffer from an unbounded one")
        self.assert_serves(echod.address)


if __name__ == "__main__":
    harness.main()
