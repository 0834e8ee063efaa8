# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A coroutine within another: called, not called, as a task, cancelled, named."""

import asyncio


async def nested():
    print("nested runs")
    return 42


def not_awaited():
    """Called, but not awaited: it does not run."""
    coroutine = nested()
    print("not awaited")
    coroutine.close()


async def as_a_task():
    task = asyncio.create_task(nested())
    print("task created")
    answer = await task
    print(f"task awaited: {answer}, its result: {task.result()}")


async def cancelled():
    task = asyncio.create_task(nested())
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled before it began")


async def named():
    task = asyncio.create_task(nested(), name="answer")
    print(f"a task named {task.get_name()}")
    task.set_name("the answer")
    print(f"is now named {task.get_name()}")
    await task


async def lesson():
    not_awaited()
    print(f"awaited: {await nested()}")
    await as_a_task()
    await cancelled()
    await named()


asyncio.run(lesson())
