#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Other people's clients, and echo-client, against echod."""
import asyncio
import os
import pathlib
import pty
import shlex
import socket
import subprocess

import harness
from harness import KIB, MIB, patience, payload, scaled

ECHO_CLIENT = harness.find_program(
    "echo-client", "src/client", "ECHO_CLIENT")

# Each takes its standard input to echod, and what comes back to its standard
# output.  {host} and {port}, {path} and {size} are filled in.
PEERS = {
    ("nc", "IP"): "nc -N {host} {port}",
    ("nc", "Unix"): "nc -N -U {path}",
    ("ncat", "IP"): "ncat {host} {port}",
    ("ncat", "Unix"): "ncat -U {path}",
    ("socat", "IP"): "socat -b 65536 -t 60 - TCP:{socat_host}:{port}",
    ("socat", "Unix"): "socat -b 65536 -t 60 - UNIX-CONNECT:{path}",
    # bash can't shut down one side, so it counts instead.
    ("bash", "IP"): "bash -c 'exec 3<>/dev/tcp/{host}/{port}; "
                    "head -c {size} <&3 & cat >&3; wait'",
    ("echo-client", "IP"): "{echo_client} {address}",
    ("echo-client", "Unix"): "{echo_client} {address}",
}


async def echo_streams(address, data):
    """What asyncio's streams get back for data."""
    if address.family == socket.AF_UNIX:
        reader, writer = await asyncio.open_unix_connection(address.name)
    else:
        reader, writer = await asyncio.open_connection(*address.name)

    async def send():
        for start in range(0, len(data), 64 * KIB):
            writer.write(data[start:start + 64 * KIB])
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    echo = await reader.read(-1)
    await sending
    writer.close()
    await writer.wait_closed()
    return echo


class Peers(harness.TestCase):
    deadline = 120

    def setUp(self):
        super().setUp()
        self.echod = self.start_echod(listen=self.everywhere())

    def command(self, peer, address, size):
        """The peer's command line for an address, or None."""
        if address.family == socket.AF_UNIX:
            fields = {"path": address.name}
            template = PEERS.get((peer, "Unix"))
        else:
            fields = {"host": address.host, "port": address.port,
                      "socat_host": address.text.rpartition(":")[0]}
            template = PEERS.get((peer, "IP"))
        return template and template.format(
            size=size, address=address.text,
            echo_client=shlex.quote(ECHO_CLIENT or ""), **fields)

    def check_peer(self, peer):
        """Short text, 1 MiB and 100 MiB, at each kind of address."""
        for data in (b"hello\n", payload(scaled(MIB)),
                     payload(scaled(100 * MIB))):
            pathlib.Path(self.path("sent")).write_bytes(data)
            for address in self.echod.addresses:
                command = self.command(peer, address, len(data))
                if command:
                    with self.subTest(address=address.text, size=len(data)):
                        self.assert_same(self.run_peer(command), data, command)

    def run_peer(self, command):
        """What the command gets back for the file "sent"."""
        with open(self.path("sent"), "rb") as sent, \
                open(self.path("got"), "wb") as got:
            status = harness.run_shell(command, 30, stdin=sent, stdout=got)
        self.assertEqual(status, 0, f"exit status of {command}")
        return pathlib.Path(self.path("got")).read_bytes()

    def test_nc(self):
        self.need_tool("nc")
        self.check_peer("nc")

    def test_ncat(self):
        self.need_tool("ncat")
        self.check_peer("ncat")

    def test_socat(self):
        self.need_tool("socat")
        self.check_peer("socat")

    def test_bash(self):
        self.need_tool("bash")
        self.check_peer("bash")

    def test_echo_client(self):
        self.assertTrue(ECHO_CLIENT, "echo-client not found: run this from "
                        "the build directory, or set ECHO_CLIENT")
        self.check_peer("echo-client")

    def test_asyncio(self):
        for size in (6, scaled(MIB), scaled(100 * MIB)):
            data = payload(size)
            for address in self.echod.addresses:
                with self.subTest(address=address.text, size=size):
                    echo = asyncio.run(asyncio.wait_for(
                        echo_streams(address, data), patience(30)))
                    self.assert_same(echo, data, "asyncio")


class Telnet(harness.TestCase):
    """
    telnet ends each line with CR LF on the wire and loses its place in very
    long texts, so it gets short ones, and only its printable bytes count.
    """

    def setUp(self):
        super().setUp()
        self.need_tool("telnet")
        self.echod = self.start_echod(listen=self.everywhere(unix=False))

    def start_telnet(self, address, **pipes):
        telnet = subprocess.Popen(
            ["telnet", address.host, str(address.port)],
            env={**os.environ, "TERM": "dumb"}, **pipes)
        self.addCleanup(telnet.wait)
        self.addCleanup(telnet.kill)
        return telnet

    def read_until(self, file, end):
        """Reads from a file descriptor until end has come."""
        text = b""
        while end not in text:
            try:
                part = os.read(file, 64 * KIB)
            except OSError:  # the terminal's other side is gone
                part = b""
            if not part:
                self.fail(f"telnet ended; expected {end!r}, got {text!r}")
            text += part
        return text

    def test_text_through_a_pipe(self):
        text = b"".join(b"line %d of a short text\n" % i for i in range(500))
        for address in self.echod.addresses:
            telnet = self.start_telnet(
                address, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(telnet.stdin.close)
            self.addCleanup(telnet.stdout.close)
            output = telnet.stdout.fileno()
            self.read_until(output, b"Escape character is '^]'.\n")
            telnet.stdin.write(text)
            telnet.stdin.flush()
            echo = self.read_until(output, b"line 499 of a short text\n")
            self.assert_same(echo, text, "telnet")

    def test_hello_at_a_terminal(self):
        for address in self.echod.addresses:
            terminal, inner = pty.openpty()
            self.addCleanup(os.close, terminal)
            telnet = self.start_telnet(
                address, stdin=inner, stdout=inner, stderr=inner)
            os.close(inner)
            self.read_until(terminal, b"Escape character is '^]'.\r\n")
            os.write(terminal, b"hello\n")
            # Once from the terminal, once from echod.
            self.read_until(terminal, b"hello\r\nhello\r\n")
            os.write(terminal, b"\x1d")
            self.read_until(terminal, b"telnet> ")
            os.write(terminal, b"quit\n")
            self.read_until(terminal, b"Connection closed.")
            self.assertEqual(telnet.wait(patience(5)), 0)


if __name__ == "__main__":
    harness.main()
