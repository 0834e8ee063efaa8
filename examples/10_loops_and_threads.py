# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A loop for each thread, and a call from one to the other."""

import asyncio
import threading

from seconds import seconds


def greet(who):
    print(f"main: greetings from the {who}")


async def greeter(other):
    """Greets the loop of the other thread."""
    await asyncio.sleep(seconds(1))
    other.call_soon_threadsafe(greet, "thread")


def thread_main(main_loop):
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        print("thread: there is no event loop")
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if asyncio.get_event_loop() is loop:
        print("thread: now there is one")
    loop.run_until_complete(greeter(main_loop))
    loop.close()


async def sleeper():
    await asyncio.sleep(seconds(2))
    print("main: slept for 2 s")


loop = asyncio.get_event_loop()
print("main: got a loop by asking for it")
thread = threading.Thread(target=thread_main, args=[loop])
thread.start()
loop.run_until_complete(sleeper())
thread.join()
loop.close()
