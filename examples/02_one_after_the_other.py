# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Two coroutines one after the other, and at the same time."""

import asyncio

from seconds import now, seconds, since


async def say_after(delay, what):
    await asyncio.sleep(seconds(delay))
    print(what)


async def one_after_the_other():
    await say_after(2, "hello")
    await say_after(3, "world")


async def at_the_same_time():
    task1 = asyncio.create_task(say_after(2, "hello"))
    task2 = asyncio.create_task(say_after(3, "world"))
    await task1
    await task2


async def lesson():
    begin = now()
    await one_after_the_other()
    print(f"one after the other: {since(begin):g} s")

    begin = now()
    await at_the_same_time()
    print(f"at the same time: {since(begin):g} s")


asyncio.run(lesson())
