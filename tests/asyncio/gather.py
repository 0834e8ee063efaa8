# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, collect, main, new_future, on_done, say,
                   spawn, spell, told, turns, yes)


async def gathered(what, *futures, return_exceptions=False):
    """Awaits a gather of them and says what each has come to."""
    result = await told(what, gather_all(futures, return_exceptions))
    if result is None:
        for future in futures:
            say(f"is {spell_done(future)}")


async def gather_all(futures, return_exceptions):
    await asyncio.gather(*futures, return_exceptions=return_exceptions)


def spell_done(future):
    try:
        return spell(future.result())
    except BaseException as err:
        return spell(err)


@case
async def results_in_the_order_of_the_arguments():
    tasks = [act("a", turns=9, result=1), act("b", turns=1, result=2),
             act("c", turns=5, result=3)]
    await gathered("gather", *tasks)


@case
async def the_first_error_comes_out_at_once():
    a = act("a", turns=12, result=1)
    b = act("b", turns=2, result=Failure(1))
    await gathered("gather", a, b)
    say(f"done {yes(a.done())} {yes(b.done())}")
    await told("a", a)


@case
async def later_errors_count_as_retrieved():
    tasks = [act("a", turns=1, result=Failure(1)),
             act("b", turns=4, result=Failure(2))]
    await gathered("gather", *tasks)
    await turns(6)
    tasks.clear()
    collect()
    say("dropped")


@case
async def errors_as_results():
    tasks = [act("a", turns=3, result=1),
             act("b", turns=1, result=Failure(1)),
             act("c", turns=2, result=3)]
    await gathered("gather", *tasks, return_exceptions=True)


@case
async def a_cancelled_child():
    a, b = act("a", forever=True), act("b", turns=12, result=2)
    asyncio.get_running_loop().call_soon(a.cancel)
    await gathered("gather", a, b)
    say(f"cancelling {asyncio.current_task().cancelling()}")
    say(f"done {yes(b.done())}")
    await told("b", b)


@case
async def a_cancelled_child_as_a_result():
    a, b = act("a", forever=True), act("b", turns=2, result=2)
    asyncio.get_running_loop().call_soon(a.cancel)
    await gathered("gather", a, b, return_exceptions=True)


async def await_gather(future):
    try:
        return await future
    except asyncio.CancelledError:
        say("is cancelled")
        raise


@case
async def cancelled_from_outside():
    a, b = act("a", forever=True, cleanup=1), act("b", forever=True)
    c = spawn(await_gather(asyncio.gather(a, b)), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    say(f"cancelled {yes(a.cancelled())} {yes(b.cancelled())}")


@case
async def cancelled_from_outside_with_errors_as_results():
    a, b = act("a", forever=True), act("b", forever=True)
    c = spawn(await_gather(asyncio.gather(a, b, return_exceptions=True)), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    say(f"cancelled {yes(a.cancelled())} {yes(b.cancelled())}")


@case
async def cancelled_with_a_child_that_swallows_it():
    a = act("a", forever=True, swallow=True, result=1)
    b = act("b", forever=True, swallow=True, result=2)
    c = spawn(await_gather(asyncio.gather(a, b)), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    await told("a", a)
    await told("b", b)


@case
async def cancelled_with_a_child_that_fails_of_it():
    a = act("a", forever=True, on_cancel=Failure(1))
    b = act("b", forever=True, cleanup=3)
    c = spawn(await_gather(asyncio.gather(a, b)), "c")
    await turns(2)
    c.cancel()
    await told("c", c)
    say(f"done {yes(b.done())}")
    await told("b", b)


@case
async def cancel_the_future():
    a, b = act("a", forever=True), act("b", forever=True)
    future = asyncio.gather(a, b)
    await turns(1)
    say(f"cancel {yes(future.cancel())}")
    say(f"done {yes(future.done())}")
    await told("gather", future)
    say(f"cancel {yes(future.cancel())}")


@case
async def cancel_when_every_child_is_done():
    a = act("a", result=1)
    future = asyncio.gather(a)
    await turns(1)
    say(f"child done {yes(a.done())}")
    await future
    say(f"cancel {yes(future.cancel())}")


@case
async def the_same_one_twice():
    a = act("a", turns=2, result=4)
    b = act("b", turns=1, result=5)
    await gathered("gather", a, b, a)


@case
async def of_nothing():
    await told("gather", gather_all([], False))


@case
async def of_what_is_done():
    a, b = new_future(), new_future()
    a.set_result(1)
    b.set_result(2)
    await gathered("gather", a, b)


@case
async def of_what_has_failed():
    a, b = new_future(), new_future()
    a.set_exception(Failure(1))
    await gathered("gather", b, a)
    b.cancel()


@case
async def nested():
    tasks = [act(name, turns=2) for name in "abcd"]
    await told("gather", gather_all(
        [asyncio.gather(*tasks[:2]), asyncio.gather(*tasks[2:])], False))


@case
async def an_error_in_the_inner_one():
    a, b = act("a", turns=1, result=Failure(1)), act("b", turns=12)
    c = act("c", turns=12)
    await told("gather", gather_all([asyncio.gather(a, b), c], False))
    await b
    await c


@case
async def cancel_a_nested_one():
    a, b = act("a", forever=True), act("b", forever=True)
    future = asyncio.gather(asyncio.gather(a), b)
    await turns(1)
    future.cancel()
    await told("gather", future)
    say(f"cancelled {yes(a.cancelled())} {yes(b.cancelled())}")


@case
async def callbacks_of_children_before_its_own():
    a, b = act("a", turns=1), act("b", turns=2)
    future = asyncio.gather(a, b)
    on_done(a, "a is done")
    on_done(b, "b is done")
    on_done(future, "all are done")
    await told("gather", future_of(future))


async def future_of(future):
    await future


@case
async def two_errors_in_one_turn():
    tasks = [act("a", turns=1, result=Failure(1)),
             act("b", turns=1, result=Failure(2))]
    await gathered("gather", *tasks)


@case
async def an_error_that_nobody_awaits():
    a, b = act("a", result=Failure(1)), act("b", result=1)
    future = asyncio.gather(a, b)
    await turns(3)
    say("drop")
    del future, a, b
    collect()
    say("dropped")


main()
