# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A callback that the loop calls once a task is done."""

import asyncio

from seconds import seconds


async def work():
    await asyncio.sleep(seconds(1))
    print("the task ends")
    return 42


def finished(task):
    print(f"callback: {task.get_name()} is done, its result: {task.result()}")


async def lesson():
    task = asyncio.create_task(work(), name="work")
    task.add_done_callback(finished)
    print("callback added")
    await task
    print("awaited")

    # The task is done, and yet it is the loop that calls.
    task.add_done_callback(finished)
    print("callback added once more")
    await asyncio.sleep(0)


asyncio.run(lesson())
