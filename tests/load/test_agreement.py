#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load's closed loop agrees with others' measurements of the same: that
of bench/pingpong, which is bare epoll and shares no code of measuring with it,
and that of sockperf, with servers of the same kind.

The rounds take turns, and there are as many of them as it takes, up to a
limit, for the medians to be close: this is no benchmark.

The variables are those of load_program.py.
"""

import json
import os
import re
import socket
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from load_program import Case, harness  # noqa: E402
import tls_servers  # noqa: E402

BENCH = os.path.join(os.environ.get("top_builddir", "."), "bench")
SIZE = 64
SECONDS = 0.25
LEAST_ROUNDS, MOST_ROUNDS = 3, 15
CLOSE = 1.5


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


class Listening:
    """A server, until the end of the test."""

    def __init__(self, case, *command):
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        case.addCleanup(self.end)

    def end(self):
        self.process.kill()
        self.process.communicate()


class Agreement(Case):
    def setUp(self):
        super().setUp()
        server = Listening(self, os.path.join(BENCH, "epoll-echo"))
        self.address = server.process.stdout.readline().strip()

    def output(self, *command):
        done = subprocess.run(list(map(str, command)), check=False, text=True,
                              timeout=harness.patience(60),
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def own(self, connections):
        """Messages a second, and nanoseconds of the median."""
        report = self.measure("--connections", connections, "--size", SIZE,
                              "--duration", SECONDS, self.address)
        self.assertEqual(report.errors(), {})
        return (report.counters["messages_received"] /
                report.run["measured"], report.times["service"]["p50"])

    def agree(self, own, other, least=LEAST_ROUNDS, most=MOST_ROUNDS):
        """The ratios of rates and of medians come close to 1."""
        ratios = []
        for number in range(1, most + 1):
            ratios.append([ours / theirs
                           for ours, theirs in zip(own(), other())])
            rate, median = map(statistics.median, zip(*ratios))
            if number >= least and all(
                    1 / CLOSE < ratio < CLOSE for ratio in (rate, median)):
                print(f"{number} rounds: rate {rate:.2f}, median "
                      f"{median:.2f} of the other's")
                return
        self.fail(f"rates and medians to the other's: {ratios}")

    def check_directly(self, connections):
        def direct():
            # A server that is there already, by the way it is told of one.
            figures = json.loads(self.output(
                os.path.join(BENCH, "pingpong"), "--json", "--rounds", 1,
                "--connections", connections, "--size", SIZE, "--duration",
                SECONDS, "--turn", SECONDS, "--generator-cpu", -1,
                f"sh -c 'echo {self.address}; exec sleep 60'"))
            return (figures["messages"] / figures["seconds"],
                    figures["latencies"][0])

        self.agree(lambda: self.own(connections), direct)

    def test_one_connection_measured_directly(self):
        self.check_directly(1)

    def test_many_connections_measured_directly(self):
        self.check_directly(50)

    def start_sockperf(self):
        """Its server, which waits by epoll where it has several sockets; its
        port."""
        ports = [free_port(), free_port()]
        with open(self.path("feed"), "w", encoding="ascii") as feed:
            feed.writelines(f"T:127.0.0.1:{port}\n" for port in ports)
        server = Listening(self, "sockperf", "server", "-f",
                           self.path("feed"), "-F", "epoll")
        harness.wait_until(
            lambda: tls_servers.listening_port(server.process.pid), 10,
            "sockperf's server")
        return ports[0]

    def test_sockperf(self):
        """Its messages have a header of its own, and so it has its own
        server."""
        self.need_tool("sockperf")
        port = self.start_sockperf()

        def sockperf():
            told = self.output(
                "sockperf", "ping-pong", "--tcp", "-i", "127.0.0.1", "-p",
                port, "--msg-size", SIZE, "--time", 1, "--full-rtt")
            seconds, messages = re.search(
                r"Valid Duration\] RunTime=([\d.]+) sec; SentMessages=(\d+)",
                told).groups()
            median = re.search(r"percentile 50.000 = +([\d.]+)", told)
            return int(messages) / float(seconds), float(median[1]) * 1e3

        # A round of sockperf takes some seconds.
        self.agree(lambda: self.own(1), sockperf, 1, 5)


if __name__ == "__main__":
    harness.main()
