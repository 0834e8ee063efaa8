# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import asyncio
import os

from recorder import Recorder, connect, note
from trace import case, main, new_future, spell, turns, yes


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
