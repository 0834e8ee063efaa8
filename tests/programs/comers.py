# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Clients that come and go while something happens to echod."""
import asyncio
import random
import threading

from harness import patience, wait_until


class Comers(threading.Thread):
    """Connections from a thread of their own, so many at a time, until stop or
    until something goes wrong, which is in errors then."""

    def __init__(self, address, at_once=4, pause=0):
        super().__init__(daemon=True)
        self.address, self.at_once, self.pause = address, at_once, pause
        self.errors = []
        self.connections = self.echoes = 0
        self.stopping = False

    def run(self):
        asyncio.run(self.run_all())

    async def run_all(self):
        await asyncio.gather(*(self.come_and_go()
                               for _ in range(self.at_once)))

    async def come_and_go(self):
        while not self.stopping and not self.errors:
            await self.connect(self.visit)
            await asyncio.sleep(self.pause)

    async def connect(self, visit):
        """A connection, and what is done with it."""
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection(*self.address), patience(20))
            self.connections += 1
            try:
                await visit(reader, writer)
            finally:
                writer.close()
        except (AssertionError, EOFError, OSError, TimeoutError) as error:
            self.errors.append(repr(error))

    async def visit(self, reader, writer):
        await self.echo(reader, writer)
        await self.end(reader, writer)

    async def echo(self, reader, writer):
        data = self.send(writer)
        got = await asyncio.wait_for(reader.readexactly(len(data)),
                                     patience(20))
        assert got == data, "a wrong byte"
        self.echoes += 1

    @staticmethod
    def send(writer):
        data = random.randbytes(random.choice((1, 64, 5000)))
        writer.write(data)
        return data

    @staticmethod
    async def end(reader, writer):
        writer.write_eof()
        rest = await asyncio.wait_for(reader.read(), patience(20))
        assert rest == b"", "more than was sent"

    def wait_for_echoes(self, count):
        before = self.echoes
        wait_until(lambda: self.echoes > before + count or self.errors, 30,
                   "echoes")

    def stop(self):
        self.stopping = True
        self.join(patience(30))
