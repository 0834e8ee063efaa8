# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import case, main, passed, say, spawn, told, turns, units, yes


async def wait(event):
    await passed("wait", event.wait())


@case
async def set_and_clear():
    event = asyncio.Event()
    say(f"set {yes(event.is_set())}")
    event.set()
    say(f"set {yes(event.is_set())}")
    await told("wait", event.wait())
    event.clear()
    say(f"set {yes(event.is_set())}")


@case
async def it_wakes_all_in_order():
    event = asyncio.Event()
    tasks = [spawn(wait(event), name) for name in "abc"]
    await turns(1)
    event.set()
    say("set")
    for task in tasks:
        await task


@case
async def cleared_before_they_run():
    event = asyncio.Event()
    a = spawn(wait(event), "a")
    await turns(1)
    event.set()
    event.clear()
    await told("a", a)
    say(f"set {yes(event.is_set())}")


@case
async def set_twice():
    event = asyncio.Event()
    a = spawn(wait(event), "a")
    await turns(1)
    event.set()
    event.set()
    await told("a", a)
    event.clear()
    b = spawn(wait(event), "b")
    await turns(1)
    say(f"done {yes(b.done())}")
    event.set()
    await told("b", b)


@case
async def a_waiter_is_cancelled():
    event = asyncio.Event()
    a, b = spawn(wait(event), "a"), spawn(wait(event), "b")
    await turns(1)
    a.cancel()
    await told("a", a)
    event.set()
    await told("b", b)


@case
async def cancelled_after_it_was_set():
    event = asyncio.Event()
    a = spawn(wait(event), "a")
    await turns(1)
    event.set()
    a.cancel()
    await told("a", a)


@case
async def set_from_a_callback():
    event = asyncio.Event()
    asyncio.get_running_loop().call_soon(event.set)
    await told("wait", event.wait())


@case
async def a_timeout_while_it_waits():
    event = asyncio.Event()

    async def wait_for_a_while():
        async with asyncio.timeout(units(1)):
            await wait(event)

    await told("timeout", wait_for_a_while())
    event.set()
    await told("wait", event.wait())


main()
