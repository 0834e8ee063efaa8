# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Several at once, and their results in the order of asking."""

import asyncio

from seconds import now, seconds, since


async def sleep_for(delay):
    await asyncio.sleep(seconds(delay))
    print(f"slept {delay:g} s")
    return int(delay * 10)


async def lesson():
    begin = now()
    results = await asyncio.gather(
        sleep_for(1), sleep_for(0.5), sleep_for(1.5))
    print("results:", *results)
    print(f"together: {since(begin):g} s")


asyncio.run(lesson())
