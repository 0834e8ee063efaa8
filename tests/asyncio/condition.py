# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (case, main, passed, say, spawn, told, tried, turns, units,
                   yes)


async def wait(condition):
    await condition.acquire()
    try:
        await passed("wait", condition.wait())
    finally:
        say(f"locked {yes(condition.locked())}")
        condition.release()


def waiters(condition, names):
    return [spawn(wait(condition), name) for name in names]


async def notify(condition, count):
    async with condition:
        tried("notify", condition.notify, count)


@case
async def without_the_lock():
    condition = asyncio.Condition()
    await told("wait", condition.wait())
    tried("notify", condition.notify)
    tried("notify all", condition.notify_all)
    tried("release", condition.release)


@case
async def notify_wakes_so_many_in_order():
    condition = asyncio.Condition()
    tasks = waiters(condition, "abc")
    await turns(1)
    await notify(condition, 2)
    await tasks[0]
    await tasks[1]
    say(f"done {yes(tasks[2].done())}")
    await notify(condition, 5)
    await tasks[2]


@case
async def notify_all():
    condition = asyncio.Condition()
    tasks = waiters(condition, "abc")
    await turns(1)
    async with condition:
        tried("notify all", condition.notify_all)
        await turns(2)
        say("releases")
    for task in tasks:
        await task


@case
async def notify_without_waiters():
    condition = asyncio.Condition()
    await notify(condition, 1)
    a, = waiters(condition, "a")
    await turns(3)
    say(f"done {yes(a.done())}")
    await notify(condition, 1)
    await a


@case
async def a_waiter_is_cancelled():
    condition = asyncio.Condition()
    a, b = waiters(condition, "ab")
    await turns(1)
    a.cancel()
    await told("a", a)
    await notify(condition, 1)
    await told("b", b)


async def let_it_end(condition, a):
    """Lets a task that has woken up have its lock."""
    say(f"done {yes(a.done())}")
    condition.release()
    await told("a", a)


@case
async def it_takes_the_lock_again_before_it_is_cancelled():
    condition = asyncio.Condition()
    a, = waiters(condition, "a")
    await turns(1)
    await condition.acquire()
    a.cancel()
    await turns(3)
    await let_it_end(condition, a)


@case
async def cancelled_twice_while_it_takes_the_lock():
    condition = asyncio.Condition()
    a, = waiters(condition, "a")
    await turns(1)
    await condition.acquire()
    a.cancel()
    await turns(2)
    a.cancel()
    await turns(2)
    await let_it_end(condition, a)


@case
async def cancelled_while_it_takes_the_lock_after_a_notify():
    condition = asyncio.Condition()
    a, = waiters(condition, "a")
    await turns(1)
    await condition.acquire()
    condition.notify()
    await turns(2)
    a.cancel()
    await turns(2)
    await let_it_end(condition, a)


@case
async def cancelled_after_a_notify_it_passes_it_on():
    condition = asyncio.Condition()
    a, b = waiters(condition, "ab")
    await turns(1)
    await condition.acquire()
    condition.notify(1)
    a.cancel()
    condition.release()
    await told("a", a)
    await told("b", asyncio.wait_for(b, units(50)))


@case
async def wait_for_a_predicate():
    condition = asyncio.Condition()
    state = []

    async def wait_for_two():
        async with condition:
            await told("wait_for", condition.wait_for(
                lambda: len(state) >= 2))
            say(f"{len(state)}")

    a = spawn(wait_for_two(), "a")
    await turns(1)
    for i in range(3):
        async with condition:
            state.append(i)
            condition.notify()
            say(f"notified {i}")
        await turns(3)
    await a


@case
async def a_predicate_that_holds_already():
    condition = asyncio.Condition()
    async with condition:
        result = await condition.wait_for(lambda: True)
        say(f"wait_for {yes(result)}")


@case
async def two_on_one_lock():
    lock = asyncio.Lock()
    first, second = asyncio.Condition(lock), asyncio.Condition(lock)
    a, b = spawn(wait(first), "a"), spawn(wait(second), "b")
    await turns(1)
    async with lock:
        tried("notify second", second.notify_all)
    await b
    say(f"done {yes(a.done())}")
    async with first:
        tried("notify first", first.notify_all)
    await a


@case
async def a_timeout_while_it_waits():
    condition = asyncio.Condition()

    async def wait_for_a_while():
        async with asyncio.timeout(units(1)):
            await wait(condition)

    await told("timeout", wait_for_a_while())
    say(f"locked {yes(condition.locked())}")


main()
