# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Echo servers for the tests of echo-client: one that is right, and many that
are wrong in one way each.

A behaviour is a function that gets one connection and returns when it is done
with it; Server then closes the connection.
"""

import os
import socket
import struct
import tempfile
import threading

CHUNK = 65536


def received(sock):
    """Yields what comes in until the end of the stream."""
    while True:
        data = sock.recv(CHUNK)
        if not data:
            return
        yield data


def receive_all(sock):
    return b"".join(received(sock))


def receive_exactly(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            break
        data += part
    return data


def echo(sock):
    for data in received(sock):
        sock.sendall(data)


def altered(offset, change):
    """Echoes, but has the byte at an offset of the stream replaced."""

    def behave(sock):
        position = 0
        for data in received(sock):
            at = offset - position
            position += len(data)
            if 0 <= at < len(data):
                data = data[:at] + change(data[at:at + 1]) + data[at + 1:]
            sock.sendall(data)

    return behave


def dropping(offset):
    return altered(offset, lambda byte: b"")


def doubling(offset):
    return altered(offset, lambda byte: byte * 2)


def flipping(offset):
    return altered(offset, lambda byte: bytes([byte[0] ^ 1]))


def swapping(offset):
    """Exchanges the byte at an offset with the next, once all is there."""

    def behave(sock):
        data = receive_all(sock)
        pair = data[offset:offset + 2]
        sock.sendall(data[:offset] + pair[::-1] + data[offset + 2:])

    return behave


def drop(data, at):
    return data[:at] + data[at + 1:]


def double(data, at):
    return data[:at + 1] + data[at:]


def swap(data, at):
    return data[:at] + data[at + 1:at + 2] + data[at:at + 1] + data[at + 2:]


class Changing:
    """Changes each piece of a size, where its bytes are whatever they are: at
    the first place from an offset on that differs from the next, so that the
    change can be seen."""

    def __init__(self, size, offset, change):
        self.size = size
        self.offset = offset
        self.change = change
        self.places = []

    def __call__(self, sock):
        while len(data := receive_exactly(sock, self.size)) == self.size:
            at = self.offset
            while data[at] == data[at + 1]:
                at += 1
            self.places.append(at)
            sock.sendall(self.change(data, at))


def silent(sock):
    for _ in received(sock):
        pass


class Mute:
    """Reads, and keeps the connection open until it is released."""

    def __init__(self):
        self.released = threading.Event()

    def __call__(self, sock):
        silent(sock)
        self.released.wait(120)


def reset(sock):
    """Has close() send a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))


def closing_after(size):
    """Echoes some bytes, reads the rest and closes."""

    def behave(sock):
        left = size
        while left > 0 and (data := sock.recv(min(left, CHUNK))):
            sock.sendall(data)
            left -= len(data)
        sock.shutdown(socket.SHUT_WR)
        silent(sock)

    return behave


def closing_early(size):
    """Echoes that much of what comes first, and closes."""

    def behave(sock):
        sock.sendall(sock.recv(CHUNK)[:size])

    return behave


def resetting_after(size):
    def behave(sock):
        receive_exactly(sock, size)
        reset(sock)

    return behave


def greeting(text):
    def behave(sock):
        sock.sendall(text)
        echo(sock)

    return behave


# Of TLS: fatal, unexpected message.
ALERT = bytes((0x15, 3, 3, 0, 2, 2, 10))


def answering(text):
    """Sends that for the first that comes."""

    def behave(sock):
        if sock.recv(CHUNK):
            sock.sendall(text)

    return behave


# Speaks TLS, and says so to who does not.
refusing = answering(ALERT)


def adding(text):
    """Echoes everything and sends more at the end."""

    def behave(sock):
        echo(sock)
        sock.sendall(text)

    return behave


def adding_after(size, text):
    """Sends more after so many bytes, while the client goes on."""

    def behave(sock):
        sock.sendall(receive_exactly(sock, size) + text)
        echo(sock)

    return behave


class Holding:
    """Echoes, says so, but keeps the connection open until it is released."""

    def __init__(self):
        self.echoed = threading.Event()
        self.released = threading.Event()

    def __call__(self, sock):
        echo(sock)
        self.echoed.set()
        self.released.wait(120)


class Pausing:
    """Echoes so many bytes, then says so and waits until it is released."""

    def __init__(self, size):
        self.size = size
        self.reached = threading.Event()
        self.released = threading.Event()

    def __call__(self, sock):
        sock.sendall(receive_exactly(sock, self.size))
        self.reached.set()
        self.released.wait(120)
        echo(sock)


class Noting:
    """Echoes, and says when so many bytes have come."""

    def __init__(self, size):
        self.size = size
        self.reached = threading.Event()

    def __call__(self, sock):
        count = 0
        for data in received(sock):
            sock.sendall(data)
            count += len(data)
            if count >= self.size:
                self.reached.set()


def repeating(size):
    """Answers each piece of a size with the one before it."""

    def behave(sock):
        previous = receive_exactly(sock, size)
        sock.sendall(previous)
        while True:
            data = receive_exactly(sock, size)
            if not data:
                return
            sock.sendall(previous)
            previous = data

    return behave


class Server:
    """Runs a behaviour for each connection, in a thread of its own."""

    def __init__(self, behaviour=echo, family=socket.AF_INET):
        self.behaviour = behaviour
        self.folder = None
        self.listener = socket.socket(family)
        if family == socket.AF_UNIX:
            self.folder = tempfile.TemporaryDirectory()
            self.address = os.path.join(self.folder.name, "echo.sock")
            self.listener.bind(self.address)
            self.address = "unix:" + self.address
        elif family == socket.AF_INET6:
            self.listener.bind(("::1", 0))
            self.address = f"[::1]:{self.listener.getsockname()[1]}"
        else:
            self.listener.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:" + str(self.listener.getsockname()[1])
        self.listener.listen(1024)
        self.threads = []
        self.acceptor = threading.Thread(target=self.accept, daemon=True)

    @property
    def port(self):
        return int(self.address.rpartition(":")[2])

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(sock,),
                                      daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, sock):
        with sock:
            try:
                self.behaviour(sock)
            except OSError:
                pass  # the client is free to go at any time

    def __enter__(self):
        self.acceptor.start()
        return self

    def __exit__(self, *_):
        # close() alone leaves a thread waiting in accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join(30)
        for thread in self.threads:
            thread.join(30)
        if self.folder:
            self.folder.cleanup()


class Unanswering:
    """An address whose connections are never established: a full queue."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.address = "127.0.0.1:" + str(self.listener.getsockname()[1])
        self.fillers = []
        while len(self.fillers) < 32:
            filler = socket.socket()
            filler.settimeout(0.2)
            self.fillers.append(filler)
            try:
                filler.connect(self.listener.getsockname())
            except TimeoutError:
                return self
        raise AssertionError("the queue of a listener never filled up")

    def __exit__(self, *_):
        for filler in self.fillers:
            filler.close()
        self.listener.close()


class Refusing:
    """A port that is taken, but on which nobody listens."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:" + str(self.socket.getsockname()[1])
        return self

    def __exit__(self, *_):
        self.socket.close()
