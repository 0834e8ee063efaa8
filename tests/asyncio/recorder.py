# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""A connection that notes what its protocol is called with."""

import asyncio
import socket

from trace import new_future, spell


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
