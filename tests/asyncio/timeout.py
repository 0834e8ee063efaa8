# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, main, nap, new_future, passed, say,
                   spawn, told, tried, turns, units, yes)


def now():
    return asyncio.get_running_loop().time()


async def block(delay, body, name="block"):
    async with asyncio.timeout(delay):
        return await passed(name, body)


@case
async def it_expires():
    await told("timeout", block(units(1), nap(100)))
    say(f"cancelling {asyncio.current_task().cancelling()}")
    await told("sleep", asyncio.sleep(0))


@case
async def it_does_not_expire():
    await told("timeout", block(units(10), nap(1)))
    await told("sleep", nap(11))


@case
async def a_block_that_fails():
    async def fail():
        raise Failure(1)

    await told("timeout", block(units(1), fail()))


@case
async def none_at_all():
    async def body():
        async with asyncio.timeout(None) as timeout:
            say(f"never {yes(timeout.when() is None)}")
            await passed("sleep", nap(1))
        say(f"expired {yes(timeout.expired())}")

    await told("timeout", body())


@case
async def what_it_knows():
    async def body():
        begin = now()
        async with asyncio.timeout(units(1)) as timeout:
            say(f"later {yes(timeout.when() > begin)}")
            say(f"expired {yes(timeout.expired())}")
            try:
                await passed("sleep", nap(100))
            finally:
                say(f"expired {yes(timeout.expired())}")

    await told("timeout", body())


@case
async def zero():
    await told("timeout", block(0, asyncio.sleep(0)))


@case
async def zero_around_what_does_not_wait():
    async def body():
        say("does not wait")

    await told("timeout", block(0, body()))
    await told("sleep", asyncio.sleep(0))


@case
async def a_time_that_has_passed():
    async def body():
        async with asyncio.timeout_at(now() - units(1)):
            await passed("sleep", asyncio.sleep(0))

    await told("timeout", body())


@case
async def at_a_time():
    async def body():
        async with asyncio.timeout_at(now() + units(1)):
            await passed("sleep", nap(100))

    await told("timeout", body())


@case
async def the_inner_one_first():
    async def inner():
        await told("inner timeout", block(units(1), nap(100)))
        return await passed("more", nap(1))

    await told("outer timeout", block(units(50), inner(), "outer"))


@case
async def the_outer_one_first():
    await told("outer timeout", block(
        units(1), passed("inner timeout", block(units(50), nap(100))),
        "outer"))


@case
async def both_at_once():
    await told("outer timeout", block(
        0, passed("inner timeout", block(0, nap(100))), "outer"))


@case
async def the_outer_one_while_the_inner_cleans_up():
    async def clean_up():
        try:
            await passed("sleep", nap(100))
        finally:
            await told("clean-up", nap(100))

    await told("outer timeout", block(
        units(10), passed("inner timeout", block(units(1), clean_up())),
        "outer"))


@case
async def reschedule_later():
    async def body():
        async with asyncio.timeout(units(1)) as timeout:
            tried("reschedule", timeout.reschedule, now() + units(10))
            await passed("first", nap(2))
            await passed("second", nap(100))

    await told("timeout", body())


@case
async def reschedule_sooner():
    async def body():
        async with asyncio.timeout(units(1000)) as timeout:
            tried("reschedule", timeout.reschedule, now() + units(1))
            await passed("sleep", nap(100))

    await told("timeout", body())


@case
async def reschedule_to_the_past():
    async def body():
        async with asyncio.timeout(units(1000)) as timeout:
            tried("reschedule", timeout.reschedule, now() - units(1))
            await passed("sleep", nap(100))

    await told("timeout", body())


@case
async def reschedule_to_never():
    async def body():
        async with asyncio.timeout(units(1)) as timeout:
            tried("reschedule", timeout.reschedule, None)
            await passed("sleep", nap(3))

    await told("timeout", body())


@case
async def reschedule_too_late():
    async def body():
        async with asyncio.timeout(units(1)) as timeout:
            await told("sleep", nap(100))
            tried("reschedule", timeout.reschedule, now() + units(1))
            say(f"expired {yes(timeout.expired())}")

    await told("timeout", body())


@case
async def a_block_that_swallows_it():
    async def body():
        async with asyncio.timeout(units(1)):
            await told("sleep", nap(100))
            return 3

    await told("timeout", body())
    say(f"cancelling {asyncio.current_task().cancelling()}")


@case
async def a_block_that_fails_of_it():
    async def body():
        async with asyncio.timeout(units(1)):
            await told("sleep", nap(100))
            raise Failure(1)

    await told("timeout", body())
    say(f"cancelling {asyncio.current_task().cancelling()}")


@case
async def clean_up_takes_long():
    async def body():
        async with asyncio.timeout(units(1)):
            try:
                await passed("sleep", nap(100))
            finally:
                await told("clean-up", nap(2))

    await told("timeout", body())


async def limited():
    try:
        await passed("timeout", block(units(2), nap(100)))
    finally:
        say(f"cancelling {asyncio.current_task().cancelling()}")


@case
async def cancelled_from_outside():
    a = spawn(limited(), "a")
    await turns(1)
    a.cancel()
    await told("a", a)


@case
async def cancelled_from_outside_once_it_has_expired():
    async def expire():
        async with asyncio.timeout(0):
            await passed("future", new_future())

    a = spawn(expire(), "a")
    await turns(1)
    # The deadline's callback is due after this one and before the task.
    asyncio.get_running_loop().call_soon(a.cancel)
    await told("a", a)
    say(f"cancelling {a.cancelling()}")


@case
async def cancelled_before_it_is_entered():
    async def enter():
        asyncio.current_task().cancel()
        await passed("timeout", block(units(50), nap(100)))

    a = spawn(enter(), "a")
    await told("a", a)


@case(since=(3, 11, 7))
async def after_an_old_cancellation():
    async def enter():
        asyncio.current_task().cancel()
        await told("sleep", asyncio.sleep(0))
        await told("timeout", block(units(1), nap(100)))
        say(f"cancelling {asyncio.current_task().cancelling()}")

    await told("a", spawn(enter(), "a"))


@case
async def it_cancels_what_is_awaited():
    a = act("a", forever=True, cleanup=2)
    await told("timeout", block(units(1), a))
    say(f"cancelled {yes(a.cancelled())}")


@case
async def what_is_awaited_swallows_it():
    a = act("a", forever=True, swallow=True, result=4)
    await told("timeout", block(units(1), a))


main()
