#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Many hosts load one server at a common time, started by what people have, and
their reports are merged.  Each host is a network namespace of the test's own, on
a bridge that is in a namespace, too; so nothing of the machine's is touched.

Needs root, iproute2, GNU parallel and an MPI launcher (Open MPI's or Hydra)."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "programs"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

HOSTS = ("a", "b", "c")
ADDRESS = "10.0.0.1:7007"
SECONDS = 1
# Until the common start; the next one is for machines that were too slow.
DELAYS = (0.7, 4, 16)
LATE = "choose a later one"
# What ip says where the machine can't have such hosts.
LACK = re.compile("not permitted|not supported|Unknown device type|"
                  "Permission denied|Read-only")


def run(*command, **options):
    """Runs what has to succeed."""
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=harness.patience(60), check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


class Hosts:
    """Namespaces on a bridge, with names of their own."""

    def __init__(self):
        self.prefix = f"echo-load-{os.getpid()}-"
        self.made = []

    def name(self, host):
        return self.prefix + host

    def add(self, host):
        run("ip", "netns", "add", self.name(host))
        self.made.append(host)
        run("ip", "-n", self.name(host), "link", "set", "lo", "up")

    def make(self, hosts):
        self.add("bridge")
        bridge = self.name("bridge")
        run("ip", "-n", bridge, "link", "add", "name", "bridge0", "type",
            "bridge")
        run("ip", "-n", bridge, "link", "set", "bridge0", "up")
        for i, host in enumerate(hosts):
            self.add(host)
            run("ip", "-n", bridge, "link", "add", f"port{i}", "type", "veth",
                "peer", "name", "eth0", "netns", self.name(host))
            run("ip", "-n", bridge, "link", "set", f"port{i}", "master",
                "bridge0", "up")
            run("ip", "-n", self.name(host), "address", "add",
                f"10.0.0.{i + 1}/24", "dev", "eth0")
            run("ip", "-n", self.name(host), "link", "set", "eth0", "up")

    def remove(self):
        for host in self.made:
            subprocess.run(["ip", "netns", "delete", self.name(host)],
                           check=False)

    def inside(self, host):
        """What a command runs in a host by."""
        return ["ip", "netns", "exec", self.name(host)]


class ManyHosts(harness.TestCase):
    """Three hosts, one server."""

    @classmethod
    def setUpClass(cls):
        cls.load = harness.find_program("echo-load", "src/load", "ECHO_LOAD")
        cls.hosts = Hosts()
        cls.reason = None
        if os.geteuid() != 0:
            cls.reason = "network namespaces need root"
        elif not shutil.which("ip"):
            cls.reason = "ip (iproute2) is not installed"
        if cls.reason:
            return
        cls.addClassCleanup(cls.hosts.remove)
        try:
            cls.hosts.make(("server",) + HOSTS)
        except AssertionError as error:
            if not LACK.search(str(error)):
                raise
            cls.reason = f"no network namespaces here: {error}"

    def setUp(self):
        super().setUp()
        self.need(not self.reason, self.reason)
        wrapper = harness.WRAPPER
        self.addCleanup(setattr, harness, "WRAPPER", wrapper)
        harness.WRAPPER = self.hosts.inside("server") + wrapper
        self.start_echod(listen=[ADDRESS], workers=1)

    def options(self, start):
        """What all of the processes have in common."""
        return (f"--quiet --start-at {start} --duration {SECONDS} --warm-up 0 "
                f"--rate 500 --connections 10 --slo errors=0 {ADDRESS}")

    def by_parallel(self, start):
        """A job a host; {1} is the host and {#} the job's number."""
        return ["parallel", "--will-cite", "--jobs", "0",
                f"ip netns exec {self.hosts.prefix}{{1}} "
                f"{shlex.quote(self.load)} --seed {{#}} "
                f"--json-file {self.folder}/{{1}}.json {self.options(start)}",
                ":::", *HOSTS]

    def by_mpiexec(self, start):
        """A process a host, which it chooses by its rank."""
        about = run("mpiexec", "--version")
        extra = (["--allow-run-as-root", "--oversubscribe"]
                 if "Open" in about else [])
        script = (
            'rank=${OMPI_COMM_WORLD_RANK-$PMI_RANK}; '
            f'set -- {" ".join(HOSTS)}; shift $rank; '
            f'exec ip netns exec {self.hosts.prefix}$1 '
            f'{shlex.quote(self.load)} --seed $((rank + 1)) '
            f'--json-file {self.folder}/$1.json {self.options(start)}')
        return ["mpiexec", *extra, "-n", str(len(HOSTS)), "sh", "-c", script]

    def launch(self, command):
        """Runs it at a time that none of the hosts misses."""
        for delay in DELAYS:
            start = round(time.time() + delay, 3)
            done = subprocess.run(
                command(start), capture_output=True, text=True, check=False,
                stdin=subprocess.DEVNULL, timeout=harness.patience(60))
            if done.returncode == 0:
                return start
            if LATE not in done.stderr:
                break
        self.fail(f"exit status {done.returncode}: {done.stderr}")

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file)["runs"][0]

    def check(self, start):
        """The whole is the sum of its parts, which began together."""
        names = [f"{host}.json" for host in HOSTS]
        parts = [self.read(name) for name in names]
        run(self.load, "merge", "--quiet", "--json-file",
            self.path("all.json"), *map(self.path, names))
        whole = self.read("all.json")
        for part in parts:
            self.assertAlmostEqual(part["started"], start, delta=0.5)
        for name, count in whole["counters"].items():
            self.assertEqual(
                count, sum(part["counters"][name] for part in parts), name)
        for name, histogram in whole["times"].items():
            self.assertEqual(
                histogram["count"],
                sum(part["times"][name]["count"] for part in parts), name)
        self.assertEqual(whole["counters"]["messages_received"],
                         len(HOSTS) * 500 * SECONDS)
        self.assertEqual(whole["options"]["connections"], len(HOSTS) * 10)
        self.assertEqual(whole["options"]["rate"], "1500")
        self.assertEqual(len({part["seed"] for part in parts}), len(HOSTS))

    def check_refusal(self):
        """A part of another hour does not belong to the others."""
        with open(self.path("b.json"), encoding="utf-8") as file:
            report = json.load(file)
        report["runs"][0]["started"] += 3600
        with open(self.path("old.json"), "w", encoding="utf-8") as file:
            json.dump(report, file)
        done = subprocess.run(
            [self.load, "merge", self.path("a.json"), self.path("old.json")],
            capture_output=True, text=True, check=False,
            timeout=harness.patience(60))
        self.assertEqual(done.returncode, 2)
        self.assertIn("old.json: they were not made at the same time",
                      done.stderr)

    def test_gnu_parallel(self):
        self.need_tool("parallel")
        self.check(self.launch(self.by_parallel))
        self.check_refusal()

    def test_mpi_launcher(self):
        self.need_tool("mpiexec")
        self.check(self.launch(self.by_mpiexec))


if __name__ == "__main__":
    harness.main()
