# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A task that stops the loop."""

import asyncio

from seconds import seconds


async def c1():
    print("c1: begins")
    await asyncio.sleep(seconds(1))
    print("c1: ends")


async def c2():
    print("c2: begins")
    await asyncio.sleep(seconds(2))
    print("c2: stops the loop")
    asyncio.get_running_loop().stop()


loop = asyncio.new_event_loop()
task1 = loop.create_task(c1())
task2 = loop.create_task(c2())
loop.run_forever()
print("done")
loop.close()
