# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import signal

from trace import (case, main, passed, say, spawn, spell, told, tried, turns,
                   units, yes)

PIPE, STDOUT, DEVNULL = -1, -2, -3


async def start(*argv, **options):
    return await asyncio.create_subprocess_exec(*argv, **options)


async def shell(command, **options):
    return await asyncio.create_subprocess_shell(command, **options)


def text(data):
    return data.decode().replace("\n", "$")


async def communicate(process, data=None):
    out, err = await process.communicate(data)
    say(f"out {'none' if out is None else text(out)}, "
        f"err {'none' if err is None else text(err)}")
    say(f"returncode {process.returncode}")


@case
async def exit_statuses():
    process = await start("true")
    await told("wait", process.wait())
    process = await start("false")
    await told("wait", process.wait())
    process = await shell("exit 7")
    await told("wait", process.wait())


@case
async def wait_twice():
    process = await shell("exit 3")
    await told("wait", process.wait())
    await told("wait", process.wait())
    say(f"returncode {process.returncode}")


@case
async def while_it_runs():
    process = await start("cat", stdin=PIPE)
    say(f"runs {yes(process.returncode is None)}")
    process.stdin.close()
    await told("wait", process.wait())
    say(f"runs {yes(process.returncode is None)}")


@case
async def a_program_that_is_not_there():
    try:
        await start("/nowhere/at/all")
    except OSError as err:
        say(f"start -> {spell(err)}")


@case
async def terminate():
    process = await start("sleep", "1000")
    tried("terminate", process.terminate)
    await told("wait", process.wait())


@case
async def kill_it():
    process = await start("sleep", "1000")
    tried("kill", process.kill)
    await told("wait", process.wait())


@case
async def send_a_signal():
    process = await start("sleep", "1000")
    tried("send", process.send_signal, signal.SIGUSR1)
    await told("wait", process.wait())


@case
async def a_signal_to_what_has_ended():
    process = await start("true")
    await told("wait", process.wait())
    tried("kill", process.kill)
    tried("terminate", process.terminate)
    tried("send", process.send_signal, signal.SIGUSR1)


@case
async def output():
    process = await shell("echo one; echo two", stdout=PIPE)
    while line := await process.stdout.readline():
        say(text(line))
    await told("wait", process.wait())


@case
async def output_and_errors():
    process = await shell("echo out; echo err >&2; exit 2", stdout=PIPE,
                          stderr=PIPE)
    await communicate(process)


@case
async def errors_where_the_output_goes():
    process = await shell("echo out; echo err >&2", stdout=PIPE,
                          stderr=STDOUT)
    await communicate(process)


@case
async def to_the_null_device():
    process = await shell("cat; echo out; echo err >&2", stdin=DEVNULL,
                          stdout=DEVNULL, stderr=DEVNULL)
    await communicate(process)


@case
async def a_conversation():
    process = await start("cat", stdin=PIPE, stdout=PIPE)
    for line in (b"one\n", b"two\n"):
        process.stdin.write(line)
        await told("drain", process.stdin.drain())
        say(text(await process.stdout.readline()))
    process.stdin.close()
    say(f"rest [{text(await process.stdout.read())}]")
    await told("wait", process.wait())


@case
async def communicate_with_input():
    process = await start("tr", "a-z", "A-Z", stdin=PIPE, stdout=PIPE)
    await communicate(process, b"hello\nworld\n")


@case
async def communicate_much():
    process = await start("cat", stdin=PIPE, stdout=PIPE)
    data = b"x" * 300000
    out, _ = await process.communicate(data)
    say(f"the same {yes(out == data)}")
    say(f"returncode {process.returncode}")


@case(since=(3, 11, 7))
async def input_that_is_not_read():
    process = await start("true", stdin=PIPE, stdout=PIPE)
    await communicate(process, b"x" * 300000)


@case
async def communicate_without_pipes():
    process = await start("true")
    await communicate(process)


@case
async def a_wait_that_is_cancelled():
    process = await start("cat", stdin=PIPE)

    async def wait():
        await passed("wait", process.wait())

    a = spawn(wait(), "a")
    await turns(1)
    a.cancel()
    await told("a", a)
    process.stdin.close()
    await told("wait", process.wait())


@case
async def several_wait():
    process = await start("cat", stdin=PIPE)

    async def wait():
        await passed("wait", process.wait())

    tasks = [spawn(wait(), name) for name in "ab"]
    await turns(1)
    process.stdin.close()
    for task in tasks:
        await task


@case
async def a_timeout_and_a_kill():
    process = await start("sleep", "1000")

    async def wait_for_a_while():
        async with asyncio.timeout(units(1)):
            return await passed("wait", process.wait())

    await told("timeout", wait_for_a_while())
    tried("kill", process.kill)
    await told("wait", process.wait())


@case
async def its_folder_and_environment():
    process = await shell("pwd; echo $WORD", stdout=PIPE, cwd="/",
                          env={"WORD": "word"})
    await communicate(process)


@case
async def several_at_once():
    processes = [await start("cat", stdin=PIPE, stdout=PIPE)
                 for _ in range(3)]
    for i, process in enumerate(processes):
        process.stdin.write(b"%d\n" % i)
    for process in reversed(processes):
        say(text(await process.stdout.readline()))
        process.stdin.close()
        await told("wait", process.wait())


main()
