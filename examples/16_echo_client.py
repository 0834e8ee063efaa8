# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Clients of the echo server, first one, then thirty: 16_echo_client.py [PORT]"""

import asyncio
import sys

from seconds import now, since

CLIENTS = 30


async def echo_client(port, message):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(message.encode())
    await writer.drain()
    reply = await reader.read(100)
    writer.close()
    await writer.wait_closed()
    return reply.decode()


async def one(port):
    reply = await echo_client(port, "hello")
    print(f"Sent: hello\nReceived: {reply}")


async def thirty(port):
    begin = now()
    messages = [f"hello {i}" for i in range(CLIENTS)]
    replies = await asyncio.gather(
        *[echo_client(port, message) for message in messages])
    right = sum(map(str.__eq__, messages, replies))
    print(f"{CLIENTS} clients, {right} right replies: {since(begin):g} s")


async def lesson(port):
    await one(port)
    await thirty(port)


asyncio.run(lesson(int(sys.argv[1]) if len(sys.argv) > 1 else 8888))
