#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""File descriptors that run out, and connections that die."""
import select
import socket
import struct
import subprocess
import sys
import time

import harness
from harness import KIB, patience, payload, scaled, wait_until

# A client for the test to kill: it sends and receives without an end.
CLIENT = """
import socket, sys, threading
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def send():
    while True:
        sock.sendall(bytes(65536))
threading.Thread(target=send, daemon=True).start()
sock.recv(1)
print("echoed", flush=True)
while sock.recv(4096):
    pass
"""


CONFIG = """
accept_pause = 1m
listener "main" {
    listen = "127.0.0.1:0"
}
"""


class RunningOut(harness.TestCase):
    """More clients than echod has descriptors for; they stay."""

    limit = 64
    clients = 200

    def knock(self, address):
        """Clients that have sent a byte, or will once they are let in."""
        for _ in range(self.clients):
            sock = socket.socket(address.family)
            self.addCleanup(sock.close)
            sock.setblocking(False)
            sock.connect_ex(address.name)
            yield sock

    def served(self, socks, seconds):
        """Those that echod answers within some time, each with its byte."""
        poll = select.poll()
        waiting = {sock.fileno(): sock for sock in socks}
        for file in waiting:
            poll.register(file, select.POLLIN | select.POLLOUT)
        answered, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline:
            for file, event in poll.poll(50):
                if event & select.POLLIN:
                    self.assertEqual(waiting[file].recv(2), b"x")
                    answered.append(waiting[file])
                    poll.unregister(file)
                elif event & select.POLLOUT:
                    waiting[file].send(b"x")
                    poll.modify(file, select.POLLIN)
        return answered

    def run_out(self, workers):
        echod = self.start_echod(workers=workers, config=CONFIG, prefix=(
            "prlimit", f"--nofile={self.limit}:{self.limit}"))
        lines_before = len(echod.log().splitlines())
        socks = list(self.knock(echod.address))
        first = self.served(socks, patience(2))
        self.assertGreater(len(first), 10, "clients served")
        self.assertLess(len(first), self.limit, "clients served")

        cpu_before = echod.cpu_seconds()
        time.sleep(3)
        cpu = echod.cpu_seconds() - cpu_before
        self.assertLess(cpu, 0.3 * harness.SCALE, "seconds of CPU in 3 s")
        log = echod.log().splitlines()[lines_before:]
        self.assertLessEqual(len(log), 10, "\n".join(log))
        self.assertRegex("\n".join(log), r"(?i)\b(ulimit -n|LimitNOFILE)\b",
                         "the log does not say what to do")

        # Those that leave make room, at once, for as many that wait.
        for sock in first[:5]:
            sock.close()
        waiting = [sock for sock in socks if sock not in first]
        # Without that, the next look would be in a minute.
        wait_until(lambda: select.select(waiting, [], [], 0)[0], 5,
                   "a waiting client is served once another has left")
        for sock in socks:
            sock.close()
        wait_until(lambda: echod.open_files() < 40, 10, "connections go")
        self.assert_serves(echod.address)
        log = echod.log().splitlines()[lines_before:]
        self.assertLessEqual(len(log), 20, "\n".join(log))

    def setUp(self):
        super().setUp()
        self.need_tool("prlimit")
        if harness.WRAPPER:
            # valgrind accepts, closes what it got, and says EMFILE.
            self.skipTest("accept is not echod's own under "
                          + harness.WRAPPER[0])

    def test_one_worker(self):
        self.run_out(1)

    def test_two_workers(self):
        self.run_out(2)


class KilledClients(harness.TestCase):
    """64 clients die in mid-message; nothing of them stays."""

    clients = 64

    def check(self, kill_them):
        echod = self.start_echod(workers=2)
        self.assert_serves(echod.address)
        before = wait_until(self.settled(echod), 10, "connections close")
        kill_them(echod)
        wait_until(lambda: echod.open_files() <= before, 10,
                   f"echod is back to {before} open files")
        self.assert_serves(echod.address)

    def settled(self, echod):
        """A condition: the number of open files, once it stays the same."""
        counts = []

        def same():
            counts.append(echod.open_files())
            return len(counts) > 10 and len(set(counts[-10:])) == 1 \
                and counts[-1]
        return same

    def kill(self, echod):
        processes = []
        for _ in range(scaled(self.clients, least=8)):
            process = subprocess.Popen(
                [sys.executable, "-c", CLIENT, echod.address.host,
                 str(echod.address.port)], stdout=subprocess.PIPE)
            self.addCleanup(process.wait)
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.kill)
            processes.append(process)
        for process in processes:
            self.assertEqual(process.stdout.readline(), b"echoed\n")
        for process in processes:
            process.kill()

    def reset(self, echod):
        """Close with SO_LINGER 0, which resets, with echoes on the way."""
        data = payload(64 * KIB)
        socks = [self.connect(echod.address) for _ in range(self.clients)]
        for sock in socks:
            sock.setblocking(False)
        for _ in range(20):
            for sock in socks:
                try:
                    sock.send(data)
                except BlockingIOError:
                    pass
        for sock in socks:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            sock.close()

    def test_by_sigkill(self):
        self.check(self.kill)

    def test_by_reset(self):
        self.check(self.reset)


if __name__ == "__main__":
    harness.main()
