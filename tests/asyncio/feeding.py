# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A reader that the case feeds, and reading that says which bytes came."""

import asyncio

from trace import say, spell


def new_reader(*pieces, limit=16, end=False):
    reader = asyncio.StreamReader(limit=limit)
    for piece in pieces:
        reader.feed_data(piece)
    if end:
        reader.feed_eof()
    return reader


async def got(what, awaitable):
    """Says which bytes came, with $ for the end of a line."""
    try:
        data = await awaitable
    except asyncio.IncompleteReadError as err:
        partial = err.partial.decode().replace("\n", "$")
        say(f"{what} -> {spell(err)} [{partial}]")
        return
    except ValueError:
        # Python's readline has no better one.
        say(f"{what} -> LimitOverrunError")
        return
    except BaseException as err:
        say(f"{what} -> {spell(err)}")
        if isinstance(err, asyncio.CancelledError):
            raise
        return
    text = data.decode().replace("\n", "$")
    say(f"{what} -> {len(data)} [{text}]")
