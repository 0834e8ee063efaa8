# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A producer and a consumer with a queue of one place between them."""

import asyncio

from seconds import seconds


async def produce(queue):
    for i in range(5):
        await asyncio.sleep(seconds(1))
        print("tick", i)
        await queue.put(i)
    await queue.put(None)


async def consume(queue):
    while True:
        item = await queue.get()
        if item is None:
            return
        print("got", item)


async def lesson():
    queue = asyncio.Queue(maxsize=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(produce(queue))
        group.create_task(consume(queue))
    print("no more")


asyncio.run(lesson())
