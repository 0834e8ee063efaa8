# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Hello: a coroutine that prints, sleeps and prints."""

import asyncio

from seconds import seconds


async def hello():
    print("Hello ...")
    await asyncio.sleep(seconds(0.2))
    print("... world")


asyncio.run(hello())
