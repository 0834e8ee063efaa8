#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load's objectives: --slo, --abort-on-fail, --strict, --runs and
--find-max.

The variables are those of load_program.py.
"""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load_servers as servers  # noqa: E402
from load_program import (  # noqa: E402
    GOOD, MISSED, SCALE, SUSPECT, WRONG, Case, Report, finish, harness,
    interrupt, run, start)
from load_servers import Server  # noqa: E402

SIZE = 64


class Objectives(Case):
    def judge(self, objectives, *options, status, behaviour=servers.echo):
        with Server(behaviour) as server:
            load = run("--json", "--slo", objectives, "--connections", 2,
                       *options, server.address)
        self.check(load, status)
        return Report(load)

    def test_met(self):
        report = self.judge("p99<1h,errors=0,rate>1,max<1h", "--count", 100,
                            status=GOOD)
        self.assertEqual([each["met"] for each in report.run["objectives"]],
                         [True] * 4)

    def test_missed(self):
        report = self.judge("p50<1us,errors=0", "--count", 100, status=MISSED)
        self.assertEqual([each["met"] for each in report.run["objectives"]],
                         [False, True])

    def test_a_time_of_its_own(self):
        """What is waited for the connection is not the service time."""
        self.judge("p50(service)<20ms", "--count", 10, status=MISSED,
                   behaviour=servers.slow(0.03))
        self.judge("p50(connect)<1h", "--count", 10, status=GOOD)

    def test_a_wrong_echo_is_worse(self):
        self.judge("p50<1us", "--size", SIZE, "--count", 5, status=WRONG,
                   behaviour=servers.repeating(SIZE, 1))

    def test_abort_on_fail(self):
        """It does not wait for the end of an hour."""
        began = time.monotonic()
        report = self.judge("p50<1us", "--abort-on-fail", "--duration", "1h",
                            "--warm-up", 0, "--interval", 0.1, status=MISSED)
        self.assertEqual(report.run["end"], "aborted")
        self.assertLess(time.monotonic() - began, harness.patience(60))

    def test_no_abort_while_they_are_met(self):
        report = self.judge("p50<1h,errors=0", "--abort-on-fail",
                            "--duration", 0.4, "--interval", 0.1, status=GOOD)
        self.assertEqual(report.run["end"], "duration")

    def test_runs(self):
        with Server() as server:
            load = run("--json", "--runs", 3, "--seed", 5, "--count", 100,
                       "--connections", 2, server.address)
        self.check(load, GOOD)
        for number in range(3):
            report = Report(load, number)
            self.echoes(report, 100)
            self.assertEqual(int(report.run["seed"]), 5 + number)

    def test_runs_as_text(self):
        with Server() as server:
            load = run("--runs", 3, "--count", 100, server.address)
        self.check(load, GOOD)
        for word in ("best", "median", "worst"):
            self.assertIn(word, load.out.lower())


class Strict(Case):
    """With --strict, what can't be believed is not good."""

    def try_strictly(self, *options, status, text=r"\A\Z"):
        """What it says on standard error, and the run's report."""
        with Server() as server:
            load = run("--strict", "--json", "--connections", 2, *options,
                       server.address)
        self.check(load, status)
        self.assertRegex(load.err, text)
        report = Report(load)
        self.assertTrue(report.run["options"]["strict"])
        self.assertEqual(report.run["exit_status"], status)
        return report

    def test_a_valid_run(self):
        """Nothing that a busy machine does makes one SUSPECT that idles."""
        report = self.try_strictly("--mode", "idle", "--duration", 1.1,
                                   status=GOOD)
        self.assertTrue(report.run["verdict"]["valid"])

    def test_a_suspect_run(self):
        self.try_strictly(
            "--count", 10, status=SUSPECT,
            text=r"\Aecho-load: the run is SUSPECT \(short, samples.*\): "
                 r"Only \S+ s were measured, .*\n\Z")

    def test_quietly(self):
        with Server() as server:
            load = run("--strict", "--quiet", "--count", 10, server.address)
        self.check(load, SUSPECT)
        self.assertEqual(load.out, "")
        self.assertRegex(load.err, r"\A.* is SUSPECT \(short, .*\n\Z")

    def test_an_interrupted_run(self):
        recording = servers.Recording()
        with Server(recording) as server:
            load = start("--strict", "--duration", 60, "--warm-up", 0,
                         "--connections", 3, server.address)
            recording.begun.wait(harness.patience(30))
            interrupt(load, signal.SIGINT)
            finish(load)
        self.check(load, SUSPECT)
        self.assertRegex(
            load.err, r"\Aecho-load: the run is SUSPECT \(unfinished.*\): "
                      r"The run was interrupted .*\n\Z")

    def test_the_first_of_several_is_told(self):
        self.try_strictly("--runs", 2, "--count", 10, status=SUSPECT,
                          text=r"\Aecho-load: run 1 is SUSPECT .*\n\Z")

    def test_a_missed_objective_counts_more(self):
        report = self.try_strictly("--count", 10, "--slo", "p50<1us",
                                   status=MISSED)
        self.assertFalse(report.run["verdict"]["valid"])


class FindMax(Case):
    # Of a server that takes a millisecond for each message.
    LIMIT = 1000

    def find(self):
        """The rate that is found."""
        with Server(servers.Limited(SIZE, 1 / self.LIMIT)) as server:
            load = run("--json", "--find-max", "p90<50ms", "--precision",
                       "20%", "--size", SIZE, "--connections", 4,
                       "--duration", 0.5, server.address)
        self.check(load, GOOD)
        search = Report(load).whole["search"]
        self.assertLess(search["rate"], self.LIMIT * 1.2)
        self.assertTrue(any(not trial["met"] for trial in search["trials"]))
        return search["rate"]

    def test_a_server_with_a_limit(self):
        """On a busy machine it may be less for a while; not each time."""
        rates = []
        while not rates or rates[-1] <= self.LIMIT * 0.5:
            rates.append(self.find())
            if SCALE > 1:
                break
            self.assertLess(len(rates), 5, rates)

    def test_what_no_rate_can_meet(self):
        with Server() as server:
            load = run("--json", "--find-max", "p50<1us", "--duration", 0.1,
                       server.address)
        self.check(load, MISSED)
        self.assertIsNone(Report(load).whole["search"]["rate"])


if __name__ == "__main__":
    harness.main()
