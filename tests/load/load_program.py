# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Running echo-load in tests, and judging what it did.

ECHO_LOAD     the program (default: src/load/echo-load)
ECHOD         the daemon (default: src/echod/echod)
LOAD_WRAPPER, ECHOD_WRAPPER  what the two are run by, such as "valgrind -q"
TEST_SCALE    how much slower than usual they are then (default: 1)
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("programs", "client"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))
import harness  # noqa: E402

LOAD = harness.find_program("echo-load", "src/load", "ECHO_LOAD")
WRAPPER = shlex.split(os.environ.get("LOAD_WRAPPER", ""))
SCALE = harness.SCALE

if not LOAD:
    sys.exit("echo-load not found: run this from the build directory, or set "
             "ECHO_LOAD to the program's path")

# Only reached when something hangs.
DEADLINE = 60

GOOD, USAGE, FAILED, WRONG, SUSPECT, MISSED = 0, 1, 2, 3, 4, 99


def own_signals():
    """A child of a test in the background ignores SIGINT otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*arguments, **options):
    settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE, "preexec_fn": own_signals,
                "text": True}
    settings.update(options)
    return subprocess.Popen([*WRAPPER, LOAD, *map(str, arguments)],
                            **settings)


def finish(load):
    """Waits for the end of a run, and takes what it printed."""
    try:
        load.out, load.err = load.communicate(
            timeout=harness.patience(DEADLINE))
    except subprocess.TimeoutExpired:
        load.kill()
        load.out, load.err = load.communicate()
        raise AssertionError(
            f"echo-load hangs: {load.out}\n{load.err}") from None
    load.err = re.sub(r"(?m)^==\d+==.*\n", "", load.err or "")
    return load


def run(*arguments, **options):
    """Runs echo-load to its end."""
    return finish(start(*arguments, **options))


def flat(time):
    """A time's figures by short names, in nanoseconds: count, min, p99."""
    figures = {name.removesuffix("_ns"): value
               for name, value in time.items() if name != "percentiles"}
    for each in time["percentiles"]:
        figures[f"p{each['percent']:g}"] = each["value_ns"]
    return figures


class Report:
    """What a run of echo-load with --json has told of itself."""

    def __init__(self, load, number=0):
        self.whole = json.loads(load.out)
        self.run = self.whole["runs"][number]
        self.counters = self.run["counters"]
        self.times = {name: flat(time)
                      for name, time in self.run["times"].items()}

    def errors(self):
        """Those counters of errors that are not 0."""
        return {name: count for name, count in self.counters.items()
                if count and (name.endswith("_errors") or name in (
                    "messages_wrong", "messages_unanswered"))}


def interrupt(load, number):
    """Sends a signal; again where ThreadSanitizer may keep it for a task that
    waits for just that."""
    load.send_signal(number)
    for _ in range(3 if harness.sanitized("tsan") else 0):
        try:
            load.wait(5)
            return
        except subprocess.TimeoutExpired:
            load.send_signal(number)


class Case(harness.TestCase):
    """A test with a folder, an end in sight, and echo-load."""

    maxDiff = None

    def check(self, load, status):
        self.assertEqual(load.returncode, status,
                         f"\nstdout {load.out:.600}\nstderr {load.err}")

    def measure(self, *arguments, status=GOOD, **options):
        """Runs it with --json, and returns its report."""
        load = run("--json", *arguments, **options)
        self.check(load, status)
        return Report(load)

    def echoes(self, report, count, sent=None):
        """All messages came back, and there were so many."""
        self.assertEqual(report.errors(), {})
        self.assertEqual(report.counters["messages_received"], count)
        self.assertEqual(report.counters["messages_sent"], sent or count)
