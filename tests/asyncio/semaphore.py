# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (case, main, nap, passed, say, spawn, told, tried, turns,
                   units, yes)


async def hold(semaphore, count=1):
    """Holds a place for so many turns."""
    await passed("acquire", semaphore.acquire())
    for _ in range(count):
        await asyncio.sleep(0)
    tried("release", semaphore.release)


def holders(semaphore, names):
    return [spawn(hold(semaphore), name) for name in names]


@case
async def it_counts():
    semaphore = asyncio.Semaphore(2)
    say(f"locked {yes(semaphore.locked())}")
    await told("acquire", semaphore.acquire())
    say(f"locked {yes(semaphore.locked())}")
    await told("acquire", semaphore.acquire())
    say(f"locked {yes(semaphore.locked())}")
    tried("release", semaphore.release)
    say(f"locked {yes(semaphore.locked())}")


@case
async def two_at_a_time():
    semaphore = asyncio.Semaphore(2)
    inside = []

    async def enter(delay):
        async with semaphore:
            inside.append(1)
            say(f"inside {len(inside)}")
            await nap(delay)
            inside.pop()

    for task in [spawn(enter(delay), name)
                 for name, delay in zip("abcd", (1, 7, 8, 8))]:
        await task


@case
async def one_of_none():
    semaphore = asyncio.Semaphore(0)
    a, = holders(semaphore, "a")
    await turns(1)
    tried("release", semaphore.release)
    await a
    say(f"locked {yes(semaphore.locked())}")


@case
async def more_releases_than_at_first():
    semaphore = asyncio.Semaphore(1)
    tried("release", semaphore.release)
    await told("acquire", semaphore.acquire())
    await told("acquire", semaphore.acquire())
    say(f"locked {yes(semaphore.locked())}")


@case
async def a_bounded_one_refuses_that():
    semaphore = asyncio.BoundedSemaphore(1)
    tried("release", semaphore.release)
    await told("acquire", semaphore.acquire())
    tried("release", semaphore.release)
    tried("release", semaphore.release)


@case
async def first_come_first_served():
    semaphore = asyncio.Semaphore(1)
    for task in holders(semaphore, "abcd"):
        await task


@case
async def a_late_comer_waits_for_those_before():
    semaphore = asyncio.Semaphore(1)
    await semaphore.acquire()
    a, b = holders(semaphore, "ab")
    await turns(1)
    semaphore.release()
    say(f"locked {yes(semaphore.locked())}")
    await told("again", semaphore.acquire())
    semaphore.release()
    await a
    await b


@case
async def a_waiter_is_cancelled():
    semaphore = asyncio.Semaphore(0)
    a, b = holders(semaphore, "ab")
    await turns(1)
    a.cancel()
    await told("a", a)
    semaphore.release()
    await told("b", b)


@case
async def cancelled_after_it_was_woken():
    semaphore = asyncio.Semaphore(0)
    a, b = holders(semaphore, "ab")
    await turns(1)
    semaphore.release()
    a.cancel()
    await told("a", a)
    await told("b", b)


@case
async def two_releases_wake_two():
    semaphore = asyncio.Semaphore(0)
    tasks = holders(semaphore, "abc")
    await turns(1)
    semaphore.release()
    semaphore.release()
    await turns(1)
    say(f"done {yes(tasks[2].done())}")
    for task in tasks:
        await task


@case
async def two_releases_and_one_of_the_woken_is_cancelled():
    semaphore = asyncio.Semaphore(0)
    tasks = holders(semaphore, "abc")
    await turns(1)
    semaphore.release()
    semaphore.release()
    tasks[0].cancel()
    for task in tasks:
        await told(task.get_name(), task)


@case
async def the_only_waiter_is_cancelled_after_it_was_woken():
    semaphore = asyncio.Semaphore(0)
    a, = holders(semaphore, "a")
    await turns(1)
    semaphore.release()
    a.cancel()
    await told("a", a)
    say(f"locked {yes(semaphore.locked())}")
    await told("acquire", semaphore.acquire())


@case
async def a_timeout_while_it_waits():
    semaphore = asyncio.Semaphore(0)

    async def try_for_a_while():
        async with asyncio.timeout(units(1)):
            await passed("acquire", semaphore.acquire())

    await told("timeout", try_for_a_while())
    semaphore.release()
    await told("acquire", semaphore.acquire())


main()
