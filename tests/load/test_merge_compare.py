#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load merge and echo-load compare, with reports of real runs."""

import csv
import json
import os
import re
import subprocess
import sys
import time

try:
    import jsonschema
except ImportError:
    jsonschema = None

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "../../doc/echo-load-compare.schema.json")
sys.path.insert(0, os.path.join(HERE, "..", "programs"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

LOAD = harness.find_program("echo-load", "src/load", "ECHO_LOAD")
PATIENCE = harness.patience(60)
# Until the common start; the next one is for machines that were too slow.
DELAYS = (0.3, 3, 30)
GOOD, USAGE, FAILED, SUSPECT, MISSED = 0, 1, 2, 4, 99


def load(*arguments, status=GOOD):
    """Runs it to its end, which has to be the one expected."""
    done = subprocess.run([LOAD, *map(str, arguments)], capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    assert done.returncode == status, (
        f"{arguments}: exit status {done.returncode}, expected {status}:\n"
        f"{done.stdout}{done.stderr}")
    return done


def report(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Together(harness.TestCase):
    """Reports that are read again."""

    def setUp(self):
        super().setUp()
        self.address = self.start_echod(workers=1).address.text

    def start_all(self, start, count, *options):
        return [subprocess.Popen(
            [LOAD, "--quiet", "--json-file", self.path(f"{i}.json"), "--seed",
             str(i), "--start-at", str(start), *options, self.address],
            stderr=subprocess.PIPE, text=True) for i in range(count)]

    def run_together(self, count, *options, status=GOOD):
        """As many processes, from a time on that none of them misses."""
        for delay in DELAYS:
            start = round(time.time() + delay * harness.SCALE, 3)
            children = self.start_all(start, count, *options)
            errors = [child.communicate(timeout=PATIENCE)[1]
                      for child in children]
            if all(child.returncode == status for child in children):
                return [self.path(f"{i}.json") for i in range(count)]
            if not any("choose a later one" in error for error in errors):
                break
        self.fail(str(errors))

    def test_merge_adds(self):
        files = self.run_together(
            3, "--duration", "0.5", "--warm-up", "0.1", "--rate", "400")
        parts = [report(file)["runs"][0] for file in files]
        table, log = self.path("csv"), self.path("log")
        whole = json.loads(load("merge", "--json", "--csv", table,
                                "--hdr-log", log, *files).stdout)["runs"][0]
        for name, count in whole["counters"].items():
            self.assertEqual(
                count, sum(part["counters"][name] for part in parts), name)
        for name, histogram in whole["times"].items():
            self.assertEqual(
                histogram["count"],
                sum(part["times"][name]["count"] for part in parts), name)
            self.assertEqual(
                histogram["max_ns"],
                max(part["times"][name]["max_ns"] for part in parts), name)
        self.check_logs(whole, table, log)
        self.assertEqual(whole["options"]["rate"], "1200")
        self.assertAlmostEqual(whole["measured"], 0.4, delta=0.1)

    def check_logs(self, whole, table, log):
        """They tell the same as the report."""
        with open(table, encoding="ascii", newline="") as file:
            lines = list(csv.DictReader(file))
        self.assertEqual([int(line["received"]) for line in lines],
                         [entry["received"]
                          for entry in whole["series"]["entries"]])
        with open(log, encoding="ascii") as file:
            tagged = dict(re.findall(r"^Tag=(\w+),.*,(\S+)$", file.read(),
                                     re.M))
        self.assertEqual(tagged, {
            name: histogram["hdr"]
            for name, histogram in whole["times"].items()
            if histogram["count"]})

    def test_merge_refuses(self):
        files = self.run_together(2, "--duration", "0.1")
        refused = load("merge", files[0], files[0], status=FAILED)
        self.assertRegex(refused.stderr,
                         r"0\.json and .*0\.json: both have the seed 0")
        self.assertEqual(refused.stdout, "")
        other = self.path("other.json")
        load("-q", "--json-file", other, "-d", "0.1", "-s", "65",
             self.address)
        refused = load("merge", files[0], other, status=FAILED)
        self.assertIn("size is 64 in the one and 65 in the other",
                      refused.stderr)
        load("merge", files[0], status=USAGE)
        self.assertIn("--json and --csv would both write to", load(
            "merge", "--json", "--csv", "-", *files, status=USAGE).stderr)
        self.assertIn("No such file", load(
            "merge", files[0], self.path("none"), status=FAILED).stderr)

    def test_merged_reports_are_merged_again(self):
        """Two of three, and the third to them."""
        files = self.run_together(3, "--duration", "0.2")
        two = self.path("two.json")
        load("merge", "-q", "--json-file", two, *files[1:])
        whole = json.loads(load("merge", "--json", files[0], two).stdout)
        expected = json.loads(load("merge", "--json", *files).stdout)
        self.assertEqual(whole["runs"][0]["counters"],
                         expected["runs"][0]["counters"])
        self.assertEqual(whole["runs"][0]["times"]["response"]["hdr"],
                         expected["runs"][0]["times"]["response"]["hdr"])

    def test_strict_with_what_is_valid(self):
        """As runs are that idle, whatever else the machine does."""
        files = self.run_together(2, "--mode", "idle", "--connections", "2",
                                  "--duration", "1.1")
        for command in ("merge", "compare"):
            told = load(command, "--strict", *files)
            self.assertEqual(told.stderr, "")
            self.assertIn("VALID", told.stdout)

    def test_strict_with_what_is_suspect(self):
        files = self.run_together(2, "--rate", "100", "--duration", "0.1")
        for command, subject in (("merge", "the whole"),
                                 ("compare", files[0])):
            strictly = load(command, "--strict", *files, status=SUSPECT)
            self.assertRegex(
                strictly.stderr, rf"\Aecho-load {command}: "
                rf"{re.escape(subject)} is SUSPECT \(short, samples\b.*\): "
                r"Only \S+ s were measured, .*\n\Z")
            self.assertIn("SUSPECT", strictly.stdout)
            self.assertEqual(load(command, *files).stderr, "")

    def test_strict_parts_make_a_strict_whole(self):
        """Each fails by itself as well."""
        files = self.run_together(2, "--duration", "0.1", "--strict",
                                  status=SUSPECT)
        whole = json.loads(load("merge", "--json", *files,
                                status=SUSPECT).stdout)["runs"][0]
        self.assertTrue(whole["options"]["strict"])
        self.assertEqual(whole["exit_status"], SUSPECT)

    def make_runs(self, name, *options):
        path = self.path(name)
        load("--quiet", "--json-file", path, "--runs", "4", "--duration",
             "0.1", *options, self.address)
        return path

    def test_compare_tells_what_differs(self):
        """At a tenth of the rate there are fewer echoes a second."""
        fast = self.make_runs("fast.json", "--rate", "2000")
        slow = self.make_runs("slow.json", "--rate", "200")
        refused = load("compare", fast, slow, status=FAILED)
        self.assertIn("rate is 2k in the one and 200 in the other; --force "
                      "compares them", refused.stderr)
        self.check_json(fast, slow)
        table = load("compare", "--force", fast, slow).stdout
        row = re.search(r"^rate a second .*$", table, re.M).group(0)
        self.assertTrue(row.endswith("slower"), table)
        self.assertIn("A: " + fast + ", 4 runs, ", table)
        # The same the other way round.
        table = load("compare", "--force", slow, fast).stdout
        row = re.search(r"^rate a second .*$", table, re.M).group(0)
        self.assertTrue(row.endswith("faster"), table)

    def check_json(self, fast, slow):
        """The same for programs, as the schema has it; of several files too."""
        found = json.loads(load("compare", "--json", "--force", fast,
                                slow).stdout)
        if jsonschema:
            with open(SCHEMA, encoding="utf-8") as file:
                jsonschema.Draft7Validator(json.load(file)).validate(found)
        self.assertEqual((found["confidence"], found["a"]["file"],
                          found["a"]["runs"]), (0.95, fast, 4))
        (comparison,) = found["comparisons"]
        self.assertEqual(comparison["b"]["file"], slow)
        rate = comparison["figures"][0]
        self.assertEqual((rate["name"], rate["word"]), ("rate", "worse"))
        self.assertLess(rate["lowest"], rate["ratio"] * 1.001)
        self.assertLess(rate["ratio"], 0.5)
        self.assertAlmostEqual(rate["b"] / rate["a"], rate["ratio"], 1)

    def test_compare_refuses(self):
        one = self.path("one.json")
        load("-q", "--json-file", one, "-d", "0.1", self.address)
        refused = load("compare", one, one, status=FAILED)
        self.assertIn("they are the same run", refused.stderr)
        load("compare", one, status=USAGE)
        load("compare", "--confidence", "2", one, one, status=USAGE)

    def test_compare_wants_more_runs(self):
        files = []
        for name in ("one.json", "two.json"):
            files.append(self.path(name))
            load("-q", "--json-file", files[-1], "-d", "0.1", self.address)
        found = json.loads(load("compare", "-j", *files).stdout)
        self.assertEqual(found["comparisons"][0]["figures"][0]["word"], "few")
        told = load("compare", *files).stdout
        self.assertIn("Too few runs for 95 %: make 4 of each at least "
                      "(--runs 4).", told)


if __name__ == "__main__":
    harness.main()
