#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load with echod: addresses, clients that misbehave, a server that is
stopped for a while, limits, files and memory.

The variables are those of load_program.py.
"""

import json
import mmap
import os
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from load_program import (  # noqa: E402
    FAILED, GOOD, LOAD, USAGE, WRAPPER, Case, Report, finish, harness, run,
    start)

SIZE = 64
COUNT = harness.scaled(2000, 50)


class Addresses(Case):
    def test_ipv4_ipv6_and_a_unix_socket(self):
        echod = self.start_echod(listen=self.everywhere())
        for address in echod.addresses:
            with self.subTest(address.text):
                report = self.measure("--connections", 5, "--count", COUNT,
                                      address.text)
                self.echoes(report, COUNT)

    def test_a_name(self):
        echod = self.start_echod()
        report = self.measure("--count", COUNT,
                              f"localhost:{echod.address.port}")
        self.echoes(report, COUNT)
        self.assertEqual(report.run["peer"], echod.address.text)

    def test_source_addresses(self):
        echod = self.start_echod()
        report = self.measure("--connections", 4, "--count", 8, "--mode",
                              "churn", "--sources", "127.0.0.2,127.0.0.3",
                              echod.address.text)
        self.echoes(report, 8)

    def test_two_threads_and_two_workers(self):
        echod = self.start_echod(workers=2)
        report = self.measure("--connections", 20, "--threads", 2, "--count",
                              COUNT, echod.address.text)
        self.echoes(report, COUNT)
        self.assertEqual(report.counters["connections_opened"], 20)


class Clients(Case):
    """Clients that misbehave get what they ask for, and others notice
    nothing."""

    def check_behaviour(self, behaviour, *options):
        echod = self.start_echod(workers=1)
        files = echod.open_files()
        other = self.connect(echod.address)
        other.sendall(b"before")
        self.assert_same(harness.receive(other, 6), b"before")
        report = self.measure("--behaviour", behaviour, "--size", SIZE,
                              "--connections", 5, *options,
                              echod.address.text)
        other.sendall(b"after")
        self.assert_same(harness.receive(other, 5), b"after")
        harness.wait_until(lambda: echod.open_files() == files + 1, 10,
                           "the end of the connections")
        return report

    def test_bytewise(self):
        report = self.check_behaviour("bytewise", "--count", 50)
        self.echoes(report, 50)

    def test_a_slow_reader(self):
        report = self.check_behaviour("slow-reader", "--count", 50)
        self.echoes(report, 50)

    def test_half_close(self):
        report = self.check_behaviour("half-close", "--count", 50)
        self.echoes(report, 50)
        self.assertEqual(report.counters["connections_closed"],
                         report.counters["connections_opened"])

    def test_reset(self):
        """What is reset in the middle of an echo is no error of echod's."""
        report = self.check_behaviour("reset", "--count", 50)
        self.assertEqual(report.counters["messages_sent"], 50)
        self.assertEqual(report.counters["messages_wrong"], 0)


class Stall(Case):
    """For 1.4 s the server stands still.  What was due then is as late as that,
    whether it could be sent, or had to wait for the connection's last echo."""

    CONNECTIONS, DURATION, STOPPED = 10, 3.5, 1.4

    def start_load(self, echod, *options):
        return start("--json", "--rate", 500, "--connections",
                     self.CONNECTIONS, "--duration", self.DURATION,
                     "--warm-up", 0, "--size", SIZE, *options,
                     echod.address.text)

    def report(self, load):
        finish(load)
        self.check(load, GOOD)
        report = Report(load)
        self.assertEqual(report.errors(), {})
        self.assertAlmostEqual(report.counters["messages_sent"],
                               500 * self.DURATION, delta=5)
        return report.times

    def test_a_stopped_server_shows(self):
        echod = self.start_echod(workers=1)
        before = echod.open_files()
        loads = [self.start_load(echod), self.start_load(echod, "--depth", 1)]
        harness.wait_until(
            lambda: echod.open_files() >= before + 2 * self.CONNECTIONS, 30,
            "the connections")
        stopped = time.monotonic()
        echod.signal(signal.SIGSTOP)
        time.sleep(self.STOPPED)
        echod.signal(signal.SIGCONT)
        stopped = time.monotonic() - stopped
        sent, waited = map(self.report, loads)
        for times in (sent, waited):
            self.assertGreater(times["response"]["p99"], 1.2e9)
            self.assertLess(times["response"]["max"],
                            (stopped + harness.patience(1)) * 1e9)
            self.assertLess(times["service"]["p50"], 0.3e9)
        # All are sent when they are due.
        self.assertLess(sent["lag"]["p99"], 0.3e9)
        # Only what was under way is late by the time since it was sent, one
        # message of each connection.
        self.assertLess(waited["service"]["p99"], 0.3e9)
        self.assertGreater(waited["service"]["max"], 1.2e9)
        self.assertGreater(waited["lag"]["p99"], 1.2e9)


class Limits(Case):
    """What the machine does not have is told before the start."""

    def limited(self, what, soft, hard, *arguments):
        def limit():
            resource.setrlimit(what, (soft, hard))

        return run(*arguments, preexec_fn=limit)

    def test_too_few_descriptors(self):
        load = self.limited(resource.RLIMIT_NOFILE, 40, 40, "--connections",
                            100, "127.0.0.1:9")
        self.check(load, FAILED)
        self.assertIn("ulimit -Hn", load.err)
        self.assertIn("40", load.err)

    def test_the_soft_limit_is_raised(self):
        echod = self.start_echod()
        load = self.limited(resource.RLIMIT_NOFILE, 40, 400, "--connections",
                            100, "--count", 200, "--json",
                            echod.address.text)
        self.check(load, GOOD)
        self.echoes(Report(load), 200)

    def test_too_few_ports(self):
        """In a network of its own, which has ten."""
        script = ("ip link set lo up && "
                  "echo 40000 40009 > /proc/sys/net/ipv4/ip_local_port_range"
                  ' && exec "$@"')
        network = ["unshare", "--net", "sh", "-c", script, "sh"]
        self.need_tool("unshare")
        self.need_tool("ip")
        self.need(subprocess.run([*network, "true"], check=False,
                                 capture_output=True).returncode == 0,
                  "no network namespace can be made; root can")
        load = finish(subprocess.Popen(
            [*network, *WRAPPER, LOAD, "--connections", "100", "127.0.0.1:9"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        self.check(load, FAILED)
        self.assertIn("ip_local_port_range", load.err)
        self.assertIn("--sources", load.err)


class Outputs(Case):
    FILES = ("json-file", "csv", "hdr-log", "html")

    def setUp(self):
        super().setUp()
        self.echod = self.start_echod()
        self.address = self.echod.address.text

    def test_files_that_cannot_be_written(self):
        """They are told before the first connection is made."""
        for option in self.FILES:
            with self.subTest(option):
                path = self.path("missing/file")
                load = run(f"--{option}={path}", "--duration", 60,
                           self.address)
                self.check(load, FAILED)
                self.assertIn(f"{path}: No such file or directory", load.err)

    def test_a_full_disk(self):
        for option in self.FILES:
            with self.subTest(option):
                load = run(f"--{option}=/dev/full", "--count", 10,
                           self.address)
                self.check(load, FAILED)
                self.assertIn("/dev/full: No space left on device", load.err)

    def test_no_file_takes_the_place_of_standard_output(self):
        """Or else the text would get into it."""
        path = self.path("report.json")
        load = finish(subprocess.Popen(
            ["sh", "-c", 'exec "$@" >&-', "sh", *WRAPPER, LOAD, "--count",
             "10", "--json-file", path, self.address],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        self.check(load, FAILED)
        self.assertEqual(
            load.err, "echo-load: standard output: Bad file descriptor\n")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["runs"][0]["counters"][
                "messages_received"], 10)

    def test_files_and_text_of_one_run(self):
        paths = {option: self.path(option)
                 for option in self.FILES}
        load = run("--count", COUNT, "--connections", 3,
                   *(f"--{option}={path}" for option, path in paths.items()),
                   self.address)
        self.check(load, GOOD)
        self.assertEqual(load.err, "")
        self.assertRegex(load.out, "VALID|SUSPECT")
        with open(paths["json-file"], encoding="utf-8") as file:
            run_ = json.load(file)["runs"][0]
        self.assertEqual(run_["counters"]["messages_received"], COUNT)
        for path in paths.values():
            self.assertGreater(os.path.getsize(path), 100)

    def test_every_option_is_echoed(self):
        given = {
            "connections": 3, "depth": 2, "threads": 2, "rate": "2k",
            "arrivals": "poisson", "size": "32-64:3,100", "behaviour": "well",
            "sources": "127.0.0.1", "duration": 0.2, "warm-up": 0.05,
            "cool-down": 0.05, "timeout": 30, "seed": 99, "runs": 2,
            "slo": "p99<1h", "interval": 0.1,
        }
        report = self.measure(
            *(f"--{name}={value}" for name, value in given.items()),
            self.address)
        options = report.run["options"]
        for name, value in given.items():
            with self.subTest(name):
                told = options[name]
                self.assertEqual(
                    float(told) if isinstance(value, (int, float)) else told,
                    value)
        self.assertEqual(options["address"], self.address)
        self.assertEqual(len(report.whole["runs"]), 2)

    def test_a_live_line_is_for_terminals_only(self):
        load = run("--count", COUNT, "--interval", 0.05, self.address)
        self.check(load, GOOD)
        self.assertNotIn("\r", load.out + load.err)
        self.assertEqual(load.err, "")

    def test_quiet(self):
        load = run("--quiet", "--count", 10, self.address)
        self.check(load, GOOD)
        self.assertEqual(load.out + load.err, "")


class Usage(Case):
    def check_usage(self, text, *arguments):
        load = run(*arguments)
        self.check(load, USAGE)
        self.assertEqual(load.out, "")
        self.assertRegex(load.err, r"\Aecho-load: .*" + text)

    def test_what_does_not_make_sense(self):
        for text, *arguments in (
                ("address",),
                ("--no-such", "--no-such"),
                ("--connections", "--connections", "0", "localhost"),
                ("--rate", "--rate", "fast", "localhost"),
                ("--size", "--size", "0", "localhost"),
                ("--slo", "--slo", "p99", "localhost"),
                ("--mode", "--mode", "sideways", "localhost"),
                ("rate", "--mode", "open", "localhost"),
                ("--json and --json-file would both write to standard output",
                 "--json", "--json-file", "-", "localhost")):
            with self.subTest(arguments):
                self.check_usage(text, *arguments)

    def test_help_and_version(self):
        for option, text in (("--help", "Usage: echo-load"),
                             ("--version", "echo-load ")):
            load = run(option)
            self.check(load, GOOD)
            self.assertTrue(load.out.startswith(text), load.out)


class Memory(Case):
    """A run three times as long takes no more of it."""

    COUNTER = os.path.join(os.environ.get("top_builddir", "."),
                           "bench/malloc-count.so")

    def allocations(self, count, *options):
        """How often one run asked for memory, and what was resident."""
        shared = os.memfd_create("allocations")
        os.ftruncate(shared, mmap.PAGESIZE)
        os.set_inheritable(shared, True)
        report = self.measure(
            "--count", count, "--connections", 10, "--size", SIZE, *options,
            self.echod.address.text, pass_fds=[shared],
            env={**os.environ, "LD_PRELOAD": os.path.abspath(self.COUNTER),
                 "MALLOC_COUNT_FD": str(shared)})
        with mmap.mmap(shared, mmap.PAGESIZE) as counts:
            asked = sum(int.from_bytes(counts[at:at + 8], sys.byteorder)
                        for at in range(0, 24, 8))
        os.close(shared)
        self.echoes(report, count)
        self.assertGreater(asked, 0)
        return asked, report.run["memory"]

    def check_growth(self, *options):
        if WRAPPER or sanitized():
            self.skipTest("the allocator is not the program's own")
        self.echod = self.start_echod(workers=1)
        few, small = self.allocations(10000, *options)
        many, large = self.allocations(40000, *options)
        self.assertLess(many, few + 100)
        self.assertLess(large, small + (1 << 20))

    def test_closed_loop(self):
        self.check_growth()

    def test_open_loop(self):
        self.check_growth("--rate", "50k")


def sanitized():
    with open(LOAD, "rb") as program:
        text = program.read()
    return b"__asan_init" in text or b"__tsan_init" in text


if __name__ == "__main__":
    harness.main()
