# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from loops import new_loop, run_once, spawn_on
from trace import Failure, case, main, play, say, tried, units, yes


@case
def callbacks_in_order():
    loop = new_loop()
    for word in ("first", "second", "third"):
        loop.call_soon(say, word)
    run_once(loop)
    loop.close()


@case
def what_a_callback_adds_waits_for_the_next_iteration():
    loop = new_loop()

    def add():
        say("adds")
        loop.call_soon(say, "added")

    loop.call_soon(add)
    loop.call_soon(say, "beside it")
    run_once(loop)
    say("between")
    run_once(loop)
    loop.close()


@case
def stopped_beforehand_it_makes_one_iteration():
    loop = new_loop()
    loop.call_soon(say, "called")
    loop.stop()
    loop.run_forever()
    say("stopped")
    loop.close()


@case
def stop_lets_the_iteration_finish():
    loop = new_loop()
    loop.call_soon(say, "before")
    loop.call_soon(loop.stop)
    loop.call_soon(say, "after")
    loop.run_forever()
    say("stopped")
    loop.close()


@case
def stop_from_a_task():
    loop = new_loop()

    async def stop():
        say("stops")
        loop.stop()
        await asyncio.sleep(0)
        say("goes on")

    task = spawn_on(loop, stop(), "a")
    loop.run_forever()
    say(f"done {yes(task.done())}")
    run_once(loop)
    say(f"done {yes(task.done())}")
    loop.close()


@case
def timers_in_the_order_of_their_times():
    loop = new_loop()
    now = loop.time()
    loop.call_later(units(11), say, "three")
    loop.call_later(units(1), say, "one")
    loop.call_at(now + units(6), say, "two")
    loop.call_later(units(12), loop.stop)
    loop.run_forever()
    loop.close()


@case
def timers_of_one_time_in_order():
    loop = new_loop()
    when = loop.time() + units(1)
    for word in ("first", "second", "third"):
        loop.call_at(when, say, word)
    loop.call_at(when, loop.stop)
    loop.run_forever()
    loop.close()


@case
def a_timer_of_zero_comes_after_what_is_ready():
    loop = new_loop()
    loop.call_later(0, say, "later")
    loop.call_soon(say, "soon")
    loop.call_later(0, loop.stop)
    loop.run_forever()
    loop.close()


@case
def a_time_that_has_passed():
    loop = new_loop()
    loop.call_later(-1, say, "negative")
    loop.call_at(loop.time() - 1, say, "past")
    loop.call_later(units(1), loop.stop)
    loop.run_forever()
    loop.close()


@case
def a_handle_that_is_cancelled():
    loop = new_loop()
    handles = [loop.call_soon(say, "soon"),
               loop.call_later(units(1), say, "later")]
    for handle in handles:
        handle.cancel()
    loop.call_later(units(2), loop.stop)
    loop.run_forever()
    say("stopped")
    loop.close()


@case
def a_handle_that_is_cancelled_in_its_iteration():
    loop = new_loop()
    loop.call_soon(lambda: handle.cancel())
    handle = loop.call_soon(say, "cancelled")
    loop.call_soon(say, "not cancelled")
    run_once(loop)
    loop.close()


@case
def run_until_complete():
    loop = new_loop()
    for result in (5, Failure(1), asyncio.CancelledError()):
        task = spawn_on(loop, play(turns=1, result=result), "a")
        tried("run", loop.run_until_complete, task)
        say(f"running {yes(loop.is_running())}")
    loop.close()


@case
def run_until_complete_leaves_the_others_as_they_are():
    loop = new_loop()
    slow = spawn_on(loop, play(turns=6, result=2), "slow")
    quick = spawn_on(loop, play(turns=1, result=1), "quick")
    tried("run", loop.run_until_complete, quick)
    say(f"done {yes(slow.done())}")
    tried("run", loop.run_until_complete, slow)
    loop.close()


@case
def run_until_complete_of_what_is_done():
    loop = new_loop()
    future = loop.create_future()
    future.set_result(7)
    loop.call_soon(say, "called")
    tried("run", loop.run_until_complete, future)
    tried("run", loop.run_until_complete, future)
    loop.close()


@case
def run_until_complete_is_stopped():
    loop = new_loop()
    future = loop.create_future()
    loop.call_soon(loop.stop)
    tried("run", loop.run_until_complete, future)
    loop.call_soon(future.set_result, 3)
    tried("run", loop.run_until_complete, future)
    loop.close()


@case
def a_run_inside_a_run():
    loop, other = new_loop(), new_loop()

    async def nest():
        say(f"running {yes(loop.is_running())} {yes(other.is_running())}")
        for each in (loop, other):
            future = each.create_future()
            tried("run", each.run_until_complete, future)

    loop.run_until_complete(spawn_on(loop, nest(), "a"))
    loop.close()
    other.close()


@case
def close_while_it_runs():
    loop = new_loop()
    loop.call_soon(tried, "close", loop.close)
    loop.call_soon(say, "goes on")
    run_once(loop)
    tried("close", loop.close)


main()
