# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Programs of chance: a few tasks that do at each step what the dice say.  The
dice of dice.c fall alike."""

import asyncio

from trace import Failure, case, main, say, spawn, spell, turns

ROUNDS = 150
TASKS = 4
STEPS = 9


class Dice:
    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 1103515245 + 12345) & 0x7fffffff
        return (self.state >> 12) % sides


class Table:
    """What the tasks of one program share."""

    def __init__(self, seed):
        self.seed = seed
        self.tasks = []
        self.lock = asyncio.Lock()
        self.queue = asyncio.Queue(2)
        self.event = asyncio.Event()
        self.semaphore = asyncio.Semaphore(1)


class Player:
    def __init__(self, table, number):
        self.table = table
        self.number = number
        self.dice = Dice(table.seed * 16 + number)
        self.has_lock = False
        self.places = 0

    async def sleep(self):
        await asyncio.sleep(0)

    async def await_another(self):
        # None that may await this one.
        if self.number > 0:
            return await self.table.tasks[self.dice.roll(self.number)]

    async def await_shield(self):
        if self.number > 0:
            other = self.table.tasks[self.dice.roll(self.number)]
            return await asyncio.shield(other)

    async def cancel(self):
        other = self.table.tasks[self.dice.roll(TASKS)]
        return 1 if other.cancel() else 0

    async def take_lock(self):
        if self.has_lock:
            self.has_lock = False
            self.table.lock.release()
        else:
            await self.table.lock.acquire()
            self.has_lock = True

    async def put(self):
        await self.table.queue.put(self.number * 100 + self.dice.roll(100))

    async def get(self):
        return await self.table.queue.get()

    async def wait(self):
        await self.table.event.wait()

    async def set_or_clear(self):
        if self.table.event.is_set():
            self.table.event.clear()
        else:
            self.table.event.set()

    async def take_place(self):
        if self.places > 0:
            self.places -= 1
            self.table.semaphore.release()
        else:
            await self.table.semaphore.acquire()
            self.places += 1

    async def end(self):
        if self.dice.roll(4) == 0:
            raise Failure(self.number)

    MOVES = [("sleep", sleep), ("sleep", sleep), ("await", await_another),
             ("shield", await_shield), ("cancel", cancel),
             ("lock", take_lock), ("lock", take_lock), ("put", put),
             ("get", get), ("wait", wait), ("set", set_or_clear),
             ("set", set_or_clear), ("place", take_place),
             ("place", take_place), ("end", end)]

    async def move(self):
        """Makes a move; returns whether to go on."""
        name, move = self.MOVES[self.dice.roll(len(self.MOVES))]
        try:
            result = await move(self)
            error = None
        except BaseException as err:
            result = error = err
        say(f"{name} -> {spell(result)}")
        if error and self.dice.roll(3) > 0:
            raise error

    async def play(self):
        try:
            for _ in range(STEPS):
                await self.move()
        finally:
            if self.has_lock:
                self.table.lock.release()
            if self.places > 0:
                self.table.semaphore.release()
        return self.number


async def play_round(seed):
    table = Table(seed)
    for number in range(TASKS):
        player = Player(table, number)
        table.tasks.append(spawn(player.play(), f"t{number}"))
    await turns(25)
    while not all(task.done() for task in table.tasks):
        for task in table.tasks:
            task.cancel()
        say("cancels")
        await turns(8)
    for task in table.tasks:
        try:
            result = await task
        except BaseException as err:
            result = err
        say(f"{task.get_name()} -> {spell(result)}")


def make_case(seed):
    async def round_of_dice():
        await play_round(seed)

    round_of_dice.__name__ = f"seed_{seed}"
    case(round_of_dice)


for each in range(ROUNDS):
    make_case(each)

main()
