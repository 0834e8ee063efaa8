# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, case, main, say, spawn, spell, turns,
                   tried, yes)


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


@case
async def read_what_is_there():
    reader = new_reader(b"hello", b"world")
    await got("read", reader.read(3))
    await got("read", reader.read(100))


@case
async def read_waits_for_the_first_byte():
    reader = new_reader()
    a = spawn(got("read", reader.read(100)), "a")
    await turns(1)
    say(f"done {yes(a.done())}")
    reader.feed_data(b"x")
    await a


@case
async def read_at_the_end():
    reader = new_reader(b"last", end=True)
    say(f"at end {yes(reader.at_eof())}")
    await got("read", reader.read(100))
    say(f"at end {yes(reader.at_eof())}")
    await got("read", reader.read(100))
    await got("read", reader.read(100))


@case
async def the_end_wakes_a_reader():
    reader = new_reader()
    a = spawn(got("read", reader.read(100)), "a")
    await turns(1)
    reader.feed_eof()
    await a


@case
async def feed_after_the_end():
    reader = new_reader(end=True)
    tried("feed", reader.feed_data, b"x")


@case
async def read_all():
    reader = new_reader(b"one")
    a = spawn(got("read all", reader.read(-1)), "a")
    await turns(1)
    reader.feed_data(b"two")
    await turns(1)
    say(f"done {yes(a.done())}")
    reader.feed_eof()
    await a


@case
async def readexactly():
    reader = new_reader(b"abcdefgh")
    await got("readexactly", reader.readexactly(3))
    a = spawn(got("readexactly", reader.readexactly(7)), "a")
    await turns(1)
    say(f"done {yes(a.done())}")
    reader.feed_data(b"ij")
    await a


@case
async def readexactly_more_than_the_limit():
    reader = new_reader(limit=4)
    a = spawn(got("readexactly", reader.readexactly(10)), "a")
    for piece in (b"abcd", b"efgh", b"ijkl"):
        await turns(1)
        reader.feed_data(piece)
    await a
    await got("read", reader.read(10))


@case
async def readexactly_at_the_end():
    reader = new_reader(b"abc", end=True)
    await got("readexactly", reader.readexactly(5))
    await got("readexactly", reader.readexactly(1))
    say(f"at end {yes(reader.at_eof())}")


@case
async def readexactly_nothing():
    reader = new_reader()
    await got("readexactly", reader.readexactly(0))


@case
async def readline():
    reader = new_reader(b"one\ntwo\nth")
    await got("readline", reader.readline())
    await got("readline", reader.readline())
    a = spawn(got("readline", reader.readline()), "a")
    await turns(1)
    reader.feed_data(b"ree\nrest")
    await a
    reader.feed_eof()
    await got("readline", reader.readline())
    await got("readline", reader.readline())


@case
async def readline_over_the_limit_drops_the_line():
    reader = new_reader(b"0123456789\nnext\n", limit=5)
    await got("readline", reader.readline())
    await got("readline", reader.readline())


@case
async def readline_over_the_limit_without_an_end():
    reader = new_reader(b"0123456789", limit=5)
    await got("readline", reader.readline())
    reader.feed_data(b"next\n")
    await got("readline", reader.readline())


@case
async def readline_as_long_as_the_limit():
    reader = new_reader(b"01234\n01234\n", limit=5)
    await got("readline", reader.readline())
    reader = new_reader(b"012345\nrest\n", limit=5)
    await got("readline", reader.readline())
    await got("readline", reader.readline())


@case
async def readuntil():
    reader = new_reader(b"one--two--")
    await got("readuntil", reader.readuntil(b"--"))
    await got("readuntil", reader.readuntil(b"--"))


@case
async def a_separator_that_comes_in_pieces():
    reader = new_reader(b"one-")
    a = spawn(got("readuntil", reader.readuntil(b"--end--")), "a")
    for piece in (b"-en", b"-", b"--en", b"d-", b"-rest"):
        await turns(1)
        reader.feed_data(piece)
    await a
    await got("read", reader.read(10))


@case
async def readuntil_over_the_limit_leaves_the_data():
    reader = new_reader(b"0123456789;rest", limit=5)
    await got("readuntil", reader.readuntil(b";"))
    await got("read", reader.read(100))


@case
async def readuntil_over_the_limit_without_a_separator():
    reader = new_reader(b"0123456789", limit=5)
    await got("readuntil", reader.readuntil(b";"))
    await got("readexactly", reader.readexactly(10))


@case
async def readuntil_at_the_end():
    reader = new_reader(b"part", end=True)
    await got("readuntil", reader.readuntil(b";"))
    await got("read", reader.read(10))


@case
async def an_empty_separator():
    reader = new_reader(b"part")
    try:
        await reader.readuntil(b"")
    except ValueError as err:
        say(f"readuntil -> {spell(err)}")


@case(since=(3, 13))
async def several_separators():
    reader = new_reader(b"a,b;c\nd,\n")
    separators = (b",", b";", b"\n")
    for _ in range(5):
        await got("readuntil", reader.readuntil(separators))


@case(since=(3, 13))
async def of_several_separators_the_one_that_ends_first():
    reader = new_reader(b"one\r\ntwo\n")
    await got("readuntil", reader.readuntil((b"\r\n", b"ne")))
    await got("readuntil", reader.readuntil((b"\r\n", b"two")))
    await got("readuntil", reader.readuntil((b"\n", b"two\n")))


@case
async def an_error_comes_before_the_data():
    reader = new_reader(b"data\n")
    reader.set_exception(Failure(1))
    await got("read", reader.read(10))
    await got("readline", reader.readline())
    await got("readexactly", reader.readexactly(2))
    say(f"error {spell(reader.exception())}")


@case
async def an_error_wakes_a_reader():
    reader = new_reader()
    a = spawn(got("read", reader.read(10)), "a")
    await turns(1)
    reader.set_exception(Failure(1))
    await a


@case
async def a_second_reader():
    reader = new_reader()
    a = spawn(got("read", reader.read(10)), "a")
    await turns(1)
    await got("read", reader.read(10))
    await got("readline", reader.readline())
    reader.feed_data(b"for a")
    await a


@case
async def a_cancelled_reader_leaves_the_data():
    reader = new_reader()
    a = spawn(got("read", reader.read(10)), "a")
    await turns(1)
    reader.feed_data(b"data")
    a.cancel()
    try:
        await a
    except asyncio.CancelledError:
        say("a is cancelled")
    await got("read", reader.read(10))


@case
async def a_cancelled_readexactly_leaves_the_data():
    reader = new_reader(b"dat")
    a = spawn(got("readexactly", reader.readexactly(10)), "a")
    await turns(1)
    a.cancel()
    try:
        await a
    except asyncio.CancelledError:
        say("a is cancelled")
    reader.feed_data(b"a")
    await got("read", reader.read(10))


@case
async def what_is_there_is_read_without_waiting():
    reader = new_reader(b"some\ndata")
    asyncio.get_running_loop().call_soon(say, "called")
    await got("readline", reader.readline())
    await got("readexactly", reader.readexactly(2))
    await got("read", reader.read(10))
    await turns(1)


@case
async def an_empty_piece_wakes_nobody():
    reader = new_reader()
    a = spawn(got("read", reader.read(10)), "a")
    await turns(1)
    reader.feed_data(b"")
    await turns(2)
    say(f"done {yes(a.done())}")
    reader.feed_eof()
    await a


main()
