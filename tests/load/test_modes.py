#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What echo-load sends, when, and until when, by what a server that keeps
everything has got.

The variables are those of load_program.py.
"""

import collections
import os
import signal
import statistics
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load_servers as servers  # noqa: E402
from load_program import (  # noqa: E402
    GOOD, SCALE, Case, Report, finish, harness, interrupt, start)
from load_servers import Server  # noqa: E402

SIZE = 64
# What a server in Python and a slow client can do together.
RATE = 1000 if SCALE == 1 else 200


class Recorded(Case):
    def record(self, *options, **settings):
        """A report, and what the server got meanwhile."""
        recording = servers.Recording()
        with Server(recording) as server:
            report = self.measure(*options, server.address, **settings)
        return report, recording


class Ends(Recorded):
    """A run ends by what it was told, and exactly there."""

    def check_count(self, *options):
        report, recording = self.record("--count", 1000, "--size", SIZE,
                                        *options)
        self.echoes(report, 1000)
        self.assertEqual(recording.size(), 1000 * SIZE)
        self.assertEqual(report.counters["bytes_sent"], 1000 * SIZE)
        self.assertEqual(report.counters["bytes_received"], 1000 * SIZE)
        self.assertEqual(report.run["end"], "count")

    def test_a_count(self):
        self.check_count("--connections", 3)

    def test_a_count_of_two_threads(self):
        self.check_count("--connections", 7, "--threads", 2, "--depth", 3)

    def test_a_count_at_a_rate(self):
        self.check_count("--connections", 3, "--rate", "10k")

    def test_bytes(self):
        report, recording = self.record("--bytes", 100 * SIZE, "--size", SIZE,
                                        "--connections", 3)
        self.echoes(report, 100)
        self.assertEqual(recording.size(), 100 * SIZE)
        self.assertEqual(report.run["end"], "bytes")

    def test_a_duration(self):
        report, recording = self.record("--duration", 0.3, "--warm-up", 0,
                                        "--connections", 3)
        self.assertEqual(report.errors(), {})
        self.assertEqual(report.run["end"], "duration")
        self.assertGreaterEqual(report.run["elapsed"], 0.3)
        self.assertEqual(report.counters["messages_sent"],
                         report.counters["messages_received"])
        self.assertEqual(report.counters["bytes_sent"], recording.size())

    def check_signal(self, number):
        recording = servers.Recording()
        with Server(recording) as server:
            load = start("--json", "--duration", 60, "--warm-up", 0,
                         "--connections", 3, server.address)
            recording.begun.wait(harness.patience(30))
            interrupt(load, number)
            finish(load)
        self.check(load, GOOD)
        report = Report(load)
        self.assertEqual(report.run["end"], "interrupted")
        self.assertEqual(report.counters["bytes_sent"], recording.size())

    def test_ctrl_c_still_reports(self):
        self.check_signal(signal.SIGINT)

    def test_sigterm_still_reports(self):
        self.check_signal(signal.SIGTERM)

    def test_warm_up_and_cool_down_are_cut_off(self):
        report, recording = self.record(
            "--rate", RATE, "--duration", 1, "--warm-up", 0.3, "--cool-down",
            0.2, "--connections", 5, "--size", SIZE)
        self.assertAlmostEqual(report.run["measured_from"], 0.3, delta=0.05)
        self.assertAlmostEqual(report.run["measured"], 0.5, delta=0.05)
        self.assertEqual(recording.size(), RATE * SIZE)
        count = report.counters["messages_sent"]
        self.assertAlmostEqual(count, RATE / 2, delta=RATE / 10)
        self.assertEqual(report.errors(), {})


class Seeds(Recorded):
    """The same seed sends the same bytes."""

    def streams(self, seed, *options):
        _, recording = self.record("--seed", seed, "--count", 300, *options)
        return sorted(map(bytes, recording.streams))

    def check_seeds(self, *options):
        first, again, other = (self.streams(seed, *options)
                               for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_a_closed_loop_without_headers(self):
        self.check_seeds("--connections", 1, "--size", "1-31")

    def test_an_open_loop(self):
        """When messages are due is in their headers."""
        self.check_seeds("--connections", 1, "--rate", "5k", "--arrivals",
                         "poisson", "--size", "32-100:3,500:1")

    def test_each_connection_has_its_own(self):
        report, recording = self.record("--connections", 4, "--depth", 2,
                                        "--count", 400, "--size", 16)
        self.echoes(report, 400)
        starts = {bytes(stream[:16]) for stream in recording.streams}
        self.assertEqual(len(starts), 4)

    def test_the_seed_that_was_chosen_is_told(self):
        first, recording = self.record("--connections", 1, "--size", 20,
                                       "--count", 10)
        seed = first.run["seed"]
        other, _ = self.record("--connections", 1, "--size", 20, "--count", 10)
        self.assertNotEqual(seed, other.run["seed"])
        _, again = self.record("--seed", seed, "--connections", 1, "--size",
                               20, "--count", 10)
        self.assertEqual(recording.streams, again.streams)

    def test_headers_are_numbered(self):
        report, recording = self.record("--connections", 3, "--count", 300,
                                        "--size", SIZE)
        self.echoes(report, 300)
        numbers = collections.defaultdict(list)
        for connection, message, _ in recording.headers(SIZE):
            numbers[connection].append(message)
        self.assertEqual(sorted(numbers), [0, 1, 2])
        for messages in numbers.values():
            self.assertEqual(messages, list(range(len(messages))))

    def test_sizes_are_drawn(self):
        report, recording = self.record("--connections", 1, "--count", 2000,
                                        "--size", "40:3,1000:1", "--seed", 5)
        self.echoes(report, 2000)
        stream, sizes, at = recording.streams[0], collections.Counter(), 0
        while at < len(stream):
            size = servers.HEADER.unpack_from(stream, at)[1]
            sizes[size] += 1
            at += size
        self.assertEqual(set(sizes), {40, 1000})
        self.assertAlmostEqual(sizes[1000], 500, delta=100)


class Rates(Recorded):
    """Messages are due by one schedule, which their headers tell."""

    def due(self, rate, *options, duration=0.5, connections=20):
        """When messages were due, in seconds."""
        report, recording = self.record(
            "--rate", rate, "--duration", duration, "--warm-up", 0,
            "--connections", connections, "--size", SIZE, "--seed", 3,
            *options)
        self.assertEqual(report.errors(), {})
        self.recording, self.report = recording, report
        due = [due / 1e9 for _, _, due in recording.headers(SIZE)]
        self.assertEqual(report.counters["messages_sent"], len(due))
        return due

    def gaps(self, due):
        return [after - before for before, after in zip(due, due[1:])]

    def check_uniform(self, *options):
        due = self.due(RATE, *options)
        self.assertAlmostEqual(len(due), RATE / 2, delta=1)
        for gap in self.gaps(due):
            self.assertAlmostEqual(gap, 1 / RATE, delta=1e-8)

    def test_uniform(self):
        self.check_uniform("--arrivals", "uniform")

    def test_uniform_of_two_threads(self):
        self.check_uniform("--arrivals", "uniform", "--threads", 2)

    def test_poisson(self):
        due = self.due(RATE, "--arrivals", "poisson")
        self.assertAlmostEqual(len(due), RATE / 2, delta=5 * RATE ** 0.5)
        gaps = self.gaps(due)
        # Of an exponential distribution they are the same.
        self.assertAlmostEqual(statistics.stdev(gaps) / statistics.mean(gaps),
                               1, delta=0.25)

    def test_steps(self):
        due = self.due(f"{RATE // 2}@0.2s,{RATE * 2}@0.2s,{RATE}",
                       "--arrivals", "uniform")
        early = sum(at < 0.2 for at in due)
        later = sum(0.2 <= at < 0.4 for at in due)
        self.assertAlmostEqual(early, RATE * 0.1, delta=1)
        self.assertAlmostEqual(later, RATE * 0.4, delta=1)
        self.assertAlmostEqual(len(due) - early - later, RATE * 0.1, delta=2)

    def test_a_ramp(self):
        due = self.due(f"0..{RATE * 2}@0.5s", "--arrivals", "uniform")
        early = sum(at < 0.25 for at in due)
        self.assertAlmostEqual(early, RATE * 0.125, delta=2)
        self.assertAlmostEqual(len(due), RATE / 2, delta=2)

    def test_many_connections_take_turns(self):
        """They do not send in step, however many they are."""
        self.due(RATE, "--arrivals", "uniform", connections=100)
        streams = [len(stream) // SIZE for stream in self.recording.streams]
        self.assertEqual(len(streams), 100)
        self.assertAlmostEqual(min(streams), RATE / 200, delta=1)
        self.assertAlmostEqual(max(streams), RATE / 200, delta=1)
        # In each hundredth of the time some should arrive; where all
        # connections send at once, that is one in ten.
        arrivals = self.recording.arrivals
        begin = min(arrivals)
        windows = {int((at - begin) * 100) for at in arrivals}
        if SCALE == 1:
            self.assertGreater(len(windows), 25)

    def test_a_rate_is_not_what_comes_back(self):
        """A slow server does not make the schedule slower."""
        with Server(servers.slow(0.05)) as server:
            report = self.measure("--rate", 200, "--duration", 0.5,
                                  "--warm-up", 0, "--connections", 2,
                                  "--size", SIZE, server.address)
        self.assertAlmostEqual(report.counters["messages_sent"], 100, delta=1)
        self.assertEqual(report.errors(), {})


class Modes(Recorded):
    def test_churn(self):
        report, recording = self.record("--mode", "churn", "--count", 50,
                                        "--connections", 3, "--size", SIZE)
        self.echoes(report, 50)
        self.assertEqual(len(recording.streams), 50)
        self.assertEqual(report.counters["connections_opened"], 50)
        self.assertEqual(report.counters["connections_closed"], 50)
        self.assertEqual(report.times["connect"]["count"], 50)
        self.assertEqual({len(stream) for stream in recording.streams},
                         {SIZE})

    def test_churn_at_a_rate(self):
        report, recording = self.record(
            "--mode", "churn", "--rate", 100, "--duration", 0.5,
            "--warm-up", 0, "--connections", 5, "--size", SIZE)
        self.assertAlmostEqual(len(recording.streams), 50, delta=1)
        self.echoes(report, len(recording.streams))

    def test_bulk(self):
        size = 10 << 20
        report, recording = self.record("--mode", "bulk", "--bytes", size,
                                        "--connections", 2)
        self.assertEqual(report.errors(), {})
        self.assertEqual(recording.size(), size)
        self.assertEqual(report.counters["bytes_received"], size)
        self.assertEqual(len(recording.streams), 2)

    def test_idle(self):
        """Connections are held, and each echoes at the end."""
        report, recording = self.record("--mode", "idle", "--connections", 30,
                                        "--duration", 0.3, "--warm-up", 0,
                                        "--size", SIZE)
        self.assertEqual(report.errors(), {})
        self.assertEqual(len(recording.streams), 30)
        self.assertEqual({len(stream) % SIZE for stream in recording.streams},
                         {0})
        self.assertGreaterEqual(report.counters["messages_received"], 30)
        self.assertEqual(report.counters["connections_opened"], 30)

    def test_depth(self):
        """So many messages are under way on a connection, and no more."""
        most = []

        def behave(sock):
            data = servers.receive_exactly(sock, 8 * SIZE)
            sock.settimeout(0.1)
            try:
                data += sock.recv(1)
            except TimeoutError:
                most.append(len(data))
            sock.settimeout(None)
            sock.sendall(data)
            servers.echo(sock)

        with Server(behave) as server:
            report = self.measure("--depth", 8, "--connections", 1, "--size",
                                  SIZE, "--count", 100, server.address)
        self.echoes(report, 100)
        self.assertEqual(most, [8 * SIZE])


if __name__ == "__main__":
    harness.main()
