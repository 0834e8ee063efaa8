# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (case, main, nap, passed, say, spawn, told, tried, turns,
                   units, yes)


async def hold(lock, count):
    """Holds the lock for so many turns."""
    await passed("acquire", lock.acquire())
    await asyncio.sleep(0)
    for _ in range(count - 1):
        await asyncio.sleep(0)
    tried("release", lock.release)


def holders(lock, names, count=1):
    return [spawn(hold(lock, count), name) for name in names]


@case
async def by_itself():
    lock = asyncio.Lock()
    say(f"locked {yes(lock.locked())}")
    await told("acquire", lock.acquire())
    say(f"locked {yes(lock.locked())}")
    tried("release", lock.release)
    say(f"locked {yes(lock.locked())}")


@case
async def release_what_is_free():
    lock = asyncio.Lock()
    tried("release", lock.release)


@case
async def first_come_first_served():
    lock = asyncio.Lock()
    for task in holders(lock, "abcd", 2):
        await task
    say(f"locked {yes(lock.locked())}")


@case
async def a_late_comer_waits_for_those_before():
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = holders(lock, "ab")
    await turns(1)
    lock.release()
    # Free for a task that has not run yet: it is not for who comes now.
    say(f"locked {yes(lock.locked())}")
    await told("again", lock.acquire())
    lock.release()
    await a
    await b


@case
async def any_task_may_release():
    lock = asyncio.Lock()
    await lock.acquire()

    async def release():
        tried("release", lock.release)

    await spawn(release(), "a")
    say(f"locked {yes(lock.locked())}")


@case
async def a_waiter_is_cancelled():
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = holders(lock, "ab")
    await turns(1)
    a.cancel()
    await told("a", a)
    lock.release()
    await told("b", b)


@case
async def cancelled_after_it_was_woken():
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = holders(lock, "ab")
    await turns(1)
    lock.release()
    a.cancel()
    await told("a", a)
    await told("b", b)
    say(f"locked {yes(lock.locked())}")


@case
async def cancelled_before_the_release_in_one_turn():
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = holders(lock, "ab")
    await turns(1)
    a.cancel()
    lock.release()
    await told("a", a)
    await told("b", b)
    say(f"locked {yes(lock.locked())}")


@case
async def the_only_waiter_is_cancelled_after_it_was_woken():
    lock = asyncio.Lock()
    await lock.acquire()
    a, = holders(lock, "a")
    await turns(1)
    lock.release()
    a.cancel()
    await told("a", a)
    say(f"locked {yes(lock.locked())}")
    await told("acquire", lock.acquire())


@case
async def all_waiters_are_cancelled():
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = holders(lock, "abc")
    await turns(1)
    for task in tasks:
        task.cancel()
    for task in tasks:
        await told(task.get_name(), task)
    lock.release()
    await told("acquire", lock.acquire())


@case
async def a_timeout_while_it_waits():
    lock = asyncio.Lock()
    await lock.acquire()

    async def try_for_a_while():
        async with asyncio.timeout(units(1)):
            await passed("acquire", lock.acquire())

    await told("timeout", try_for_a_while())
    lock.release()
    await told("acquire", lock.acquire())


@case
async def mutual_exclusion_across_waits():
    lock = asyncio.Lock()
    inside = []

    async def enter():
        async with lock:
            inside.append(1)
            say(f"inside {len(inside)}")
            await nap(1)
            inside.pop()

    for task in [spawn(enter(), name) for name in "abc"]:
        await task


main()
