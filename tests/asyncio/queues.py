# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from items import describe, drain, get, put
from trace import case, main, say, spawn, told, tried, turns, units, yes


@case
async def first_in_first_out():
    queue = asyncio.Queue()
    describe(queue)
    for item in (3, 1, 2):
        await told("put", queue.put(item))
    describe(queue)
    await drain(queue)


@case
async def last_in_first_out():
    queue = asyncio.LifoQueue()
    for item in (3, 1, 2):
        queue.put_nowait(item)
    await drain(queue)


@case
async def the_least_first():
    queue = asyncio.PriorityQueue()
    for item in (3, 1, 4, 1, 5, 9, 2, 6):
        queue.put_nowait(item)
    await drain(queue)


@case
async def nowait():
    queue = asyncio.Queue(2)
    tried("get", queue.get_nowait)
    tried("put", queue.put_nowait, 1)
    tried("put", queue.put_nowait, 2)
    tried("put", queue.put_nowait, 3)
    describe(queue)
    tried("get", queue.get_nowait)
    describe(queue)


@case
async def getters_are_served_in_order():
    queue = asyncio.Queue()
    tasks = [spawn(get(queue), name) for name in "abc"]
    await turns(1)
    for item in (1, 2, 3):
        queue.put_nowait(item)
    for task in tasks:
        await task


@case
async def putters_are_served_in_order():
    queue = asyncio.Queue(1)
    tasks = [spawn(put(queue, item), name)
             for name, item in zip("abc", (1, 2, 3))]
    await turns(2)
    for _ in range(3):
        await told("get", queue.get())
        await turns(2)
    for task in tasks:
        await task


@case
async def a_producer_and_a_consumer():
    queue = asyncio.Queue(1)

    async def produce():
        for item in range(4):
            await queue.put(item)
            say(f"put {item}")

    async def consume():
        for _ in range(4):
            say(f"got {await queue.get()}")

    producer = spawn(produce(), "producer")
    consumer = spawn(consume(), "consumer")
    await producer
    await consumer


@case
async def a_getter_is_cancelled():
    queue = asyncio.Queue()
    a, b = spawn(get(queue), "a"), spawn(get(queue), "b")
    await turns(1)
    a.cancel()
    await told("a", a)
    queue.put_nowait(1)
    await told("b", b)


@case
async def a_getter_is_cancelled_after_it_was_woken():
    queue = asyncio.Queue()
    a, b = spawn(get(queue), "a"), spawn(get(queue), "b")
    await turns(1)
    queue.put_nowait(1)
    a.cancel()
    await told("a", a)
    await told("b", b)
    describe(queue)


@case
async def no_item_is_lost():
    queue = asyncio.Queue()
    a = spawn(get(queue), "a")
    await turns(1)
    queue.put_nowait(1)
    a.cancel()
    await told("a", a)
    describe(queue)
    await told("get", queue.get())


@case
async def a_putter_is_cancelled():
    queue = asyncio.Queue(1)
    queue.put_nowait(0)
    a, b = spawn(put(queue, 1), "a"), spawn(put(queue, 2), "b")
    await turns(1)
    a.cancel()
    await told("a", a)
    await told("get", queue.get())
    await told("b", b)
    await told("get", queue.get())
    describe(queue)


@case
async def a_putter_is_cancelled_after_it_was_woken():
    queue = asyncio.Queue(1)
    queue.put_nowait(0)
    a, b = spawn(put(queue, 1), "a"), spawn(put(queue, 2), "b")
    await turns(1)
    tried("get", queue.get_nowait)
    a.cancel()
    await told("a", a)
    await told("b", b)
    await told("get", queue.get())


@case
async def a_timeout_while_it_gets():
    queue = asyncio.Queue()

    async def get_for_a_while():
        async with asyncio.timeout(units(1)):
            return await get(queue)

    await told("timeout", get_for_a_while())
    queue.put_nowait(1)
    await told("timeout", get_for_a_while())


@case
async def a_late_getter_takes_what_a_woken_one_was_to_have():
    queue = asyncio.Queue()
    a = spawn(get(queue), "a")
    await turns(1)
    queue.put_nowait(1)
    await told("get", queue.get())
    await turns(2)
    say(f"done {yes(a.done())}")
    queue.put_nowait(2)
    await told("a", a)


main()
