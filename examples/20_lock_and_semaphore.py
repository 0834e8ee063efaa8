# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A lock, which is held across waits, and a semaphore; both are fair."""

import asyncio

from seconds import now, seconds, since

lock = asyncio.Lock()
semaphore = asyncio.Semaphore(2)
total = 0


async def add():
    """What others add meanwhile is lost."""
    global total
    old = total
    await asyncio.sleep(seconds(1))
    total = old + 1


async def add_unlocked(name):
    await add()


async def add_locked(name):
    async with lock:
        print(f"task {name} has the lock")
        await add()


async def enter(name):
    async with semaphore:
        print(f"task {name} is in")
        await asyncio.sleep(seconds(1))


async def run_all(title, coroutine):
    global total
    total = 0
    begin = now()
    async with asyncio.TaskGroup() as group:
        for name in "abcd":
            group.create_task(coroutine(name))
    print(f"{title}: total {total}, {since(begin):g} s")


async def lesson():
    await run_all("without a lock", add_unlocked)
    await run_all("with a lock", add_locked)
    await run_all("semaphore of two", enter)


asyncio.run(lesson())
