# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import socket

from trace import (case, main, passed, say, spawn, spell, told, turns,
                   yes)

MUCH = 1000000


class Pair:
    """A stream, and the socket at its other end."""

    async def open(self):
        mine, self.peer = socket.socketpair()
        self.peer.setblocking(False)
        self.reader, self.writer = await asyncio.open_connection(sock=mine)
        return self

    async def receive(self, size):
        """What the peer has received: as many bytes, or what is there at
        the end."""
        loop = asyncio.get_running_loop()
        data = b""
        while len(data) < size:
            try:
                piece = await loop.sock_recv(self.peer, size - len(data))
            except ConnectionError as err:
                return spell(err).encode()
            if not piece:
                break
            data += piece
        return data

    async def end(self):
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            pass
        self.peer.close()


async def pair():
    return await Pair().open()


async def say_received(it, size):
    say(f"received [{(await it.receive(size)).decode()}]")


async def drain(writer):
    await passed("drain", writer.drain())


@case
async def write_it():
    it = await pair()
    it.writer.write(b"hello ")
    it.writer.write(b"world")
    await say_received(it, 11)
    await it.end()


@case
async def writelines():
    it = await pair()
    it.writer.writelines([b"one ", b"two ", b"three"])
    await say_received(it, 13)
    await it.end()


@case
async def drain_does_not_wait_without_need():
    it = await pair()
    asyncio.get_running_loop().call_soon(say, "called")
    it.writer.write(b"x")
    await told("drain", it.writer.drain())
    await turns(1)
    await it.end()


@case
async def drain_waits_for_the_peer():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    a = spawn(drain(it.writer), "a")
    await turns(3)
    say(f"done {yes(a.done())}")
    data = await it.receive(MUCH)
    say(f"received {len(data)}")
    await told("a", a)
    await it.end()


@case
async def drain_is_cancelled():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    a = spawn(drain(it.writer), "a")
    await turns(3)
    a.cancel()
    await told("a", a)
    data = await it.receive(MUCH)
    say(f"received {len(data)}")
    await it.end()


@case
async def two_drain():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    a, b = spawn(drain(it.writer), "a"), spawn(drain(it.writer), "b")
    await turns(3)
    say(f"done {yes(a.done())} {yes(b.done())}")
    await it.receive(MUCH)
    await told("a", a)
    await told("b", b)
    await it.end()


@case
async def drain_when_the_peer_goes():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    a = spawn(drain(it.writer), "a")
    await turns(3)
    it.peer.close()
    await told("a", a)
    await told("drain", it.writer.drain())
    await it.end()


@case
async def write_to_a_peer_that_is_gone():
    it = await pair()
    it.peer.close()
    it.writer.write(b"x")
    await turns(2)
    await told("drain", it.writer.drain())
    say(f"closing {yes(it.writer.is_closing())}")
    await it.end()


@case
async def write_eof():
    it = await pair()
    say(f"can {yes(it.writer.can_write_eof())}")
    it.writer.write(b"last")
    it.writer.write_eof()
    await say_received(it, 100)
    it.peer.send(b"answer")
    say(f"reads {(await it.reader.read(100)).decode()}")
    say(f"closing {yes(it.writer.is_closing())}")
    await it.end()


@case
async def write_eof_waits_for_the_queue():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    it.writer.write_eof()
    data = await it.receive(MUCH + 1)
    say(f"received {len(data)}")
    await it.end()


@case
async def close_it():
    it = await pair()
    say(f"closing {yes(it.writer.is_closing())}")
    it.writer.write(b"last")
    it.writer.close()
    say(f"closing {yes(it.writer.is_closing())}")
    await told("wait_closed", it.writer.wait_closed())
    await told("wait_closed", it.writer.wait_closed())
    await say_received(it, 100)
    say(f"reads [{(await it.reader.read(100)).decode()}]")
    it.writer.close()
    it.peer.close()


@case
async def close_waits_for_the_queue():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    it.writer.close()

    async def wait_closed():
        await passed("wait_closed", it.writer.wait_closed())

    a = spawn(wait_closed(), "a")
    await turns(3)
    say(f"done {yes(a.done())}")
    data = await it.receive(MUCH + 1)
    say(f"received {len(data)}")
    await told("a", a)
    it.peer.close()


@case
async def abort_drops_the_queue():
    it = await pair()
    it.writer.write(b"x" * MUCH)
    it.writer.transport.abort()
    say(f"closing {yes(it.writer.is_closing())}")
    await told("wait_closed", it.writer.wait_closed())
    data = await it.receive(MUCH)
    say(f"less {yes(len(data) < MUCH)}")
    it.peer.close()


@case
async def the_peers_end_leaves_it_open_for_writing():
    it = await pair()
    it.peer.send(b"all")
    it.peer.shutdown(socket.SHUT_WR)
    say(f"reads [{(await it.reader.read(100)).decode()}]")
    say(f"reads [{(await it.reader.read(100)).decode()}]")
    say(f"closing {yes(it.writer.is_closing())}")
    it.writer.write(b"answer")
    await say_received(it, 6)
    await it.end()


@case
async def close_wakes_a_reader():
    it = await pair()

    async def read():
        say(f"reads [{(await it.reader.read(100)).decode()}]")

    a = spawn(read(), "a")
    await turns(1)
    it.writer.close()
    await a
    await it.end()


@case
async def wait_closed_is_cancelled():
    it = await pair()

    async def wait_closed():
        await passed("wait_closed", it.writer.wait_closed())

    a = spawn(wait_closed(), "a")
    await turns(1)
    a.cancel()
    await told("a", a)
    say(f"closing {yes(it.writer.is_closing())}")
    it.writer.close()
    await told("wait_closed", it.writer.wait_closed())
    it.peer.close()


@case
async def what_it_does_not_know():
    it = await pair()
    info = it.writer.get_extra_info("no such thing")
    say(f"knows {yes(info is not None)}")
    info = it.writer.get_extra_info("socket")
    say(f"knows {yes(info is not None)}")
    await it.end()


@case
async def write_after_close():
    it = await pair()
    it.writer.write(b"before")
    it.writer.close()
    it.writer.write(b"after")
    await told("wait_closed", it.writer.wait_closed())
    await say_received(it, 100)
    it.peer.close()


@case
async def the_queue():
    it = await pair()
    say(f"queued {it.writer.transport.get_write_buffer_size()}")
    it.writer.write(b"x")
    say(f"queued {it.writer.transport.get_write_buffer_size()}")
    it.writer.write(b"x" * MUCH)
    queued = it.writer.transport.get_write_buffer_size()
    say(f"some {yes(queued > 0)}")
    await it.receive(MUCH + 1)
    await told("drain", it.writer.drain())
    await it.end()


main()
