# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import os
import signal

from trace import (Failure, case, main, nap, new_future, passed, play, report,
                   say, spawn, told, tried, turns)


def run(coroutine):
    async def begin():
        asyncio.current_task().set_name("main")
        asyncio.get_running_loop().set_exception_handler(report)
        return await coroutine

    return tried("run", asyncio.run, begin())


@case
def results():
    run(play(turns=1, result=3))
    run(play(turns=1, result=Failure(2)))


@case
def it_refuses_to_nest():
    async def nest():
        inner = play()
        tried("inner run", asyncio.run, inner)
        inner.close()
        return 1

    run(nest())


@case
def what_is_left_is_cancelled():
    async def leave():
        spawn(play(forever=True, cleanup=2), "left")
        await turns(1)
        say("ends")
        return 4

    run(leave())


@case
def what_has_not_begun_never_does():
    async def leave():
        spawn(play(turns=1), "left")
        say("ends")

    run(leave())


@case
def what_is_left_may_clean_up_slowly():
    async def leave():
        spawn(play(forever=True, cleanup_units=2), "left")
        await turns(1)

    run(leave())


@case
def what_is_left_fails():
    async def leave():
        spawn(play(forever=True, on_cancel=Failure(1)), "left")
        await turns(1)
        return 2

    run(leave())


@case
def what_is_left_swallows_it():
    async def leave():
        spawn(play(forever=True, swallow=True, result=2), "left")
        await turns(1)
        return 2

    run(leave())


@case
def it_fails_and_leaves_something():
    async def fail():
        spawn(play(forever=True, cleanup=1), "left")
        await turns(1)
        raise Failure(3)

    run(fail())


@case
def main_is_cancelled():
    async def cancel_itself():
        asyncio.current_task().cancel()
        await passed("sleep", nap(100))

    run(cancel_itself())


async def interrupt():
    loop = asyncio.get_running_loop()
    loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
    await passed("future", new_future())


@case
def an_interrupt_cancels_main():
    run(interrupt())


@case
def an_interrupt_and_main_cleans_up():
    async def clean_up():
        try:
            await interrupt()
        finally:
            await told("clean-up", turns(2))

    run(clean_up())


@case
def an_interrupt_that_main_swallows():
    async def swallow():
        await told("interrupt", interrupt())
        await told("sleep", asyncio.sleep(0))
        return 5

    run(swallow())


@case
def an_interrupt_and_main_fails():
    async def fail():
        await told("interrupt", interrupt())
        raise Failure(1)

    run(fail())


@case
def an_interrupt_with_something_left():
    async def leave():
        spawn(play(forever=True, cleanup=1), "left")
        await interrupt()

    run(leave())


@case
def one_after_the_other():
    for i in range(3):
        run(play(turns=i, result=i))


@case
def a_task_that_awaits_what_is_left():
    async def await_it(inner):
        await passed("inner", inner)

    async def leave():
        inner = spawn(play(forever=True), "inner")
        outer = spawn(await_it(inner), "outer")
        await turns(2)
        return 0 if outer else 1

    run(leave())


main()
