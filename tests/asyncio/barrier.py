# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (case, main, passed, say, spawn, told, turns, units, yes)


async def wait(barrier):
    return await passed("wait", barrier.wait())


def waiters(barrier, names):
    return [spawn(wait(barrier), name) for name in names]


def describe(barrier):
    say(f"{barrier.parties} parties, {barrier.n_waiting} waiting, "
        f"broken {yes(barrier.broken)}")


@case
async def it_opens_when_all_have_come():
    barrier = asyncio.Barrier(3)
    describe(barrier)
    tasks = waiters(barrier, "abc")
    await turns(1)
    numbers = sorted([await task for task in tasks])
    say(f"numbers {numbers[0]} {numbers[1]} {numbers[2]}")
    await turns(2)
    describe(barrier)


@case
async def it_waits_for_the_last():
    barrier = asyncio.Barrier(2)
    a, = waiters(barrier, "a")
    await turns(3)
    describe(barrier)
    say(f"done {yes(a.done())}")
    await told("wait", barrier.wait())
    await told("a", a)


@case
async def of_one():
    barrier = asyncio.Barrier(1)
    await told("wait", barrier.wait())
    await told("wait", barrier.wait())


@case
async def round_after_round():
    barrier = asyncio.Barrier(2)

    async def rounds():
        for i in range(3):
            await barrier.wait()
            say(f"round {i}")
            await turns(3)

    tasks = [spawn(rounds(), name) for name in "a"]
    for i in range(3):
        await barrier.wait()
        await turns(6)
        say(f"after round {i}")
    await tasks[0]


@case
async def abort_it():
    barrier = asyncio.Barrier(3)
    a, b = waiters(barrier, "ab")
    await turns(1)
    await barrier.abort()
    await told("a", a)
    await told("b", b)
    describe(barrier)
    await told("wait", barrier.wait())


@case
async def reset():
    barrier = asyncio.Barrier(2)
    a, = waiters(barrier, "a")
    await turns(1)
    await barrier.reset()
    await told("a", a)
    await turns(2)
    describe(barrier)
    b, = waiters(barrier, "b")
    await turns(1)
    await told("wait", barrier.wait())
    await told("b", b)


@case
async def reset_without_waiters():
    barrier = asyncio.Barrier(2)
    await barrier.reset()
    describe(barrier)


@case
async def reset_after_abort():
    barrier = asyncio.Barrier(2)
    await barrier.abort()
    describe(barrier)
    await barrier.reset()
    describe(barrier)
    a, = waiters(barrier, "a")
    await turns(1)
    await told("wait", barrier.wait())
    await told("a", a)


@case
async def a_waiter_is_cancelled():
    barrier = asyncio.Barrier(2)
    a, = waiters(barrier, "a")
    await turns(1)
    a.cancel()
    await told("a", a)
    describe(barrier)
    b, = waiters(barrier, "b")
    await turns(1)
    await told("wait", barrier.wait())
    await told("b", b)


@case
async def a_timeout_while_it_waits():
    barrier = asyncio.Barrier(2)

    async def wait_for_a_while():
        async with asyncio.timeout(units(1)):
            await wait(barrier)

    await told("timeout", wait_for_a_while())
    describe(barrier)


main()
