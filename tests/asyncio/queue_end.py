# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from items import describe, drain, get, put
from trace import case, main, passed, say, spawn, told, tried, turns, yes


async def await_join(queue):
    await passed("join", queue.join())


@case
async def join_it():
    queue = asyncio.Queue()
    await told("join", queue.join())
    queue.put_nowait(1)
    queue.put_nowait(2)
    a = spawn(await_join(queue), "a")
    await turns(1)
    await drain(queue)
    await turns(2)
    say(f"done {yes(a.done())}")
    tried("task_done", queue.task_done)
    await turns(2)
    say(f"done {yes(a.done())}")
    tried("task_done", queue.task_done)
    await told("a", a)
    tried("task_done", queue.task_done)


@case
async def join_of_a_queue_that_fills_again():
    queue = asyncio.Queue()
    queue.put_nowait(1)
    a = spawn(await_join(queue), "a")
    await turns(1)
    queue.get_nowait()
    queue.put_nowait(2)
    queue.task_done()
    await turns(2)
    say(f"done {yes(a.done())}")
    queue.get_nowait()
    queue.task_done()
    await told("a", a)


@case(since=(3, 13))
async def shut_down():
    queue = asyncio.Queue()
    queue.put_nowait(1)
    queue.put_nowait(2)
    queue.shutdown()
    tried("put", queue.put_nowait, 3)
    await told("put", queue.put(3))
    await told("get", queue.get())
    tried("get", queue.get_nowait)
    await told("get", queue.get())
    tried("get", queue.get_nowait)


@case(since=(3, 13))
async def shut_down_wakes_getters():
    queue = asyncio.Queue()
    a, b = spawn(get(queue), "a"), spawn(get(queue), "b")
    await turns(1)
    queue.shutdown()
    await told("a", a)
    await told("b", b)


@case(since=(3, 13))
async def shut_down_wakes_putters():
    queue = asyncio.Queue(1)
    queue.put_nowait(1)
    a = spawn(put(queue, 2), "a")
    await turns(1)
    queue.shutdown()
    await told("a", a)
    await told("get", queue.get())
    describe(queue)


@case(since=(3, 13))
async def shut_down_at_once():
    queue = asyncio.Queue()
    queue.put_nowait(1)
    queue.put_nowait(2)
    queue.shutdown(immediate=True)
    describe(queue)
    await told("get", queue.get())
    await told("join", queue.join())
    tried("task_done", queue.task_done)


@case(since=(3, 13))
async def join_ends_with_an_immediate_shut_down():
    queue = asyncio.Queue()
    queue.put_nowait(1)
    a = spawn(await_join(queue), "a")
    await turns(1)
    queue.shutdown(immediate=True)
    await told("a", a)


@case(since=(3, 13))
async def join_after_a_shut_down():
    queue = asyncio.Queue()
    queue.put_nowait(1)
    a = spawn(await_join(queue), "a")
    await turns(1)
    queue.shutdown()
    await told("get", queue.get())
    say(f"done {yes(a.done())}")
    queue.task_done()
    await told("a", a)


main()
