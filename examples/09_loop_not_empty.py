# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A loop that returns with a task unfinished, which a later run finishes."""

import asyncio

from seconds import seconds


async def say_after(delay):
    print(f"{delay} s: begins")
    await asyncio.sleep(seconds(delay))
    print(f"{delay} s: ends")


def print_state(task):
    print("the long one is", "done" if task.done() else "not done")


loop = asyncio.new_event_loop()
long = loop.create_task(say_after(2))
loop.run_until_complete(say_after(1))
print_state(long)

long.add_done_callback(lambda task: loop.stop())
loop.run_forever()
print_state(long)
loop.close()
