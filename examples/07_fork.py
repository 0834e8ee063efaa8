# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""One task starts another and goes on beside it, until Ctrl-C."""

import asyncio
import signal

from seconds import seconds


async def c2():
    print("c2: begins")
    await asyncio.sleep(seconds(2))
    print("c2: ends")


async def c1():
    print("c1: begins")
    await asyncio.sleep(seconds(1))
    asyncio.create_task(c2())
    print("c1: goes on")
    await asyncio.sleep(seconds(1))
    print("c1: ends")


loop = asyncio.new_event_loop()
loop.add_signal_handler(signal.SIGINT, loop.stop)
loop.create_task(c1())
loop.run_forever()
print("bye")
loop.close()
