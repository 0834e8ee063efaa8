# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio

from trace import (Failure, act, case, main, nap, new_future, passed, play,
                   say, spawn, spell, told, turns, yes)


async def group_of(body):
    """Runs the body in a group and says what came out of the group: of an
    error every error, and of a cancellation that."""
    try:
        async with asyncio.TaskGroup() as group:
            result = await body(group)
    except BaseExceptionGroup as err:
        say("group -> " + " ".join(spell(one) for one in err.exceptions))
        raise err.exceptions[0]
    except BaseException as err:
        say(f"group -> {spell(err)}")
        raise
    say(f"group -> {spell(result)}")
    return result


async def quietly(body):
    try:
        return await group_of(body)
    except (Failure, asyncio.CancelledError):
        return None


def add(group, name, **description):
    return group.create_task(play(**description), name=name)


@case
async def it_waits_for_all():
    async def body(group):
        add(group, "a", turns=5)
        add(group, "b", turns=1)
        say("body ends")
        return 3

    await quietly(body)


@case
async def an_empty_one():
    async def body(group):
        return 1

    await quietly(body)


@case
async def a_failure_cancels_the_siblings():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        add(group, "b", forever=True)
        add(group, "c", forever=True, cleanup=2, quiet=True)

    await quietly(body)


@case
async def a_failure_cancels_the_body_once():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        try:
            await passed("sleep", nap(100))
        finally:
            say(f"cancelling {asyncio.current_task().cancelling()}")
            await told("clean-up", turns(2))

    await quietly(body)
    say(f"cancelling {asyncio.current_task().cancelling()}")
    await told("sleep", asyncio.sleep(0))


@case
async def a_body_that_swallows_it():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        await told("sleep", nap(100))
        await told("once more", turns(1))

    await quietly(body)


@case
async def a_body_that_fails():
    async def body(group):
        add(group, "a", forever=True)
        await turns(1)
        raise Failure(2)

    await quietly(body)


@case
async def a_body_that_fails_before_its_tasks_begin():
    async def body(group):
        add(group, "a", forever=True)
        raise Failure(2)

    await quietly(body)


@case
async def the_body_and_a_task_fail():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        try:
            await passed("sleep", nap(100))
        except asyncio.CancelledError:
            raise Failure(2) from None

    await quietly(body)


@case
async def every_error_is_collected():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        add(group, "b", forever=True, on_cancel=Failure(2))
        add(group, "c", forever=True, cleanup=1, quiet=True,
            on_cancel=Failure(3))

    await quietly(body)


@case
async def two_fail_in_one_turn():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        add(group, "b", turns=1, result=Failure(2))

    await quietly(body)


@case
async def a_task_that_is_cancelled_is_no_failure():
    async def body(group):
        a = add(group, "a", forever=True)
        add(group, "b", turns=3)
        await turns(1)
        a.cancel()
        return 4

    await quietly(body)


@case
async def a_body_that_awaits_a_cancelled_task():
    async def body(group):
        a = add(group, "a", forever=True)
        add(group, "b", forever=True)
        await turns(1)
        a.cancel()
        await passed("a", a)

    await quietly(body)


@case
async def cancelled_from_outside_in_the_body():
    async def body(group):
        add(group, "a", forever=True, cleanup=1)
        await passed("sleep", nap(100))

    main = spawn(group_of(body), "parent")
    await turns(2)
    main.cancel()
    await told("parent", main)


@case
async def cancelled_from_outside_while_it_waits():
    async def body(group):
        add(group, "a", forever=True, cleanup=2)
        return 1

    parent = spawn(group_of(body), "parent")
    await turns(2)
    parent.cancel()
    await told("parent", parent)
    say(f"cancelling {parent.cancelling()}")


@case
async def a_task_fails_when_cancelled_from_outside():
    async def body(group):
        add(group, "a", forever=True, on_cancel=Failure(1))

    parent = spawn(group_of(body), "parent")
    await turns(2)
    parent.cancel()
    await told("parent", parent)


@case
async def cancelled_from_outside_after_a_failure():
    async def body(group):
        add(group, "a", turns=1, result=Failure(1))
        add(group, "b", forever=True, cleanup=6)

    parent = spawn(group_of(body), "parent")
    await turns(5)
    parent.cancel()
    await told("parent", parent)


@case
async def a_failure_while_it_waits_does_not_cancel_the_parent():
    async def body(group):
        add(group, "a", turns=2, result=Failure(1))
        add(group, "b", forever=True)
        return 1

    await quietly(body)
    await told("sleep", asyncio.sleep(0))


@case
async def nested_the_inner_one_fails():
    async def inner(group):
        add(group, "a", turns=1, result=Failure(1))
        await passed("inner sleep", nap(100))

    async def outer(group):
        add(group, "b", forever=True)
        await quietly(inner)
        await told("outer goes on", turns(1))
        raise Failure(2)

    await quietly(outer)


@case
async def nested_the_outer_one_fails():
    async def inner(group):
        add(group, "a", forever=True)
        await passed("inner sleep", nap(100))

    async def outer(group):
        add(group, "b", turns=2, result=Failure(1))
        await group_of(inner)

    await quietly(outer)


@case
async def a_task_adds_another():
    async def body(group):
        async def add_another():
            add(group, "b", turns=2)
            say("added")

        group.create_task(add_another(), name="a")
        return 2

    await quietly(body)


@case
async def too_late_to_add():
    async def body(group):
        body.group = group

    await quietly(body)
    coroutine = play()
    try:
        body.group.create_task(coroutine)
    except RuntimeError as err:
        say(f"create_task -> {spell(err)}")
    coroutine.close()


@case
async def results_of_the_tasks():
    async def body(group):
        body.tasks = [add(group, "a", turns=2, result=1),
                      add(group, "b", turns=1, result=2)]

    await quietly(body)
    for task in body.tasks:
        await told(task.get_name(), task)


@case
async def one_that_never_began_is_cancelled_too():
    async def fail(group):
        add(group, "late", turns=1)
        say("fails")
        raise Failure(1)

    async def body(group):
        group.create_task(fail(group), name="a")

    await quietly(body)


@case
async def a_shielded_sibling():
    outside = act("outside", turns=5, result=1)

    async def await_shield():
        await passed("shield", asyncio.shield(outside))

    async def body(group):
        group.create_task(await_shield(), name="a")
        add(group, "b", turns=1, result=Failure(1))

    await quietly(body)
    await told("outside", outside)


@case
async def the_parent_was_cancelled_before():
    async def body(group):
        add(group, "a", turns=1)
        await passed("future", new_future())

    async def parent():
        asyncio.current_task().cancel()
        await group_of(body)

    a = spawn(parent(), "parent")
    await told("parent", a)
    say(f"cancelled {yes(a.cancelled())}")


main()
