# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, collect, main, new_future, say, spawn,
                   told, tried, turns, units, yes)


async def waited(tasks, timeout=None, return_when=asyncio.ALL_COMPLETED):
    """Waits for the tasks and says which of them are done."""
    try:
        done, _ = await asyncio.wait(tasks, timeout=timeout,
                                     return_when=return_when)
    except asyncio.CancelledError as err:
        await told("wait", raises(err))
        raise
    say(f"wait -> {len(done)}:"
        + "".join(f" {yes(task in done)}" for task in tasks))


async def raises(err):
    raise err


@case
async def all_completed():
    tasks = [act("a", turns=5), act("b", turns=1)]
    await waited(tasks)


@case
async def first_completed():
    tasks = [act("a", turns=10), act("b", turns=1)]
    await waited(tasks, return_when=asyncio.FIRST_COMPLETED)
    await waited(tasks)


@case
async def first_exception():
    tasks = [act("a", turns=15), act("b", turns=2, result=Failure(1)),
             act("c", turns=1, result=4)]
    await waited(tasks, return_when=asyncio.FIRST_EXCEPTION)
    tried("b", tasks[1].result)
    await waited(tasks, return_when=asyncio.FIRST_EXCEPTION)
    await waited(tasks)


@case
async def first_exception_without_one():
    tasks = [act("a", turns=2), act("b", turns=1)]
    await waited(tasks, return_when=asyncio.FIRST_EXCEPTION)


@case
async def first_exception_takes_no_notice_of_a_cancelled_one():
    tasks = [act("a", turns=6), act("b", forever=True)]
    asyncio.get_running_loop().call_soon(tasks[1].cancel)
    await waited(tasks, return_when=asyncio.FIRST_EXCEPTION)


@case
async def first_completed_counts_a_cancelled_one():
    tasks = [act("a", turns=10), act("b", forever=True)]
    asyncio.get_running_loop().call_soon(tasks[1].cancel)
    await waited(tasks, return_when=asyncio.FIRST_COMPLETED)
    await waited(tasks)


@case
async def a_timeout_is_no_error():
    tasks = [act("a", units=12), act("b", turns=1)]
    await waited(tasks, timeout=units(1))
    say(f"cancelling {tasks[0].cancelling()}")
    await waited(tasks)


@case
async def a_timeout_with_nothing_done():
    a = act("a", units=12)
    await waited([a], timeout=units(1), return_when=asyncio.FIRST_COMPLETED)
    await waited([a], timeout=units(100))


@case
async def a_timeout_of_zero():
    tasks = [act("a", units=6), act("b")]
    await turns(1)
    await waited(tasks, timeout=0)
    await waited(tasks)


@case
async def what_is_done_already():
    a, b = new_future(), new_future()
    a.set_result(1)
    await waited([a, b], return_when=asyncio.FIRST_COMPLETED)
    b.set_result(2)
    await waited([a, b])


@case
async def what_has_failed_already():
    a, b = new_future(), new_future()
    a.set_exception(Failure(1))
    await waited([b, a], return_when=asyncio.FIRST_EXCEPTION)
    tried("a", a.result)
    b.cancel()


@case
async def of_nothing():
    await told("wait", asyncio.wait([]))


@case
async def cancelled_it_leaves_them_alone():
    tasks = [act("a", turns=6, result=1), act("b", turns=6, result=2)]
    c = spawn(waited(tasks), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    say(f"cancelling {tasks[0].cancelling()} {tasks[1].cancelling()}")
    for task in tasks:
        await told(task.get_name(), task)


@case
async def errors_are_not_retrieved():
    tasks = [act("a", result=Failure(1))]
    await waited(tasks)
    tasks.clear()
    collect()
    say("dropped")


@case
async def two_wait_for_the_same():
    tasks = [act("a", turns=3), act("b", turns=6)]
    c = spawn(waited(tasks, return_when=asyncio.FIRST_COMPLETED), "c")
    d = spawn(waited(tasks), "d")
    await c
    await d


main()
