# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, main, new_future, say, spawn, told,
                   tried, turns, yes)


@case
async def before_first_step():
    a = act("a", turns=1)
    say(f"cancel {yes(a.cancel())}")
    await told("a", a)


@case
async def while_sleeping():
    a = act("a", units=100)
    await turns(1)
    say(f"cancel {yes(a.cancel())}")
    say(f"done {yes(a.done())}")
    await told("a", a)
    say(f"cancelled {yes(a.cancelled())}")


async def await_inner(inner):
    result = await told("inner", inner)
    say(f"cancelling {asyncio.current_task().cancelling()}")
    if isinstance(result, BaseException):
        raise result
    return result


@case
async def while_awaiting_a_task():
    inner = act("inner", forever=True, cleanup=2)
    outer = spawn(await_inner(inner), "outer")
    await turns(2)
    outer.cancel()
    say(f"inner {inner.cancelling()} outer {outer.cancelling()}")
    await told("outer", outer)


@case
async def the_inner_one_swallows_it():
    inner = act("inner", forever=True, swallow=True, result=7)
    outer = spawn(await_inner(inner), "outer")
    await turns(2)
    outer.cancel()
    await told("outer", outer)


@case
async def the_inner_one_fails_of_it():
    inner = act("inner", forever=True, on_cancel=Failure(1))
    outer = spawn(await_inner(inner), "outer")
    await turns(2)
    outer.cancel()
    await told("outer", outer)


@case
async def a_chain():
    a = act("a", forever=True)
    b = spawn(await_inner(a), "b")
    c = spawn(await_inner(b), "c")
    await turns(3)
    c.cancel()
    say(f"{a.cancelling()} {b.cancelling()} {c.cancelling()}")
    await told("c", c)


@case
async def the_middle_of_a_chain():
    a = act("a", forever=True)
    b = spawn(await_inner(a), "b")
    c = spawn(await_inner(b), "c")
    await turns(3)
    b.cancel()
    await told("c", c)
    say(f"c was cancelled {c.cancelling()} times")


@case
async def twice():
    a = act("a", forever=True, cleanup=2)
    await turns(1)
    say(f"cancel {yes(a.cancel())} {yes(a.cancel())}")
    say(f"cancelling {a.cancelling()}")
    await told("a", a)


@case
async def during_clean_up():
    a = act("a", forever=True, cleanup=3)
    await turns(1)
    a.cancel()
    await turns(2)
    say(f"cancel {yes(a.cancel())}")
    await told("a", a)


@case
async def clean_up_waits():
    a = act("a", forever=True, cleanup_units=6)
    b = act("b", units=1)
    await turns(1)
    a.cancel()
    await told("a", a)
    await told("b", b)


@case
async def of_what_is_done():
    a = act("a", result=3)
    b = act("b", result=Failure(1))
    await turns(1)
    say(f"cancel {yes(a.cancel())} {yes(b.cancel())}")
    say(f"cancelling {a.cancelling()}")
    await told("a", a)
    await told("b", b)


async def cancel_itself():
    task = asyncio.current_task()
    say(f"cancel {yes(task.cancel())}")
    await told("sleep", asyncio.sleep(0))
    await told("once more", asyncio.sleep(0))
    say(f"cancelling {task.cancelling()}")
    return 5


@case
async def by_itself():
    await told("a", spawn(cancel_itself(), "a"))


async def cancel_itself_and_return():
    asyncio.current_task().cancel()
    return 5


@case
async def still_pending_at_return():
    a = spawn(cancel_itself_and_return(), "a")
    await told("a", a)
    say(f"cancelled {yes(a.cancelled())}")


async def cancel_itself_and_fail():
    asyncio.current_task().cancel()
    raise Failure(1)


@case
async def an_error_is_stronger_than_a_pending_one():
    await told("a", spawn(cancel_itself_and_fail(), "a"))


async def call_what_does_not_wait():
    lock, queue, event = asyncio.Lock(), asyncio.Queue(), asyncio.Event()
    semaphore, done = asyncio.Semaphore(1), new_future()
    done.set_result(9)
    event.set()
    asyncio.current_task().cancel()
    await told("lock", lock.acquire())
    await told("put", queue.put(4))
    await told("get", queue.get())
    await told("event", event.wait())
    await told("semaphore", semaphore.acquire())
    await told("future", done)
    await told("sleep", asyncio.sleep(0))
    lock.release()


@case
async def what_does_not_wait_does_not_deliver():
    await told("a", spawn(call_what_does_not_wait(), "a"))


async def count():
    task = asyncio.current_task()
    task.cancel()
    task.cancel()
    await told("sleep", asyncio.sleep(0))
    await told("again", asyncio.sleep(0))
    say(f"cancelling {task.cancelling()}")
    say(f"uncancel {task.uncancel()} {task.uncancel()} {task.uncancel()}")


@case
async def uncancel_counts_down():
    await told("a", spawn(count(), "a"))


async def uncancel_before_delivery():
    task = asyncio.current_task()
    task.cancel()
    say(f"uncancel {task.uncancel()}")
    await told("sleep", asyncio.sleep(0))


@case
async def uncancel_takes_back_a_pending_one():
    await told("a", spawn(uncancel_before_delivery(), "a"))


async def await_it(future):
    await told("future", future)
    say(f"cancelling {asyncio.current_task().cancelling()}")
    await told("sleep", asyncio.sleep(0))


@case
async def of_a_future_that_is_awaited():
    future = new_future()
    a = spawn(await_it(future), "a")
    await turns(1)
    say(f"cancel {yes(future.cancel())} {yes(future.cancel())}")
    await told("a", a)


@case
async def after_the_result_before_the_wake():
    future = new_future()
    a = spawn(await_it(future), "a")
    await turns(1)
    future.set_result(4)
    say(f"cancel {yes(a.cancel())}")
    await told("a", a)


@case
async def before_the_result():
    future = new_future()
    a = spawn(await_it(future), "a")
    await turns(1)
    a.cancel()
    tried("set", future.set_result, 4)
    await told("a", a)


@case
async def siblings_go_on():
    a, b, c = act("a", turns=3), act("b", forever=True), act("c", turns=3)
    await turns(1)
    b.cancel()
    for task in (a, b, c):
        await told(task.get_name(), task)


@case
async def from_a_callback():
    a = act("a", forever=True)
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: say(f"cancel {yes(a.cancel())}"))
    await told("a", a)


async def cancel_the_other(other):
    say(f"cancel {yes(other().cancel())}")
    await told("sleep", asyncio.sleep(0))


@case
async def each_other():
    a = spawn(cancel_the_other(lambda: b), "a")
    b = spawn(cancel_the_other(lambda: a), "b")
    await told("a", a)
    await told("b", b)


main()
