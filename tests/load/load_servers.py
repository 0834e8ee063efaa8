# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Echo servers for the tests of echo-load, beside those that echo-client's
tests have: some are wrong in one way each, some keep what they were sent, and
some are slow.

A behaviour is what echo_servers.Server takes.
"""

import os
import queue
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "client"))
from echo_servers import (  # noqa: E402,F401 pylint: disable=unused-import
    Refusing, Server, Unanswering, closing_after, double, drop, echo, greeting,
    receive_exactly, received, refusing, reset, silent, swap)

# "echo", the size, the connection, the message, and when it was due.
HEADER = struct.Struct("<4sIQQQ")


def messages(sock, size):
    """Yields whole messages until the end of the stream."""
    while len(data := receive_exactly(sock, size)) == size:
        yield data


class Recording:
    """Echoes, and keeps what each connection sent, and when."""

    def __init__(self):
        self.streams = []
        self.arrivals = []  # of what was received at a time
        self.begun = threading.Event()

    def __call__(self, sock):
        stream = bytearray()
        for data in received(sock):
            self.arrivals.append(time.monotonic())
            if not stream:
                self.streams.append(stream)
            stream += data
            self.begun.set()
            sock.sendall(data)

    def size(self):
        return sum(len(stream) for stream in self.streams)

    def headers(self, size):
        """(connection, message, due) of all messages, as they were due."""
        found = []
        for stream in self.streams:
            for at in range(0, len(stream) - size + 1, size):
                word, told, *rest = HEADER.unpack_from(stream, at)
                assert (word, told) == (b"echo", size), stream[at:at + 32]
                found.append(tuple(rest))
        return sorted(found, key=lambda header: header[2])


class Wrong:
    """Has an answer made of each message by its number on the connection,
    and keeps the first that differs from it: offset, and both bytes."""

    def __init__(self, size, answer):
        self.size = size
        self.answer = answer
        self.first = None

    def note(self, number, sent, answer):
        for at, (right, wrong) in enumerate(zip(sent, answer)):
            if right != wrong and self.first is None:
                self.first = number * self.size + at, right, wrong

    def __call__(self, sock):
        for number, data in enumerate(messages(sock, self.size)):
            answer = self.answer(number, data)
            self.note(number, data, answer)
            sock.sendall(answer)


def repeating(size, number):
    """Answers one message by the one before it."""
    earlier = {}

    def answer(at, data):
        earlier[at] = data
        return earlier[at - 1] if at == number else data

    return Wrong(size, answer)


class Crossing:
    """Answers each of two connections by what the other one sent."""

    def __init__(self, size):
        self.size = size
        self.barrier = threading.Barrier(2)
        self.sent = {}

    def __call__(self, sock):
        own = receive_exactly(sock, self.size)
        if not own:
            return  # somebody looked whether we are here
        self.sent[sock.fileno()] = own
        self.barrier.wait(60)
        sock.sendall(next(data for data in self.sent.values()
                          if data != own))
        silent(sock)


class Guessing(Wrong):
    """Answers a message before its last byte was received, which it takes to
    be a question mark."""

    def __init__(self, size):
        super().__init__(size, None)

    def __call__(self, sock):
        number = 0
        while len(data := receive_exactly(sock, self.size - 1)) > 0:
            sock.sendall(data + b"?")
            data += receive_exactly(sock, 1)
            self.note(number, data, data[:-1] + b"?")
            number += 1


def foreseeing(stream, size):
    """Answers the second message with the first; stream is what another run
    with the same seed has sent."""

    def behave(sock):
        receive_exactly(sock, size)
        sock.sendall(stream[:2 * size])
        silent(sock)

    return behave


def ending_after(size, count, end=None):
    """Echoes so many messages, and then ends the connection in one way."""

    def behave(sock):
        for number, data in enumerate(messages(sock, size)):
            if number == count:
                break
            sock.sendall(data)
        if end:
            end(sock)

    return behave


def truncating(size, number):
    """Leaves the last byte of a message out, and ends the stream."""

    def behave(sock):
        for at, data in enumerate(messages(sock, size)):
            if at == number:
                sock.sendall(data[:-1])
                return
            sock.sendall(data)

    return behave


def slow(seconds):
    """Waits before each echo."""

    def behave(sock):
        for data in received(sock):
            time.sleep(seconds)
            sock.sendall(data)

    return behave


class Delayed:
    """Echoes a while after a message has come, and each so-manieth of a
    connection's later than the others."""

    def __init__(self, size, usual, late, every, answer=bytes):
        self.size = size
        self.usual = usual
        self.late = late
        self.every = every
        self.answer = answer

    def __call__(self, sock):
        for number, data in enumerate(messages(sock, self.size), 1):
            due = time.monotonic() + (self.usual if number % self.every
                                      else self.late)
            data = self.answer(data)
            time.sleep(max(due - time.monotonic(), 0))
            sock.sendall(data)


class Limited:
    """Echoes of all connections, one message after the other, each of which
    takes a while."""

    def __init__(self, size, seconds):
        self.size = size
        self.seconds = seconds
        self.waiting = queue.SimpleQueue()
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        free = time.monotonic()
        while True:
            sock, data = self.waiting.get()
            # What oversleeping takes is made good by the next messages.
            free = max(free, time.monotonic() - 0.05) + self.seconds
            time.sleep(max(free - time.monotonic(), 0))
            try:
                sock.sendall(data)
            except OSError:
                pass  # the connection has gone meanwhile

    def __call__(self, sock):
        for data in messages(sock, self.size):
            self.waiting.put((sock, data))


class Unaccepting:
    """Its connections are established, but nobody takes them."""

    def __init__(self):
        self.server = Server()
        self.address = self.server.address

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.listener.close()
