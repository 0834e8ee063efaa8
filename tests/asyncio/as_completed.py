# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, main, new_future, say, spawn, told,
                   turns, units, yes)


async def all_of(tasks, timeout=None):
    for future in asyncio.as_completed(tasks, timeout=timeout):
        await told("next", future)
    say("no more")


@case
async def in_the_order_of_their_ends():
    await all_of([act("a", turns=9, result=1), act("b", turns=1, result=2),
                  act("c", turns=5, result=3)])


@case
async def errors_come_as_they_are():
    await all_of([act("a", turns=7, result=1),
                  act("b", turns=1, result=Failure(1)),
                  act("c", turns=4, result=Failure(2))])


@case
async def a_cancelled_one():
    tasks = [act("a", forever=True), act("b", turns=4, result=1)]
    asyncio.get_running_loop().call_soon(tasks[0].cancel)
    await all_of(tasks)


@case
async def of_nothing():
    await all_of([])


@case
async def those_done_before_come_first():
    a, b = act("a", result=1), act("b", turns=8, result=2)
    await turns(1)
    await all_of([b, a])


@case
async def a_timeout():
    tasks = [act("a", turns=1, result=1), act("b", units=12, result=2)]
    await all_of(tasks, timeout=units(2))
    say(f"cancelling {tasks[1].cancelling()}")
    await told("b", tasks[1])


@case
async def leave_early():
    tasks = [act("a", turns=9, result=1), act("b", turns=1, result=2)]
    for future in asyncio.as_completed(tasks):
        await told("next", future)
        break
    await told("a", tasks[0])


@case
async def cancelled_it_leaves_them_alone():
    async def collect_all(tasks):
        for future in asyncio.as_completed(tasks):
            await future

    tasks = [act("a", turns=4, result=1), act("b", turns=4, result=2)]
    c = spawn(collect_all(tasks), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    say(f"cancelling {tasks[0].cancelling()} {tasks[1].cancelling()}")
    for task in tasks:
        await told(task.get_name(), task)


@case
async def futures_that_are_set():
    futures = [new_future() for _ in range(3)]
    loop = asyncio.get_running_loop()
    for i in (2, 0, 1):
        loop.call_soon(futures[i].set_result, i)
    await all_of(futures)
    say(f"done {yes(all(future.done() for future in futures))}")


main()
