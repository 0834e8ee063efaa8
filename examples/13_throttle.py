# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Twelve jobs, eight at a time: by a queue, and by a semaphore."""

import asyncio

from seconds import now, seconds, since

JOBS, AT_ONCE = 12, 8


class Throttle:
    def __init__(self):
        self.queue = asyncio.Queue(maxsize=AT_ONCE)
        self.semaphore = asyncio.Semaphore(AT_ONCE)
        self.working = self.most = 0

    async def work(self):
        self.working += 1
        self.most = max(self.most, self.working)
        await asyncio.sleep(seconds(2))
        self.working -= 1

    async def by_queue(self):
        await self.queue.put(None)
        await self.work()
        await self.queue.get()

    async def by_semaphore(self):
        async with self.semaphore:
            await self.work()


async def run_all(title, job, throttle):
    begin = now()
    throttle.most = 0
    async with asyncio.TaskGroup() as group:
        for _ in range(JOBS):
            group.create_task(job())
    print(f"{title}: {throttle.most} at once, {since(begin):g} s in all")


async def lesson():
    throttle = Throttle()
    await run_all("queue", throttle.by_queue, throttle)
    await run_all("semaphore", throttle.by_semaphore, throttle)


asyncio.run(lesson())
