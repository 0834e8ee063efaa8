# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Names of files from the keyboard, while a clock ticks; files are read in a
thread.
"""

import asyncio
import itertools
import os
import sys

from seconds import seconds


def read_file(name):
    """Runs in a thread: reading a file blocks."""
    with open(name, "rb") as file:
        return len(file.read())


async def read_names(keyboard):
    while line := await keyboard.readline():
        name = line.decode().rstrip("\n")
        try:
            size = await asyncio.to_thread(read_file, name)
            print(f"{name}: {size} bytes")
        except OSError as error:
            print(f"{name}: {os.strerror(error.errno)}")


async def tick():
    for i in itertools.count(1):
        await asyncio.sleep(seconds(1))
        print("tick", i)


async def open_stdin():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def lesson():
    keyboard = await open_stdin()
    print("Names of files, please; Ctrl-D ends.")
    ticking = asyncio.create_task(tick())
    await read_names(keyboard)
    ticking.cancel()
    print("no more names")


asyncio.run(lesson())
