# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Waiting for all of them, for the first, for the first failure, for a time."""

import asyncio

from seconds import now, seconds, since

JOBS = [("a", 1, None), ("b", 2, ValueError()), ("c", 3, None)]


async def work(delay, error):
    await asyncio.sleep(seconds(delay))
    if error is not None:
        raise error


def print_sets(tasks, done, pending):
    print("  done:", *[
        task.get_name() + (" (failed)" if task.exception() else "")
        for task in tasks if task in done])
    print("  pending:", *[
        task.get_name() for task in tasks if task in pending])


async def wait_for_them(title, **arguments):
    """What wait leaves pending runs on, until we cancel it."""
    begin = now()
    tasks = [asyncio.create_task(work(delay, error), name=name)
             for name, delay, error in JOBS]
    done, pending = await asyncio.wait(tasks, **arguments)
    print(f"{title}: {since(begin):g} s")
    print_sets(tasks, done, pending)
    for task in pending:
        task.cancel()


async def lesson():
    await wait_for_them("all completed", return_when=asyncio.ALL_COMPLETED)
    await wait_for_them("first completed", return_when=asyncio.FIRST_COMPLETED)
    await wait_for_them("first exception", return_when=asyncio.FIRST_EXCEPTION)
    await wait_for_them("all, for 1.5 s at most", timeout=seconds(1.5))


asyncio.run(lesson())
