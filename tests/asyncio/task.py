# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, collect, main, on_done, play, say,
                   spawn, told, tried, turns, yes)


@case
async def not_before_the_maker_waits():
    a = act("a")
    say("made")
    await told("a", a)


@case
async def in_the_order_of_making():
    tasks = [act(name, turns=2) for name in "abc"]
    say("made")
    for task in tasks:
        await task


@case
async def the_maker_comes_back_after_its_children():
    act("a", turns=1)
    act("b")
    await turns(1)
    say("back")
    await turns(1)
    say("once more")


async def say_name():
    say("begins")
    asyncio.current_task().set_name("renamed")
    await turns(1)
    say("ends")


@case
async def names():
    a = spawn(say_name(), "a")
    say(a.get_name())
    await turns(1)
    say(a.get_name())
    a.set_name("named by main")
    await a
    say(a.get_name())


async def say_current(before):
    say(f"is current {yes(asyncio.current_task() is not before)}")


@case
async def the_current_task():
    me = asyncio.current_task()
    say(f"is current {yes(me is not None)}")
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: say(f"none {yes(asyncio.current_task() is None)}"))
    await spawn(say_current(me), "a")
    say(f"is current {yes(asyncio.current_task() is me)}")


def say_tasks():
    names = sorted(task.get_name() for task in asyncio.all_tasks())
    say("all: " + " ".join(names))


@case
async def all_tasks():
    say_tasks()
    a, b = act("a", turns=1), act("b", turns=2)
    say_tasks()
    await turns(2)
    say_tasks()
    await b
    say_tasks()
    await a


async def await_task(task):
    result = await told("await", task)
    if isinstance(result, BaseException):
        raise result
    return result


@case
async def several_await_one():
    a = act("a", turns=3, result=8)
    tasks = [spawn(await_task(a), name) for name in ("b", "c", "d")]
    for task in tasks:
        await told(task.get_name(), task)


@case
async def an_error_goes_through_a_chain():
    a = act("a", turns=1, result=Failure(3))
    b = spawn(await_task(a), "b")
    c = spawn(await_task(b), "c")
    await told("c", c)


@case
async def awaits_itself():
    async def await_itself():
        await told("itself", asyncio.current_task())

    await told("a", spawn(await_itself(), "a"))


@case
async def its_result_too_early():
    a = act("a", result=1)
    tried("result", a.result)
    await turns(1)
    tried("result", a.result)


@case
async def it_can_not_be_set_from_outside():
    a = act("a", result=1)
    tried("set", a.set_result, 5)
    tried("fail", a.set_exception, Failure(1))
    await told("a", a)


@case
async def done_callbacks_come_from_the_loop():
    a = act("a", turns=1)
    on_done(a, "first")
    on_done(a, "second")
    await told("a", a)
    on_done(a, "late")
    say("added")
    await turns(1)


@case
async def an_error_that_nobody_asked_for():
    a = act("a", result=Failure(1))
    await turns(1)
    say("drop")
    del a
    collect()
    say("dropped")


@case
async def an_error_after_it_was_dropped():
    act("a", turns=1, result=Failure(1))
    await turns(2)
    collect()
    say("later")


@case
async def a_cancelled_one_is_not_reported():
    a = act("a", forever=True)
    await turns(1)
    a.cancel()
    await turns(1)
    del a
    collect()
    say("dropped")


@case
async def an_error_that_was_asked_for():
    a = act("a", result=Failure(1))
    await turns(1)
    tried("result", a.result)
    del a
    collect()
    say("dropped")


@case
async def sleeps_end_in_the_order_of_their_times():
    tasks = [act(name, units=delay)
             for name, delay in (("c", 11), ("a", 1), ("b", 6))]
    for task in tasks:
        await task


@case
async def equal_sleeps_end_in_the_order_of_their_beginning():
    when = 1
    tasks = [act(name, units=when) for name in "abcd"]
    for task in tasks:
        await task


@case
async def a_task_makes_another():
    async def make():
        say("begins")
        inner = spawn(play(turns=1, result=2), "inner")
        say("made")
        return await told("inner", inner)

    await told("a", spawn(make(), "a"))


@case
async def yielding_takes_turns():
    async def count():
        for i in range(3):
            say(str(i))
            await asyncio.sleep(0)

    tasks = [spawn(count(), name) for name in "ab"]
    for task in tasks:
        await task


main()
