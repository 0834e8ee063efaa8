# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the cases have in common that C's are compared with: printing the trace
of what happens, and the tasks that most of them are about.  trace.h is the
same in C, and explains each function."""

import asyncio
import gc
import os
import signal
import sys

UNIT = 0.02 * float(os.environ.get("TEST_SCALE", "1"))
NEWER = sys.version_info >= (3, 12)


class Failure(Exception):
    """An error of a case's own."""


# The common spelling of errors: of a type, and, in trace.c, of a number.
SPELLING = [
    (asyncio.CancelledError, "CancelledError"),
    (TimeoutError, "TimeoutError"),
    (asyncio.TimeoutError, "TimeoutError"),
    (asyncio.IncompleteReadError, "IncompleteReadError"),
    (asyncio.LimitOverrunError, "LimitOverrunError"),
    (asyncio.BrokenBarrierError, "BrokenBarrierError"),
    (asyncio.QueueEmpty, "QueueEmpty"),
    (asyncio.QueueFull, "QueueFull"),
    (ConnectionError, "connection lost"),
    (FileNotFoundError, "no such file"),
    (ProcessLookupError, "no such process"),
    (KeyboardInterrupt, "KeyboardInterrupt"),
    # What Python has many types for: a call that has no place there.
    ((asyncio.InvalidStateError, RuntimeError, ValueError, TypeError,
      AssertionError), "misuse"),
]
if hasattr(asyncio, "QueueShutDown"):
    SPELLING.insert(0, (asyncio.QueueShutDown, "QueueShutDown"))

REPORTS = [
    ("exception was never retrieved", "never retrieved"),
    ("was destroyed but it is pending", "dropped while pending"),
    ("unhandled exception during asyncio.run() shutdown",
     "failed while the loop was ending"),
    ("exception in client_connected_cb", "handler failed"),
    ("in shielded future", "failed after the shield was cancelled"),
]


def who():
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return task.get_name() if task else "loop"


def say(text):
    print(f"{who()}: {text}")


def spell(result):
    if isinstance(result, Failure):
        return f"Failure({result.args[0]})"
    if isinstance(result, BaseException):
        for kind, text in SPELLING:
            if isinstance(result, kind):
                return text
        return repr(result)
    if result is None or result is True:
        return "0"
    return str(result)


def yes(answer):
    return "yes" if answer else "no"


async def told(what, awaitable):
    """Awaits it and says what came out; the error is returned."""
    try:
        result = await awaitable
    except BaseException as err:
        result = err
    say(f"{what} -> {spell(result)}")
    return result


async def passed(what, awaitable):
    """Awaits it and says what came out; the error is raised."""
    try:
        result = await awaitable
    except BaseException as err:
        say(f"{what} -> {spell(err)}")
        raise
    say(f"{what} -> {spell(result)}")
    return result


def tried(what, function, *args):
    """Calls it and says what came out; the error is returned."""
    try:
        result = function(*args)
    except BaseException as err:
        result = err
    say(f"{what} -> {spell(result)}")
    return result


def units(n):
    return n * UNIT


async def nap(n):
    await asyncio.sleep(units(n))


async def turns(n):
    for _ in range(n):
        await asyncio.sleep(0)


def spawn(coroutine, name):
    return asyncio.create_task(coroutine, name=name)


def new_future():
    return asyncio.get_running_loop().create_future()


def on_done(future, word):
    future.add_done_callback(lambda future: say(word))


def collect():
    """Where C gives a reference back that is the last one."""
    gc.collect()


def report(loop, context):
    message = context["message"]
    for text, kind in REPORTS:
        if text in message:
            message = kind
    future = context.get("task") or context.get("future")
    name = f" of {future.get_name()}" if hasattr(future, "get_name") else ""
    err = context.get("exception")
    print(f"report: {message}{name}{': ' + spell(err) if err else ''}")


async def play(turns=0, units=0, forever=False, quiet=False, swallow=False,
               cleanup=0, cleanup_units=0, on_cancel=None, result=0):
    say("begins")
    try:
        for _ in range(turns):
            await asyncio.sleep(0)
        if units:
            await nap(units)
        if forever:
            await new_future()
    except asyncio.CancelledError:
        if not quiet:
            say("is cancelled")
        try:
            for _ in range(cleanup):
                await asyncio.sleep(0)
            if cleanup_units:
                await nap(cleanup_units)
        except asyncio.CancelledError:
            say("is cancelled again")
            raise
        if cleanup or cleanup_units:
            say("has cleaned up")
        if on_cancel:
            raise on_cancel
        if not swallow:
            raise
    say("ends")
    if isinstance(result, BaseException):
        raise result
    return result


def act(name, **description):
    return spawn(play(**description), name)


CASES = []


def case(function=None, since=None):
    """Makes the function a case; a plain one makes its loops itself.  since
    is the first version of Python that has what the case is about."""
    if since:
        return case if sys.version_info >= since else skip
    CASES.append(function)
    return function


def skip(function):
    """For a Python that is too old for it."""
    print(f"!! {function.__name__}")
    return function


async def run_coroutine(coroutine):
    asyncio.current_task().set_name("main")
    asyncio.get_running_loop().set_exception_handler(report)
    return await coroutine()


def run_case(function):
    result = None
    if not asyncio.iscoroutinefunction(function):
        function()
    else:
        try:
            result = asyncio.run(run_coroutine(function))
        except BaseException as err:
            result = err
        if spell(result) != "0":
            print(f"result: {spell(result)}")
        del result
    gc.collect()


def main():
    sys.stdout.reconfigure(line_buffering=True)
    # A shell has its background jobs ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = sys.argv[1:]
    for function in CASES:
        if not names:
            print(f"== {function.__name__}")
        if not names or function.__name__ in names:
            run_case(function)
