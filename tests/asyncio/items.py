# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Putting items into a queue and getting them out."""

from trace import passed, say, told, yes


async def get(queue):
    return await passed("get", queue.get())


async def put(queue, item):
    await passed(f"put {item}", queue.put(item))


def describe(queue):
    say(f"{queue.qsize()} of {queue.maxsize}, empty {yes(queue.empty())} "
        f"full {yes(queue.full())}")


async def drain(queue):
    while not queue.empty():
        await told("get", queue.get())
