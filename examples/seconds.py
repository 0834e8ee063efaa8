# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The time of the lessons, so that they can be run faster."""

import asyncio
import os


def seconds(count):
    """A second of a lesson lasts EXAMPLE_SECOND seconds; 1 unless it is set."""
    return count * float(os.environ.get("EXAMPLE_SECOND", 1))


def now():
    """The time of the loop that is running, in seconds of a lesson."""
    return asyncio.get_running_loop().time() / seconds(1)


def since(begin):
    """How long ago that was, to the half second."""
    return int((now() - begin) * 2 + 0.5) / 2
