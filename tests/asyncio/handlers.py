# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import os
import signal
import threading

from loops import new_loop, run_once, spawn_on
from trace import (Failure, case, collect, main, play, say, spell,
                   told, tried, yes)


@case
def a_future_of_another_loop():
    loop, other = new_loop(), new_loop()
    future = other.create_future()

    async def await_it():
        await told("await", future)

    tried("run", loop.run_until_complete, future)
    loop.run_until_complete(spawn_on(loop, await_it(), "a"))
    loop.close()
    other.close()


@case
def two_loops_by_turns():
    loops = [new_loop(), new_loop()]
    tasks = [spawn_on(loop, play(turns=2), name)
             for loop, name in zip(loops, "ab")]
    for _ in range(4):
        for loop in loops:
            run_once(loop)
    for task, loop in zip(tasks, loops):
        say(f"done {yes(task.done())}")
        loop.close()


@case
def from_another_thread():
    loop = new_loop()
    future = loop.create_future()

    def work():
        loop.call_soon_threadsafe(say, "first")
        loop.call_soon_threadsafe(say, "second")
        loop.call_soon_threadsafe(future.set_result, 4)

    thread = threading.Thread(target=work)
    loop.call_soon(thread.start)
    tried("run", loop.run_until_complete, future)
    thread.join()
    loop.close()


@case
def the_loop_of_a_thread():
    def has_one():
        try:
            return asyncio.get_event_loop() is not None
        except RuntimeError:
            return False

    def work():
        say(f"has one {yes(has_one())}")
        loop = new_loop()
        asyncio.set_event_loop(loop)
        say(f"is it {yes(asyncio.get_event_loop() is loop)}")
        asyncio.set_event_loop(None)
        say(f"has one {yes(has_one())}")
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@case
def the_running_loop():
    loop = new_loop()

    def is_running():
        try:
            return asyncio.get_running_loop() is loop
        except RuntimeError:
            return False

    say(f"it is {yes(is_running())}")
    loop.call_soon(lambda: say(f"it is {yes(is_running())}"))
    run_once(loop)
    say(f"it is {yes(is_running())}")
    loop.close()


@case
def a_report_of_the_programs_own():
    loop = new_loop()
    loop.call_exception_handler(
        {"message": "the kettle is dry", "exception": Failure(4)})
    loop.close()


@case
def a_task_that_is_dropped():
    loop = new_loop()

    async def wait():
        await loop.create_future()

    task = spawn_on(loop, wait(), "a")
    run_once(loop)
    loop.close()
    say(f"done {yes(task.done())}")
    del task
    collect()


@case
def a_descriptor_to_read_from():
    loop = new_loop()
    reading, writing = os.pipe()

    def read():
        say(f"reads {os.read(reading, 1).decode()}")

    loop.add_reader(reading, read)
    os.write(writing, b"a")
    run_once(loop)
    os.write(writing, b"bc")
    run_once(loop)
    run_once(loop)
    run_once(loop)
    say(f"removed {yes(loop.remove_reader(reading))}")
    say(f"removed {yes(loop.remove_reader(reading))}")
    os.write(writing, b"d")
    run_once(loop)
    os.close(reading)
    os.close(writing)
    loop.close()


@case
def a_descriptor_to_write_to():
    loop = new_loop()
    reading, writing = os.pipe()
    loop.add_writer(writing, say, "first")
    loop.add_writer(writing, say, "second")
    run_once(loop)
    run_once(loop)
    say(f"removed {yes(loop.remove_writer(writing))}")
    run_once(loop)
    os.close(reading)
    os.close(writing)
    loop.close()


@case
def a_signal():
    loop = new_loop()
    future = loop.create_future()

    def caught():
        say("caught")
        future.set_result(1)

    loop.add_signal_handler(signal.SIGUSR1, caught)
    loop.call_soon(os.kill, os.getpid(), signal.SIGUSR1)
    loop.call_soon(say, "sent")
    loop.run_until_complete(future)
    say(f"removed {yes(loop.remove_signal_handler(signal.SIGUSR1))}")
    say(f"removed {yes(loop.remove_signal_handler(signal.SIGUSR1))}")
    loop.close()


@case
def a_signal_that_can_not_be_caught():
    loop = new_loop()
    try:
        loop.add_signal_handler(signal.SIGKILL, say, "caught")
    except (RuntimeError, OSError, ValueError):
        say(f"add -> {spell(ValueError())}")
    loop.close()


main()
