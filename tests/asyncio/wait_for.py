# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, main, new_future, say, spawn, told,
                   turns, units, yes)


@case
async def in_time():
    a = act("a", turns=2, result=6)
    await told("wait_for", asyncio.wait_for(a, units(50)))


@case
async def too_late():
    a = act("a", forever=True)
    await told("wait_for", asyncio.wait_for(a, units(1)))
    say(f"cancelled {yes(a.cancelled())}")


@case
async def the_error_of_what_is_awaited():
    a = act("a", turns=2, result=Failure(1))
    await told("wait_for", asyncio.wait_for(a, units(50)))


@case
async def without_a_timeout():
    a = act("a", units=1, result=3)
    await told("wait_for", asyncio.wait_for(a, None))


@case
async def it_waits_for_the_clean_up():
    a = act("a", forever=True, cleanup_units=8)
    b = act("b", units=5)
    await told("wait_for", asyncio.wait_for(a, units(1)))
    await told("b", b)


@case
async def a_result_that_comes_all_the_same():
    a = act("a", forever=True, swallow=True, result=5)
    await told("wait_for", asyncio.wait_for(a, units(1)))


@case
async def an_error_that_comes_of_it():
    a = act("a", forever=True, on_cancel=Failure(2))
    await told("wait_for", asyncio.wait_for(a, units(1)))


@case
async def zero_never_begins():
    a = act("a", turns=1)
    await told("wait_for", asyncio.wait_for(a, 0))
    say(f"cancelled {yes(a.cancelled())}")


@case
async def zero_for_what_has_begun():
    a = act("a", forever=True, cleanup=1)
    await turns(1)
    await told("wait_for", asyncio.wait_for(a, 0))


@case
async def zero_for_what_is_done():
    a = act("a", result=9)
    await turns(1)
    await told("wait_for", asyncio.wait_for(a, 0))


@case
async def what_is_done_with_an_error():
    future = new_future()
    future.set_exception(Failure(1))
    await told("wait_for", asyncio.wait_for(future, units(50)))


@case
async def a_future_that_is_cancelled():
    future = new_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await told("wait_for", asyncio.wait_for(future, units(50)))
    say(f"cancelling {asyncio.current_task().cancelling()}")


async def wait_for(future, delay):
    try:
        return await asyncio.wait_for(future, delay)
    finally:
        say(f"cancelling {asyncio.current_task().cancelling()}")


@case
async def cancelled_from_outside():
    inner = act("inner", forever=True, cleanup=1)
    a = spawn(wait_for(inner, units(50)), "a")
    await turns(2)
    a.cancel()
    await told("a", a)
    say(f"cancelled {yes(inner.cancelled())}")


@case
async def cancelled_from_outside_without_a_timeout():
    inner = act("inner", forever=True)
    a = spawn(wait_for(inner, None), "a")
    await turns(2)
    a.cancel()
    await told("a", a)


@case
async def the_timeout_cancels_a_future():
    future = new_future()
    await told("wait_for", asyncio.wait_for(future, units(1)))
    say(f"cancelled {yes(future.cancelled())}")


@case
async def around_a_shield():
    a = act("a", units=10, result=4)
    await told("wait_for", asyncio.wait_for(asyncio.shield(a), units(1)))
    await told("a", a)


@case
async def nested():
    a = act("a", forever=True, cleanup=1)
    inner = spawn(wait_for(a, units(50)), "inner")
    await told("wait_for", asyncio.wait_for(inner, units(1)))


@case
async def nested_the_inner_one_first():
    a = act("a", forever=True)
    inner = spawn(wait_for(a, units(1)), "inner")
    await told("wait_for", asyncio.wait_for(inner, units(50)))


main()
