#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What tasks.c measures, in Python's asyncio."""

import argparse
import asyncio
import time


def resident():
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise OSError("no VmRSS in /proc/self/status")


def print_figure(name, value):
    print(f"{name:<24}{value:12.1f}")


def print_time(name, start, operations):
    print_figure(name, (time.process_time() - start) / operations * 1e9)


async def nothing():
    pass


async def create_and_await(options):
    start = time.process_time()
    for _ in range(options.operations):
        await asyncio.create_task(nothing())
    print_time("create and await", start, options.operations)


async def give_way(times):
    for _ in range(times):
        await asyncio.sleep(0)


async def take_turns(options):
    start = time.process_time()
    each = options.operations // 2
    await asyncio.gather(give_way(each), give_way(each))
    print_time("turn of a task", start, 2 * each)


async def consume(queue, operations):
    for _ in range(operations):
        await queue.get()


async def pass_items(options):
    queue = asyncio.Queue(1)
    start = time.process_time()
    consumer = asyncio.create_task(consume(queue, options.operations))
    for _ in range(options.operations):
        await queue.put(queue)
    await consumer
    print_time("queue put and get", start, options.operations)


async def hold(lock, operations):
    for _ in range(operations):
        async with lock:
            await asyncio.sleep(0)


async def hand_over(options):
    lock = asyncio.Lock()
    each = options.operations // 2
    start = time.process_time()
    await asyncio.gather(hold(lock, each), hold(lock, each))
    print_time("lock hand-over", start, 2 * each)


async def gather_many(options):
    count = options.gathered
    await asyncio.gather(*(give_way(1) for _ in range(count)))
    start = time.process_time()
    await asyncio.gather(*(give_way(1) for _ in range(count)))
    print_time("gather, a task", start, count)


async def sleep_many(options):
    before = resident()
    start = time.process_time()
    tasks = [asyncio.create_task(asyncio.sleep(1.0))
             for _ in range(options.sleepers)]
    await asyncio.sleep(0)
    after = resident()
    await asyncio.gather(*tasks)
    print_time("sleep, a task", start, options.sleepers)
    print_figure("memory, a task", (after - before) / options.sleepers)


async def measure(options):
    for kind in (sleep_many, create_and_await, take_turns, pass_items,
                 hand_over, gather_many):
        await kind(options)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=50000)
    parser.add_argument("--gathered", type=int, default=10000)
    parser.add_argument("--sleepers", type=int, default=100000)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
