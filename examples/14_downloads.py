# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Downloads one after the other, then at the same time.

They are made by http.client, which blocks, so each is made in a thread.
"""

import asyncio
import http.client

from seconds import now, seconds, since

PATHS = ["/1000", "/20000", "/missing", "/100000"]


async def serve(reader, writer):
    """GET /1000 gets 1000 bytes, after a second."""
    request = await reader.readuntil(b"\r\n\r\n")
    path = request.split()[1].decode()
    size = int(path[1:]) if path[1:].isdigit() else 0
    await asyncio.sleep(seconds(1))
    writer.write(f"HTTP/1.1 {'200 OK' if size > 0 else '404 Not Found'}\r\n"
                 f"Content-Length: {size}\r\n\r\n".encode())
    writer.write(bytes(size))
    await writer.drain()
    writer.close()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    size = len(response.read())
    connection.close()
    return response.status, size


async def fetch(port, path):
    return await asyncio.to_thread(get, port, path)


def print_answer(path, status, size):
    print(f"{path}: {status}, {size} bytes")


async def one_after_the_other(port):
    for path in PATHS:
        print_answer(path, *await fetch(port, path))


async def at_the_same_time(port):
    answers = await asyncio.gather(*[fetch(port, path) for path in PATHS])
    for path, answer in zip(PATHS, answers):
        print_answer(path, *answer)


async def lesson():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    begin = now()
    await one_after_the_other(port)
    print(f"one after the other: {since(begin):g} s")
    begin = now()
    await at_the_same_time(port)
    print(f"at the same time: {since(begin):g} s")
    server.close()


asyncio.run(lesson())
