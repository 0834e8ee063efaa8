# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from feeding import got, new_reader
from trace import Failure, case, main, say, spawn, spell, tried, turns, yes


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
