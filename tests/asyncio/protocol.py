# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import os
import socket

from trace import case, main, new_future, spell, turns, yes

MUCH = 1000000


def note(text):
    """What may come from a task or from the loop."""
    print(f"- {text}")


class Recorder(asyncio.Protocol):
    """Notes what it is called with."""

    def __init__(self, keep_open=False):
        self.keep_open = keep_open
        self.lost = new_future()

    def connection_made(self, transport):
        self.transport = transport
        note("made")

    def data_received(self, data):
        note(f"received {data.decode()}")

    def eof_received(self):
        note("end")
        return self.keep_open

    def connection_lost(self, exc):
        note(f"lost {spell(exc)}")
        self.lost.set_result(None)

    def pause_writing(self):
        note("pause writing")

    def resume_writing(self):
        note("resume writing")


async def connect(protocol):
    mine, peer = socket.socketpair()
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(lambda: protocol, sock=mine)
    return transport, peer


async def receive(peer, size):
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < size:
        piece = await loop.sock_recv(peer, size - len(data))
        if not piece:
            break
        data += piece
    return data


@case
async def a_life():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    peer.send(b"hello")
    await turns(4)
    transport.write(b"answer")
    note(f"peer {(await receive(peer, 6)).decode()}")
    transport.close()
    note(f"closing {yes(transport.is_closing())}")
    await protocol.lost
    note(f"peer [{(await receive(peer, 1)).decode()}]")
    peer.close()


@case
async def the_peer_closes():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    peer.send(b"last")
    peer.close()
    await protocol.lost


@case
async def the_end_of_the_peer_may_be_kept_open():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    peer.shutdown(socket.SHUT_WR)
    await turns(4)
    note(f"closing {yes(transport.is_closing())}")
    transport.write(b"still")
    note(f"peer {(await receive(peer, 5)).decode()}")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def pause_reading():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    await turns(2)
    note(f"reading {yes(transport.is_reading())}")
    transport.pause_reading()
    note(f"reading {yes(transport.is_reading())}")
    peer.send(b"hello")
    await turns(4)
    note("nothing so far")
    transport.resume_reading()
    await turns(4)
    transport.close()
    await protocol.lost
    peer.close()


@case
async def pause_writing():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=1000)
    transport.write(b"x" * MUCH)
    note(f"queued {yes(transport.get_write_buffer_size() > 1000)}")
    data = await receive(peer, MUCH)
    note(f"peer {len(data)}")
    await turns(2)
    note(f"queued {transport.get_write_buffer_size()}")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def the_limits():
    protocol = Recorder()
    transport, peer = await connect(protocol)

    def say_limits():
        low, high = transport.get_write_buffer_limits()
        note(f"low {low} high {high}")

    say_limits()
    transport.set_write_buffer_limits(high=1000)
    say_limits()
    transport.set_write_buffer_limits(high=1000, low=10)
    say_limits()
    transport.close()
    await protocol.lost
    peer.close()


@case
async def close_flushes_the_queue():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.close()
    note("closed")
    data = await receive(peer, MUCH + 1)
    note(f"peer {len(data)}")
    await protocol.lost
    peer.close()


@case
async def write_after_close_while_it_flushes():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.close()
    transport.write(b"y")
    data = await receive(peer, MUCH + 1)
    note(f"peer {len(data)}")
    await protocol.lost
    peer.close()


@case
async def lost_comes_from_the_loop():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.close()
    note("closed")
    await protocol.lost
    peer.close()


@case
async def no_data_after_close():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    await turns(2)
    peer.send(b"late")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def abort_it():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.abort()
    note("aborted")
    await protocol.lost
    peer.close()


@case
async def write_eof():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    note(f"can {yes(transport.can_write_eof())}")
    transport.write(b"last")
    transport.write_eof()
    note(f"peer [{(await receive(peer, 100)).decode()}]")
    peer.send(b"answer")
    await turns(4)
    transport.close()
    await protocol.lost
    peer.close()


@case
async def lost_by_an_error():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    await turns(2)
    transport.pause_reading()
    peer.close()
    transport.write(b"x")
    note("written")
    await protocol.lost


@case
async def another_protocol():
    class Second(Recorder):
        def data_received(self, data):
            note(f"second received {data.decode()}")

    first, second = Recorder(), Second()
    transport, peer = await connect(first)
    peer.send(b"one")
    await turns(4)
    transport.set_protocol(second)
    note(f"is it {yes(transport.get_protocol() is second)}")
    peer.send(b"two")
    await turns(4)
    transport.close()
    await second.lost
    peer.close()


@case
async def a_buffer_of_the_protocols():
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self):
            self.buffer = bytearray(4)
            self.lost = new_future()

        def get_buffer(self, sizehint):
            return self.buffer

        def buffer_updated(self, nbytes):
            note(f"updated {self.buffer[:nbytes].decode()}")

        def eof_received(self):
            note("end")

        def connection_lost(self, exc):
            note(f"lost {spell(exc)}")
            self.lost.set_result(None)

    protocol = Buffered()
    _, peer = await connect(protocol)
    peer.send(b"abcdefghij")
    await turns(8)
    peer.close()
    await protocol.lost


@case
async def close_while_receiving():
    class Closing(Recorder):
        def data_received(self, data):
            super().data_received(data)
            self.transport.close()
            note("closed")

    protocol = Closing()
    _, peer = await connect(protocol)
    peer.send(b"bye")
    await protocol.lost
    peer.close()


@case
async def a_pipe_to_read_from():
    reading, writing = os.pipe()
    protocol = Recorder()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: protocol, open(reading, "rb", 0))
    os.write(writing, b"piped")
    await turns(4)
    os.close(writing)
    await protocol.lost


@case
async def a_pipe_to_write_to():
    reading, writing = os.pipe()
    protocol = Recorder()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_write_pipe(
        lambda: protocol, open(writing, "wb", 0))
    transport.write(b"piped")
    transport.close()
    await protocol.lost
    note(f"peer {os.read(reading, 100).decode()}")
    note(f"peer [{os.read(reading, 100).decode()}]")
    os.close(reading)


@case
async def a_server_of_protocols():
    class Echo(Recorder):
        def data_received(self, data):
            super().data_received(data)
            self.transport.write(data.upper())

    protocol = Echo()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello")
    note(f"answer {(await reader.read(100)).decode()}")
    writer.close()
    await protocol.lost
    server.close()
    await server.wait_closed()


main()
