# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Eight jobs, four at a time: each holds one of the four places of a queue."""

import asyncio

from seconds import now, seconds, since

JOBS, WINDOW = 8, 4


class Job:
    def __init__(self, number, window, start):
        self.number = number
        self.window = window
        self.start = start             # of all jobs
        self.begin = self.end = None   # of this one, after that

    async def work(self):
        await self.window.put(self)
        self.begin = since(self.start)
        print(f"j{self.number} begins")
        await asyncio.sleep(seconds(self.number % 3 + 1))
        self.end = since(self.start)
        await self.window.get()


def print_places(jobs):
    for second in range(5):
        print(f"{second}-{second + 1}:", *[
            f"j{job.number}" for job in jobs
            if job.begin <= second < job.end])


async def lesson():
    window = asyncio.Queue(maxsize=WINDOW)
    start = now()
    jobs = [Job(number, window, start) for number in range(JOBS)]
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job.work())
    print_places(jobs)


asyncio.run(lesson())
