# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Running echo-client in tests, and judging what it did.

ECHO_CLIENT     the program (default: src/client/echo-client)
CLIENT_WRAPPER  what it is run by, such as "valgrind -q"
TEST_SCALE      how much slower than usual it is then (default: 1)
"""

import os
import re
import shlex
import signal
import subprocess
import time
import unittest

CLIENT = os.environ.get("ECHO_CLIENT") or "src/client/echo-client"
WRAPPER = shlex.split(os.environ.get("CLIENT_WRAPPER", ""))

SCALE = float(os.environ.get("TEST_SCALE", "1"))

# Only reached when something hangs.
DEADLINE = 300 * SCALE

# For --timeout where it is to pass, but not before the client is at work.
TIMEOUT_MS = int(500 * min(SCALE, 4))
TIMEOUT = f"{TIMEOUT_MS}ms"
# The same as the client writes it.
LIMIT = TIMEOUT if TIMEOUT_MS % 1000 else f"{TIMEOUT_MS // 1000}s"

GOOD, WRONG, UNREACHABLE, USAGE = 0, 1, 2, 3

# Of an echo that is numbered.
LINE = re.compile(r"(\d+) bytes from (\S+): seq=(\d+) time=(\d+\.?\d*) ms")

MIB = 1 << 20
# Tools that slow the client down look at each byte just as well in fewer.
HUGE = 100 * MIB if SCALE == 1 else 16 * MIB


def own_signals():
    """A child of a test in the background ignores SIGINT otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*arguments, **options):
    settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE, "preexec_fn": own_signals}
    settings.update(options)
    return subprocess.Popen([*WRAPPER, CLIENT, *arguments], **settings)


def interrupt(client):
    """
    SIGINT, once the client waits: what ThreadSanitizer gets while a task runs
    it keeps for that task, which may be waiting for just this signal then.
    """
    deadline = time.monotonic() + 5 * SCALE
    while time.monotonic() < deadline:
        with open(f"/proc/{client.pid}/wchan", encoding="ascii") as where:
            if re.search("epoll|ep_poll", where.read()):
                break
        time.sleep(0.001)
    client.send_signal(signal.SIGINT)


def run(*arguments, **options):
    """Runs the client to its end; stdin may be bytes."""
    data = options.pop("stdin", None)
    if isinstance(data, bytes):
        options["stdin"] = subprocess.PIPE
    elif data is not None:
        options["stdin"] = data
        data = None
    with start(*arguments, **options) as client:
        try:
            client.out, client.err = client.communicate(data, DEADLINE)
        except subprocess.TimeoutExpired:
            client.kill()
            raise
    client.err = own_words(client.err)
    return client


def own_words(err):
    """Standard error without the lines of valgrind: its exit status tells."""
    return re.sub(r"(?m)^==\d+==.*\n", "", (err or b"").decode())


def pattern(size):
    """Bytes that repeat nowhere within a length of any interest."""
    block = bytes(range(256)) * 255 + bytes(range(251))
    return (block * (size // len(block) + 1))[:size]


class Case(unittest.TestCase):
    maxDiff = None

    def check(self, client, status, out=None, err=None):
        shown = f"stdout {client.out!r:.300}\nstderr {client.err}"
        self.assertEqual(client.returncode, status, shown)
        if out is not None:
            self.assertEqual(client.out, out, shown)
        if err is not None:
            self.assertEqual(client.err, err)
