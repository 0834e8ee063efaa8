# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""An echo server, until Ctrl-C: 15_echo_server.py [PORT]"""

import asyncio
import os
import sys

from seconds import seconds


async def handle_echo(reader, writer):
    data = await reader.read(100)
    host, port = writer.get_extra_info("peername")
    print(f"Received '{data.decode()}' from {host}:{port}")

    await asyncio.sleep(seconds(1))
    writer.write(data)
    await writer.drain()
    writer.close()


def print_address(server):
    host, port = server.sockets[0].getsockname()
    print(f"Serving on {host}:{port}")


async def serve(port):
    server = await asyncio.start_server(handle_echo, "127.0.0.1", port)
    print_address(server)
    async with server:
        await server.serve_forever()


async def supervise(port):
    """Ctrl-C cancels this task, which passes it on to what it awaits."""
    serving = asyncio.create_task(serve(port), name="serving")
    try:
        await serving
    except asyncio.CancelledError:
        print("Stopped")
        raise
    except OSError:
        print("Failed:", os.strerror(serving.exception().errno))
        raise SystemExit(1)


try:
    asyncio.run(supervise(int(sys.argv[1]) if len(sys.argv) > 1 else 8888))
except KeyboardInterrupt:
    print("Bye")
