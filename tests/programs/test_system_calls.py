#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What a message costs in system calls: wait, receive, send."""
import pathlib
import re
import signal
import subprocess

import harness
from harness import patience, wait_until

MESSAGES = 2000
WAIT = ("epoll_wait", "epoll_pwait", "epoll_pwait2")
RECEIVE = ("read", "readv", "recvfrom", "recvmsg")
SEND = ("write", "writev", "sendto", "sendmsg")


class SystemCalls(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need_tool("strace")
        if harness.WRAPPER:
            self.skipTest("system calls are not echod's own under "
                          + harness.WRAPPER[0])

    def attach(self, echod):
        """strace, once it has hold of every thread."""
        messages = pathlib.Path(self.path("strace.log"))
        with open(messages, "wb") as log:
            strace = subprocess.Popen(
                ["strace", "-f", "-c", "-o", self.path("counts"),
                 "-p", str(echod.pid)], stderr=log)
        self.addCleanup(strace.wait)
        self.addCleanup(strace.kill)
        wait_until(lambda: "attached" in messages.read_text()
                   or strace.poll() is not None, 10, "strace attaches")
        text = messages.read_text()
        self.need("Operation not permitted" not in text,
                  "strace is not permitted to attach")
        self.assertIsNone(strace.poll(), text)
        return strace

    def count(self, strace):
        """Ends strace; how often each system call was made."""
        strace.send_signal(signal.SIGINT)
        strace.wait(patience(10))
        table = pathlib.Path(self.path("counts")).read_text()
        print(table, flush=True)
        return {name: int(calls) for calls, name in re.findall(
            r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", table, re.M)
            if name != "total"}

    def ping_pong(self, sock, messages):
        for i in range(messages):
            message = b"%064d" % i
            sock.sendall(message)
            self.assert_same(harness.receive(sock, 64), message)

    def test_three_a_message(self):
        echod = self.start_echod(workers=1)
        sock = self.connect(echod.address)
        self.ping_pong(sock, 100)
        strace = self.attach(echod)
        self.ping_pong(sock, MESSAGES)
        calls = self.count(strace)

        # Switches by ucontext read and set the mask of signals.
        calls.pop("rt_sigprocmask", None)
        few = MESSAGES // 50
        for names in (WAIT, RECEIVE, SEND):
            self.assertAlmostEqual(
                sum(calls.get(name, 0) for name in names), MESSAGES,
                delta=few, msg=" or ".join(names))
        self.assertLessEqual(calls.get("epoll_ctl", 0), 5, "epoll_ctl")
        self.assertLessEqual(sum(calls.values()), 3 * MESSAGES + 3 * few)


if __name__ == "__main__":
    harness.main()
