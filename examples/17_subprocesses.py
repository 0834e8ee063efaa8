# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Subprocesses: lines as they come, exit statuses, kill, communicate."""

import asyncio
from asyncio.subprocess import PIPE

from seconds import seconds


async def print_lines(name, output):
    while line := await output.readline():
        print(f"{name}: {line.decode()}", end="")


async def watch(name, delay, status):
    process = await asyncio.create_subprocess_shell(
        f"sleep {seconds(delay)}; echo one; "
        f"sleep {seconds(2)}; echo two; exit {status}", stdout=PIPE)
    await print_lines(name, process.stdout)
    print(f"{name}: exit status {await process.wait()}")


async def several():
    async with asyncio.TaskGroup() as group:
        group.create_task(watch("a", 0, 0))
        group.create_task(watch("b", 1, 3))


async def killed():
    process = await asyncio.create_subprocess_exec("sleep", "60")
    process.kill()
    print("killed:", await process.wait())


async def communicate():
    process = await asyncio.create_subprocess_exec(
        "tr", "a-z", "A-Z", stdin=PIPE, stdout=PIPE)
    output, _ = await process.communicate(b"hello")
    print("hello becomes", output.decode())


async def lesson():
    await several()
    await killed()
    await communicate()


asyncio.run(lesson())
