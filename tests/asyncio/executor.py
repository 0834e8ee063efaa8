# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import concurrent.futures
import threading

from trace import (Failure, case, main, passed, say, spawn, told, turns, yes)


def work(result):
    if isinstance(result, BaseException):
        raise result
    return result


@case
async def to_thread():
    await told("to_thread", asyncio.to_thread(work, 7))
    await told("to_thread", asyncio.to_thread(work, Failure(1)))


@case
async def it_is_another_thread():
    me = threading.get_ident()

    def compare():
        return 0 if threading.get_ident() == me else 1

    await told("to_thread", asyncio.to_thread(compare))


@case
async def others_run_meanwhile():
    gate = threading.Event()

    def wait():
        gate.wait()
        return 3

    async def open_gate():
        await turns(2)
        say("opens the gate")
        gate.set()

    a = spawn(open_gate(), "a")
    await told("to_thread", asyncio.to_thread(wait))
    await a


@case
async def as_a_future():
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(None, work, 4)
    await told("run_in_executor", future)
    say(f"done {yes(future.done())}")


@case
async def one_worker_does_one_after_the_other():
    done = []

    def note(n):
        done.append(n)
        return n

    loop = asyncio.get_running_loop()
    executor = concurrent.futures.ThreadPoolExecutor(1)
    futures = [loop.run_in_executor(executor, note, n) for n in range(4)]
    for future in futures:
        await told("future", future)
    say(" ".join(str(n) for n in done))
    executor.shutdown()


@case
async def a_call_that_waits_for_its_turn_is_cancelled():
    gate = threading.Event()
    done = []
    loop = asyncio.get_running_loop()
    executor = concurrent.futures.ThreadPoolExecutor(1)
    first = loop.run_in_executor(executor, gate.wait)
    second = loop.run_in_executor(executor, done.append, 1)
    say(f"cancel {yes(second.cancel())}")
    await told("second", second)
    await turns(2)
    gate.set()
    await told("first", first)
    executor.shutdown()
    say(f"called {len(done)} times")


@case
async def cancel_what_runs():
    gate, begun = threading.Event(), threading.Event()
    done = []

    def wait():
        begun.set()
        gate.wait()
        done.append(1)
        return 5

    loop = asyncio.get_running_loop()
    executor = concurrent.futures.ThreadPoolExecutor(1)
    future = loop.run_in_executor(executor, wait)
    begun.wait()
    say(f"cancel {yes(future.cancel())}")
    await told("future", future)
    say(f"called {len(done)} times")
    gate.set()
    executor.shutdown()
    say(f"called {len(done)} times")


@case
async def cancel_a_task_in_to_thread():
    gate, begun = threading.Event(), threading.Event()

    def wait():
        begun.set()
        gate.wait()

    async def call():
        await passed("to_thread", asyncio.to_thread(wait))

    a = spawn(call(), "a")
    await turns(1)
    begun.wait()
    a.cancel()
    await turns(3)
    say(f"done {yes(a.done())}")
    gate.set()
    await told("a", a)


@case
async def shut_down_the_default_one():
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(None, work, 2)
    await told("shutdown", loop.shutdown_default_executor())
    await told("future", future)
    await told("to_thread", asyncio.to_thread(work, 1))


@case
async def several_at_once():
    barrier = threading.Barrier(3)

    def meet():
        barrier.wait()
        return 6

    loop = asyncio.get_running_loop()
    executor = concurrent.futures.ThreadPoolExecutor(3)
    futures = [loop.run_in_executor(executor, meet) for _ in range(3)]
    for future in futures:
        await told("future", future)
    executor.shutdown()


main()
