# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The echo server once more, by callbacks, and a client that reads slowly."""

import asyncio

FAREWELL = bytes(32 << 20)


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        print("server: connection made")

    def data_received(self, data):
        print(f"server: received '{data.decode()}'")
        self.transport.write(data)

    def eof_received(self):
        """Says so much in the end that the client has to read for a while."""
        print("server: end of file, a long farewell")
        self.transport.write(FAREWELL)
        return False

    def pause_writing(self):
        print("server: pause writing")

    def resume_writing(self):
        print("server: resume writing")

    def connection_lost(self, error):
        print("server: connection lost:", error or "closed")


async def talk(reader, writer):
    writer.write(b"hello")
    reply = await reader.read(100)
    print(f"client: got back '{reply.decode()}'")
    writer.write_eof()
    rest = await reader.read()
    print(f"client: and {len(rest) >> 20} MiB")


async def client(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await talk(reader, writer)
    writer.close()


async def lesson():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    await client(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()


asyncio.run(lesson())
