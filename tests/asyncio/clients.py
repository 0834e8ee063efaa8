# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from served import ask, echo, end, say_rest, serve
from trace import Failure, case, main, say, told, turns, units


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
