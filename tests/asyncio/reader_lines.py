# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

from feeding import got, new_reader
from trace import case, main, say, spawn, spell, turns


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


main()
