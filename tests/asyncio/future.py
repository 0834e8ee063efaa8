# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, collect, main, new_future, on_done, say,
                   spawn, told, tried, turns, yes)


@case
async def a_result():
    future = new_future()
    say(f"done {yes(future.done())}")
    tried("result", future.result)
    tried("set", future.set_result, 4)
    say(f"done {yes(future.done())} cancelled {yes(future.cancelled())}")
    tried("result", future.result)
    await told("await", future)
    await told("await again", future)


@case
async def set_twice():
    future = new_future()
    tried("set", future.set_result, 1)
    tried("set again", future.set_result, 2)
    tried("set an error", future.set_exception, Failure(1))
    say(f"cancel {yes(future.cancel())}")
    tried("result", future.result)


@case
async def an_error():
    future = new_future()
    tried("set", future.set_exception, Failure(1))
    tried("set again", future.set_result, 2)
    say(f"done {yes(future.done())} cancelled {yes(future.cancelled())}")
    await told("await", future)
    tried("result", future.result)


@case
async def cancelled():
    future = new_future()
    say(f"cancel {yes(future.cancel())}")
    say(f"done {yes(future.done())} cancelled {yes(future.cancelled())}")
    tried("set", future.set_result, 1)
    say(f"cancel {yes(future.cancel())}")
    await told("await", future)
    tried("result", future.result)


@case
async def callbacks_in_order():
    future = new_future()
    on_done(future, "first")
    on_done(future, "second")
    on_done(future, "third")
    future.set_result(0)
    say("set")
    await turns(1)
    say("a turn later")


@case
async def a_callback_of_what_is_done():
    future = new_future()
    future.set_result(0)
    on_done(future, "called")
    say("added")
    await turns(1)
    say("a turn later")


@case
async def a_callback_adds_another():
    future = new_future()

    def add(future):
        say("adds")
        on_done(future, "second")

    future.add_done_callback(add)
    future.set_result(0)
    await turns(1)
    say("a turn later")
    await turns(1)
    say("two turns later")


@case
async def remove_a_callback():
    future = new_future()

    def one(future):
        say("one")

    def two(future):
        say("two")

    for callback in (one, two, one):
        future.add_done_callback(callback)
    say(f"removed {future.remove_done_callback(one)}")
    say(f"removed {future.remove_done_callback(one)}")
    future.set_result(0)
    await turns(1)


@case
async def remove_a_callback_that_is_due():
    future = new_future()

    def called(future):
        say("called")

    future.add_done_callback(called)
    future.set_result(0)
    say(f"removed {future.remove_done_callback(called)}")
    await turns(1)


@case
async def callbacks_on_cancel():
    future = new_future()
    on_done(future, "called")
    future.cancel()
    say("cancelled")
    await turns(1)


async def await_future(future):
    return await told("await", future)


@case
async def awaiting_and_callbacks_in_order():
    future = new_future()
    tasks = [spawn(await_future(future), "a")]
    await turns(1)
    on_done(future, "callback")
    tasks.append(spawn(await_future(future), "b"))
    await turns(1)
    on_done(future, "another")
    future.set_result(6)
    for task in tasks:
        await told(task.get_name(), task)


@case
async def an_error_that_nobody_asked_for():
    future = new_future()
    future.set_exception(Failure(1))
    say("drop")
    del future
    collect()
    say("dropped")


@case
async def an_error_that_was_asked_for():
    future = new_future()
    future.set_exception(Failure(1))
    tried("result", future.result)
    say("drop")
    del future
    collect()
    say("dropped")


@case
async def an_error_that_came_by_await():
    future = new_future()
    future.set_exception(Failure(1))
    await told("await", future)
    del future
    collect()
    say("dropped")


@case
async def a_cancellation_is_no_error():
    future = new_future()
    future.cancel()
    del future
    collect()
    say("dropped")


@case
async def set_from_a_callback():
    future = new_future()
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: tried("set", future.set_result, 5))
    await told("await", future)


@case
async def a_task_sets_it():
    future = new_future()
    a = act("a", turns=2)
    a.add_done_callback(lambda a: tried("set", future.set_result, 5))
    await told("await", future)
    await told("a", a)


main()
