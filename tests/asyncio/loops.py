# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the cases have in common that make their loops themselves."""

import asyncio

from trace import report


def new_loop():
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(report)
    return loop


def spawn_on(loop, coroutine, name):
    task = loop.create_task(coroutine)
    task.set_name(name)
    return task


def run_once(loop):
    """What is ready now, and no more."""
    loop.stop()
    loop.run_forever()
