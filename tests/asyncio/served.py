# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A server of the case, and clients that ask it."""

import asyncio

from trace import NEWER, say, told


class Served:
    """A server, and how many of its handlers have ended."""

    async def start(self, handler, **options):
        self.ended = asyncio.Semaphore(0)
        self.handler = handler
        self.server = await asyncio.start_server(
            self.handle, "127.0.0.1", 0, **options)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def handle(self, reader, writer):
        asyncio.current_task().set_name("handler")
        # Or the collector would close the connection.
        self.writer = writer
        try:
            await self.handler(reader, writer)
        finally:
            self.ended.release()

    async def connect(self):
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def wait_closed(self):
        if not NEWER:
            # What later versions do.
            while self.server.is_serving() or self.server._active_count:
                await asyncio.sleep(0.001)
        await self.server.wait_closed()

    async def end(self):
        self.server.close()
        await told("wait_closed", self.wait_closed())


async def serve(handler, **options):
    return await Served().start(handler, **options)


async def echo(reader, writer):
    while data := await reader.read(100):
        say(f"received {data.decode()}")
        writer.write(data)
        await writer.drain()
    say("end")
    writer.close()


async def ask(stream, text):
    reader, writer = stream
    writer.write(text.encode())
    say(f"answer {(await reader.read(100)).decode()}")


async def end(stream):
    stream[1].close()
    await stream[1].wait_closed()


async def say_rest(stream):
    """What still comes, or that the connection was reset."""
    try:
        say(f"rest [{(await stream[0].read()).decode()}]")
    except ConnectionError:
        say("rest []")
