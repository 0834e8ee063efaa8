# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import errno
import os
import tempfile

from served import Served, ask, echo, end, serve
from trace import case, main, passed, say, spawn, told, turns, yes


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


main()
