# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, collect, main, new_future, passed, say,
                   spawn, told, turns, yes)


async def await_shield(inner):
    return await passed("shield", asyncio.shield(inner))


async def await_quietly(inner):
    return await asyncio.shield(inner)


@case
async def a_result_comes_through():
    a = act("a", turns=1, result=3)
    await told("shield", asyncio.shield(a))


@case
async def an_error_comes_through():
    a = act("a", turns=1, result=Failure(1))
    await told("shield", asyncio.shield(a))


@case
async def of_what_is_done():
    future = new_future()
    future.set_result(5)
    await told("shield", asyncio.shield(future))


@case
async def cancelled_from_outside_the_inner_one_goes_on():
    inner = act("inner", turns=4, result=3)
    a = spawn(await_quietly(inner), "a")
    await turns(2)
    a.cancel()
    await told("a", a)
    say(f"done {yes(inner.done())} cancelling {inner.cancelling()}")
    await told("inner", inner)


@case
async def the_inner_one_is_cancelled():
    inner = act("inner", forever=True)
    a = spawn(await_shield(inner), "a")
    await turns(2)
    inner.cancel()
    await told("a", a)
    say(f"cancelling {a.cancelling()}")


@case
async def cancel_the_shield_itself():
    inner = act("inner", turns=2, result=1)
    shield = asyncio.shield(inner)
    say(f"cancel {yes(shield.cancel())}")
    say(f"cancelled {yes(shield.cancelled())}")
    await told("shield", shield)
    await told("inner", inner)


@case
async def await_it_again_after_a_cancellation():
    async def insist(inner):
        await told("shield", asyncio.shield(inner))
        await told("shield", asyncio.shield(inner))

    inner = act("inner", turns=6, result=2)
    a = spawn(insist(inner), "a")
    await turns(2)
    a.cancel()
    await told("a", a)


@case
async def two_shields_of_one():
    inner = act("inner", turns=4, result=2)
    a = spawn(await_shield(inner), "a")
    b = spawn(await_shield(inner), "b")
    await turns(2)
    a.cancel()
    await told("a", a)
    await told("b", b)


@case
async def an_error_after_a_cancellation():
    inner = act("inner", turns=4, result=Failure(1))
    a = spawn(await_shield(inner), "a")
    await turns(2)
    a.cancel()
    await told("a", a)
    await turns(4)
    del inner, a
    collect()
    say("dropped")


@case
async def around_a_gather():
    a, b = act("a", turns=4), act("b", turns=4)
    c = spawn(await_quietly(asyncio.gather(a, b)), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    await told("a", a)
    await told("b", b)


main()
