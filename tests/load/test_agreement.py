#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load's closed loop agrees with others' measurements of the same: that
of a client here, that of bench/pingpong, which is bare epoll, and that of
sockperf. None of them shares code of measuring with it.

First all measure at the same time a server that takes its time, beside which
the machine's noise is small; so they have to agree closely. Then they take
turns at servers as quick as can be, and agree within that noise.

The variables are those of load_program.py.
"""

import collections
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import agreement  # noqa: E402
from load_program import (  # noqa: E402
    Case, FAILED, GOOD, finish, harness, Report, start)
from load_servers import Delayed, Server, receive_exactly  # noqa: E402
import tls_servers  # noqa: E402

BENCH = os.path.join(os.environ.get("top_builddir", "."), "bench")
SIZE = 64

# Of the server that takes its time.
USUAL, LATE, EVERY = 0.004, 0.020, 50
CLOSE = 1.1
ATTEMPTS = 6
# The share of an attempt for which its programs may wait for a processor.
QUIET = 0.02

# Of the quick ones: how long a round is, and how long rounds go on.
ROUND = 0.1
DIRECTLY, SOCKPERF = 4, 11


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def on_processor(number):
    """Has a child run there, as programs that the scheduler moves between
    processors are at times twice as quick as at others."""
    processors = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {processors[number]})


def waited(who):
    """Seconds that a process was ready, and had no processor; also when it has
    ended, until its status is taken."""
    with open(f"/proc/{who}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


class Child:
    """A program, until the end of the test."""

    def __init__(self, case, *command, processor=None):
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
            preexec_fn=None if processor is None else on_processor(processor))
        case.addCleanup(self.end)

    def finish(self):
        """What it prints until its end."""
        harness.wait_until(
            lambda: os.waitid(os.P_PID, self.process.pid,
                              os.WEXITED | os.WNOWAIT | os.WNOHANG),
            60, "the end of a program")
        self.waited = waited(self.process.pid)
        return self.process.communicate()[0]

    def end(self):
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


class Sockperf(Child):
    """Its client, that needs some seconds before it begins."""

    def __init__(self, case, port, seconds, processor=None):
        super().__init__(case, "sockperf", "ping-pong", "--tcp", "-i",
                         "127.0.0.1", "-p", port, "--msg-size", SIZE,
                         "--time", seconds, "--full-rtt", "--no-rdtsc",
                         processor=processor)

    def wait_for(self, text):
        told = ""
        for line in self.process.stdout:
            told += line
            if text in line:
                return
        raise AssertionError(f"sockperf has ended: {told}")

    def figures(self):
        """Messages a second, and nanoseconds of two percentiles."""
        told = self.finish()
        found = re.search(r"Valid Duration\] RunTime=([\d.]+) sec; "
                          r"SentMessages=(\d+)", told)
        if "No valid observations found" in told and self.waited > QUIET:
            raise unittest.SkipTest(
                "the machine is too busy to tell: sockperf had no turn")
        if not found:
            raise AssertionError(f"sockperf has no figures: {told}")
        times = [float(re.search(rf"percentile {percent} = +([\d.]+)",
                                 told)[1]) * 1e3
                 for percent in ("50.000", "99.000")]
        return [int(found[2]) / float(found[1]), *times]


def answered_by_sockperf(data):
    """The message as sockperf's server returns it: a bit of its header says
    that it comes from the client."""
    return data[:9] + bytes([data[9] & ~1]) + data[10:]


def measured_here(address, seconds):
    """What a client of a few lines finds: rate and percentiles."""
    host, _, port = address.rpartition(":")
    times = []
    with socket.create_connection((host, int(port))) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = now = time.perf_counter_ns()
        while now - begun < seconds * 1e9:
            sent = time.perf_counter_ns()
            sock.sendall(bytes(SIZE))
            receive_exactly(sock, SIZE)
            now = time.perf_counter_ns()
            times.append(now - sent)
    times.sort()
    return [len(times) / (now - begun) * 1e9, times[len(times) // 2],
            times[len(times) * 99 // 100]]


class Result(threading.Thread):
    """What a function returns that runs in a thread, and how long that waited
    for a processor."""

    def __init__(self, function, *arguments):
        super().__init__()
        self.function = function
        self.arguments = arguments
        self.start()

    def run(self):
        self.result = self.function(*self.arguments)
        self.waited = waited("thread-self")

    def wait(self):
        self.join()
        return self.result


class Agreement(Case):
    def setUp(self):
        super().setUp()
        if not os.path.exists("/proc/self/schedstat"):
            self.skipTest("the kernel does not tell who waits")

    def own_figures(self, load):
        """Of a run that has finished: rate and percentiles."""
        self.check(load, GOOD)
        report = Report(load)
        self.assertEqual(report.errors(), {})
        service = report.times["service"]
        return [report.counters["messages_received"] /
                report.run["measured"], service["p50"], service["p99"]]


class Slow(Agreement):
    SECONDS = 2

    def setUp(self):
        super().setUp()
        self.need_tool("sockperf")
        self.server = self.serve()
        self.sockperf_server = self.serve(answered_by_sockperf)

    def serve(self, answer=bytes):
        server = Server(Delayed(SIZE, USUAL, LATE, EVERY, answer))
        self.addCleanup(server.__exit__)
        return server.__enter__()

    def measure_at_once(self):
        """What all find at the same time, by name, and the share of the time
        that was waited for a processor."""
        sockperf = Sockperf(self, self.sockperf_server.port, self.SECONDS)
        sockperf.wait_for("Starting test")
        before = waited(sockperf.process.pid)
        load = start("--json", "--connections", 1, "--size", SIZE,
                     "--duration", self.SECONDS, self.server.address)
        direct = Result(measured_here, self.server.address, self.SECONDS)
        found = {"echo-load": self.own_figures(finish(load)),
                 "sockperf": sockperf.figures(), "directly": direct.wait()}
        return found, max(sockperf.waited - before,
                          direct.waited) / self.SECONDS

    def check_possible(self, found):
        """Nobody has seen an echo before the server's timer let it go."""
        for name, (rate, middle, tail) in found.items():
            # Three digits, and the ends of the time that is measured.
            self.assertGreater(middle, USUAL * 1e9 * 0.998, name)
            self.assertGreater(tail, LATE * 1e9 * 0.998, name)
            least = ((EVERY - 1) * USUAL + LATE) / EVERY
            self.assertLess(rate, 1 / least * 1.05, name)

    def test_a_slow_server_is_found_as_slow_by_all(self):
        """All attempts are looked at, as something may hold one of the
        programs up in any of them; that cannot bring them together."""
        attempts, least = [], 1
        for _ in range(ATTEMPTS):
            found, busy = self.measure_at_once()
            print(found, f"waited for a processor: {busy:.1%}")
            self.check_possible(found)
            attempts.append(max(max(figures) / min(figures)
                                for figures in zip(*found.values())))
            if attempts[-1] < CLOSE:
                return
            least = min(least, busy)
        differ = f"echo-load, sockperf and a client differ by {attempts}"
        if least > QUIET:
            self.skipTest(f"the machine is too busy to tell: {differ}")
        self.fail(differ)


class Quick(Agreement):
    def setUp(self):
        super().setUp()
        server = Child(self, os.path.join(BENCH, "epoll-echo"), processor=0)
        self.address = server.process.stdout.readline().strip()
        self.servers = [server.process]

    def own(self, connections):
        """Messages a second, and nanoseconds of the median."""
        for _ in range(ATTEMPTS):
            load = finish(start(
                "--json", "--connections", connections, "--size", SIZE,
                "--duration", ROUND, "--warm-up", 0, self.address,
                preexec_fn=on_processor(-1)))
            # It may not have had the processor for as long as a round is.
            if (load.returncode, load.err) != (FAILED, ""):
                break
        return self.own_figures(load)[:2]

    def servers_waited(self):
        return sum(waited(server.pid) for server in self.servers)

    def turns(self, take_turns, other_seconds):
        """Adds to what each yields, figures and the other's program, how much
        of the time was waited for a processor by server or program."""
        before = self.servers_waited()
        for own, other, child in take_turns:
            after = self.servers_waited()
            yield own, other, max(
                (after - before) / (ROUND + other_seconds),
                child.waited / other_seconds)
            before = after

    def agree(self, turns, seconds):
        """Rounds show no difference; they would if one of the two lied by a
        factor of 2."""
        rounds = agreement.Turns("rate", "median")
        rounds.take(turns, seconds)
        print(rounds)
        self.assertNotIn(agreement.DIFFER, rounds.judgements(), rounds)
        for lie in (0.5, 2):
            if not rounds.judgements(lie) <= {agreement.SUSPECTED,
                                              agreement.DIFFER}:
                self.skipTest(f"the machine is too busy to tell: {rounds}")

    def check_directly(self, connections):
        def direct():
            # A server that is there already, by the way it is told of one.
            pingpong = Child(
                self, os.path.join(BENCH, "pingpong"), "--json", "--rounds",
                1, "--connections", connections, "--size", SIZE,
                "--duration", ROUND, "--turn", ROUND, "--generator-cpu", -1,
                f"sh -c 'echo {self.address}; exec sleep 60'", processor=-1)
            figures = json.loads(pingpong.finish())
            return (figures["messages"] / figures["seconds"],
                    figures["latencies"][0]), pingpong

        def turns():
            while True:
                # Who is first changes, as something may grow or shrink.
                yield self.own(connections), *direct()
                other = direct()
                yield self.own(connections), *other

        self.agree(self.turns(turns(), ROUND), DIRECTLY)

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
        server = Child(self, "sockperf", "server", "-f", self.path("feed"),
                       "-F", "epoll", processor=0)
        harness.wait_until(
            lambda: tls_servers.listening_port(server.process.pid), 10,
            "sockperf's server")
        self.servers.append(server.process)
        return ports[0]

    def test_sockperf(self):
        """Its messages have a header of its own, and so it has its own
        server."""
        self.need_tool("sockperf")
        port = self.start_sockperf()

        def turns():
            following = Sockperf(self, port, 1, processor=-1)
            while True:
                current = following
                current.wait_for("Starting test")
                # It does nothing for two seconds.
                following = Sockperf(self, port, 1, processor=-1)
                current.wait_for("Test end")
                own = self.own(1)
                yield own, current.figures()[:2], current

        self.agree(self.turns(turns(), 1), SOCKPERF)


class Judging(harness.TestCase):
    """The judge is just, with noise as on a machine that builds meanwhile."""

    TIMES = 200

    def verdicts(self, factor, rounds):
        """How often it comes to each."""
        noise = random.Random(1)
        return collections.Counter(
            agreement.judge([factor * noise.lognormvariate(0, 0.5) *
                             noise.choice((0.5, 1, 1, 1, 1, 2))
                             for _ in range(rounds)])
            for _ in range(self.TIMES))

    def test_noise_is_no_difference(self):
        for rounds in (5, 9, 25):
            self.assertLess(self.verdicts(1, rounds)[agreement.DIFFER],
                            self.TIMES / 100)

    def test_a_lie_is_found(self):
        for lie in (0.4, 2.5):
            self.assertGreater(self.verdicts(lie, 25)[agreement.DIFFER],
                               self.TIMES * 0.8)

    def test_a_lie_is_never_agreed_to(self):
        for lie in (0.5, 2):
            self.assertEqual(self.verdicts(lie, 25)[agreement.AGREE], 0)

    def test_an_interval_holds_the_median(self):
        noise = random.Random(2)
        for count in (5, 6, 9, 20):
            held = 0
            for _ in range(1000):
                low, high = agreement.median_interval(
                    [noise.gauss(5, 1) for _ in range(count)])
                held += low <= 5 <= high
            self.assertGreater(held, 880, count)

    def test_too_few_rounds_tell_nothing(self):
        self.assertEqual(agreement.judge([1, 1, 1, 1]), agreement.UNKNOWN)
        self.assertEqual(agreement.judge([9, 9, 9, 9, 9]),
                         agreement.SUSPECTED)


if __name__ == "__main__":
    harness.main()
