# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import errno
import os
import tempfile

from trace import (NEWER, Failure, case, main, passed, say, spawn, told,
                   turns, units, yes)


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


@case
async def a_client():
    served = await serve(echo)
    stream = await served.connect()
    await ask(stream, "hello")
    await ask(stream, "world")
    await end(stream)
    await served.end()


@case
async def one_client_after_the_other():
    served = await serve(echo)
    for text in ("one", "two", "three"):
        stream = await served.connect()
        await ask(stream, text)
        await end(stream)
        await served.ended.acquire()
    await served.end()


@case
async def clients_at_once():
    served = await serve(echo)
    streams = [await served.connect() for _ in range(3)]
    for stream, text in zip(reversed(streams), ("one", "two", "three")):
        await ask(stream, text)
    for stream in streams:
        await end(stream)
        await served.ended.acquire()
    await served.end()


@case
async def close_refuses_new_clients():
    served = await serve(echo)
    say(f"serving {yes(served.server.is_serving())}")
    await served.end()
    say(f"serving {yes(served.server.is_serving())}")
    await told("connect", served.connect())


@case
async def close_keeps_the_clients():
    served = await serve(echo)
    stream = await served.connect()
    await ask(stream, "before")
    served.server.close()
    await ask(stream, "after")
    await end(stream)
    await served.end()


@case
async def wait_closed_waits_for_the_clients():
    served = await serve(echo)
    stream = await served.connect()
    await ask(stream, "hello")
    served.server.close()

    async def wait_closed():
        await passed("wait_closed", served.wait_closed())

    a = spawn(wait_closed(), "a")
    await turns(5)
    say(f"done {yes(a.done())}")
    await end(stream)
    await told("a", a)


@case
async def wait_closed_waits_for_close():
    served = await serve(echo)

    async def wait_closed():
        await passed("wait_closed", served.wait_closed())

    a = spawn(wait_closed(), "a")
    await turns(5)
    say(f"done {yes(a.done())}")
    served.server.close()
    await told("a", a)


@case
async def close_twice():
    served = await serve(echo)
    served.server.close()
    await served.end()
    await served.end()


@case(since=(3, 11, 7))
async def a_handler_that_fails():
    async def fail(reader, writer):
        say("fails")
        raise Failure(1)

    served = await serve(fail)
    stream = await served.connect()
    await say_rest(stream)
    await end(stream)
    await served.end()


@case
async def a_handler_that_returns():
    async def greet(reader, writer):
        writer.write(b"bye")
        await writer.drain()
        say("returns")

    served = await serve(greet)
    stream = await served.connect()
    await served.ended.acquire()
    await told("read", asyncio.wait_for(say_rest(stream), units(10)))
    served.writer.close()
    await end(stream)
    await served.end()


@case
async def serve_forever():
    served = await serve(echo)

    async def run():
        await passed("serve_forever", served.server.serve_forever())

    a = spawn(run(), "a")
    await turns(2)
    stream = await served.connect()
    await ask(stream, "hello")
    await end(stream)
    await served.ended.acquire()
    a.cancel()
    await told("a", a)
    say(f"serving {yes(served.server.is_serving())}")


@case
async def start_later():
    served = await serve(echo, start_serving=False)
    say(f"serving {yes(served.server.is_serving())}")
    await told("start", served.server.start_serving())
    say(f"serving {yes(served.server.is_serving())}")
    stream = await served.connect()
    await ask(stream, "hello")
    await end(stream)
    await served.end()


@case
async def start_after_close():
    served = await serve(echo, start_serving=False)
    served.server.close()
    await told("start", served.server.start_serving())


@case
async def its_sockets():
    served = await serve(echo)
    say(f"sockets {len(served.server.sockets)}")
    await served.end()
    say(f"sockets {len(served.server.sockets)}")


@case
async def an_address_in_use():
    served = await serve(echo)
    try:
        await asyncio.start_server(echo, "127.0.0.1", served.port)
    except OSError as err:
        say(f"in use {yes(err.errno == errno.EADDRINUSE)}")
    await served.end()


@case
async def a_unix_socket():
    served = Served()
    served.handler, served.ended = echo, asyncio.Semaphore(0)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        served.server = await asyncio.start_unix_server(served.handle, path)
        stream = await asyncio.open_unix_connection(path)
        await ask(stream, "hello")
        await end(stream)
        await served.ended.acquire()
        await served.end()
        await told("connect", asyncio.open_unix_connection(path + "2"))


@case(since=(3, 13))
async def close_clients():
    served = await serve(echo)
    stream = await served.connect()
    await ask(stream, "hello")
    served.server.close()
    served.server.close_clients()
    await served.ended.acquire()
    await say_rest(stream)
    await end(stream)
    await served.end()


@case(since=(3, 13))
async def abort_clients():
    async def write_much(reader, writer):
        writer.write(b"x" * 10000000)
        say("writes")
        await told("drain", writer.drain())

    served = await serve(write_much)
    stream = await served.connect()
    await turns(5)
    data = await stream[0].readexactly(1000)
    say(f"received {len(data)}")
    served.server.close()
    served.server.abort_clients()
    await served.ended.acquire()
    stream[1].transport.abort()
    await served.end()


main()
