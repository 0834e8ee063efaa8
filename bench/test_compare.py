#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""compare.py measures and reports; its figures don't matter here."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

BENCH = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("top_builddir",
                                       os.path.dirname(BENCH)))
sys.path.insert(0, BENCH)
# pylint: disable=wrong-import-position
from comparison import cases, peers, report  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
# The quickest that there is anything to see in.
QUICK = ("--seconds", "0.02", "--check-seconds", "0.02", "--server-cpu", "-1",
         "--generator-cpu", "-1")


def compare(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-B", os.path.join(BENCH, "compare.py"), "--build",
         BUILD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, check=False, env={**os.environ, **environment})


class Test(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="test_compare.")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def results(self, *arguments, **environment):
        """Runs it, and returns what it wrote to results.json."""
        self.done = compare("--output", self.folder, *QUICK, *arguments,
                            **environment)
        self.assertEqual(self.done.returncode, 0,
                         self.done.stdout + self.done.stderr)
        return json.loads(self.read("results.json"))

    def rows(self, results, name):
        """The rows of a case, by peer."""
        case, = [case for case in results["cases"] if case["name"] == name]
        self.assertNotIn("failure", case)
        return {row["peer"]: row for row in case["rows"]}

    def need(self, program):
        if shutil.which(program) is None:
            if os.environ.get("CI") == "true":
                self.fail(f"{program} is not installed")
            self.skipTest(f"{program} is not installed")


class EveryPeer(Test):
    def test_every_peer_that_is_there_is_compared(self):
        results = self.results("--rounds", "2", "--connections", "2",
                               "--size", "64")
        self.check(results, "64B-2", "epoll")

    def test_every_peer_with_tls_that_is_there_is_compared(self):
        self.need("openssl")
        results = self.results("--rounds", "2", "--cases", "tls-64B-50")
        self.check(results, "tls-64B-50", "tls-epoll")
        self.assertIn("TLS 1.3, as bench/channel.h says",
                      self.read("results.md"))

    def check(self, results, case, floor):
        absent = [each["peer"] for each in results["left_out"]]
        # Some containers forbid the one, the other is for root.
        self.assertLessEqual({each["peer"] for each in results["broken"]},
                             {"uring", "xinetd"} if os.geteuid() != 0 else
                             {"uring"}, results["broken"])
        absent += [each["peer"] for each in results["broken"]]
        rows = self.rows(results, case)
        self.assertEqual(list(rows), [
            peer.name for peer in peers.PEERS if peer.name not in absent and
            peer.tls == case.startswith("tls-") and not peer.only])
        for row in rows.values():
            self.check_row(row)
        self.assertEqual(rows[floor]["ratio"], 1)
        self.check_table(rows)
        self.check_picture(rows)
        self.check_generator(results, floor)

    def check_row(self, row):
        self.assertEqual(len(row["rounds"]), 2)
        self.assertGreater(row["messages_per_second"], 0)
        self.assertGreater(row["resident_bytes"], 100000)
        self.assertGreater(row["server_load"], 0)
        self.assertLessEqual(row["ratio_min"], row["ratio"])
        self.assertLessEqual(row["ratio"], row["ratio_max"])
        latencies = list(row["latency_us"].values())
        self.assertEqual(latencies, sorted(latencies))
        self.assertGreater(latencies[0], 0)

    def check_table(self, rows):
        markdown = self.read("results.md")
        for peer in rows:
            label = peers.PEERS[peers.NAMES.index(peer)].label
            self.assertIn(f"| {label} | ", markdown)
            self.assertIn(f"\n{label} ", self.done.stdout)

    def check_picture(self, rows):
        picture = xml.etree.ElementTree.parse(self.path("results.svg"))
        panel, = picture.getroot().iter(SVG + "g")
        bars = [bar.get("data-peer") for bar in panel.iter(SVG + "rect")]
        self.assertEqual(bars, list(rows))
        whiskers = [line for line in panel.iter(SVG + "line")
                    if line.get("class") == "whisker"]
        self.assertEqual(len(whiskers), 3 * len(bars))

    def check_generator(self, results, floor):
        check, = results["generator_checks"]
        self.assertEqual(check["floor"], floor)
        self.assertEqual((check["connections"], check["rounds"]), (50, 5))
        self.assertLessEqual(check["moved_min"], check["moved"])
        self.assertLessEqual(check["moved"], check["moved_max"])
        self.assertIn(report.check_text(check) + "\n", self.done.stdout)


class EveryCase(Test):
    def test_every_kind_of_case(self):
        results = self.results(
            "--rounds", "1", "--no-check", "--peers", "echod,echod-2",
            "--cases", "idle,pipelined,stream,churn,latency,workers",
            "--idle-connections", "150", "--idle-rest", "1",
            "--stream-size", "1M")
        for name in ("pipelined", "stream", "churn", "latency"):
            self.assertEqual(list(self.rows(results, name)),
                             ["epoll", "echod"])
        self.assertEqual(list(self.rows(results, "workers")),
                         ["epoll", "echod", "echod-2"])
        stream = self.rows(results, "stream")["echod"]
        self.assertEqual(stream["rounds"][0]["messages"], 16)
        latency = self.rows(results, "latency")["echod"]
        self.assertGreater(latency["rate_asked"], 0)
        idle = self.rows(results, "idle")["echod"]
        self.assertGreater(idle["resident_bytes"], 100)
        self.assertGreater(idle["rested_bytes"], 100)
        self.assertNotIn("ratio", idle)

    def test_every_case_with_tls(self):
        self.need("openssl")
        for version in ("1.2", "1.3"):
            results = self.results(
                "--rounds", "1", "--no-check", "--peers", "tls-bufferevent",
                "--tls", version, "--tls-idle-connections", "100", "--cases",
                ",".join(case.name for case in cases.CASES if case.tls))
            self.assertGreater(len(results["cases"]), 4)
            for case in results["cases"]:
                rows = self.rows(results, case["name"])
                self.assertIn("tls-epoll", rows)
                # What OpenSSL keeps of a connection.
                if case["kind"] == "idle":
                    self.assertGreater(rows["tls-epoll"]["resident_bytes"],
                                       4096)

    def test_the_certificate_is_kept_to_the_owner(self):
        self.need("openssl")
        self.results("--rounds", "1", "--no-check", "--peers", "tls-epoll",
                     "--cases", "tls-64B-50")
        pem = os.stat(os.path.join(BUILD, "bench/tls.pem"))
        self.assertEqual(pem.st_mode & 0o777, 0o600)

    def test_what_is_exact(self):
        self.need("strace")
        self.need("valgrind")
        rows = self.rows(self.results(
            "--no-check", "--cases", "exact", "--messages", "200", "--peers",
            "echod,bufferevent"), "exact")
        calls = rows["echod"]["system_calls"]
        for name in ("epoll_wait", "recvfrom", "sendto"):
            # A start may take a call more or less.
            self.assertAlmostEqual(calls[name], 1, delta=0.02)
        self.assertEqual(rows["echod"]["allocations"], 0)
        self.assertAlmostEqual(rows["bufferevent"]["allocations"], 2,
                               delta=0.02)
        # Older Valgrinds can't read what clang writes for debuggers.
        if "clang" in os.environ.get("CC", ""):
            return
        for name in ("instructions", "instructions_many"):
            self.assertGreater(rows["echod"][name], rows["epoll"][name])


class Choices(Test):
    def test_what_is_not_there_is_refused(self):
        for arguments, said in (
                (("--peers", "epoll,nonesuch"), "there is no 'nonesuch'"),
                (("--cases", "64B"), "there is no '64B'; there are: idle, "),
                (("--seconds", "0"), "expected what is greater than 0"),
                (("--size", "1X"), "expected what is greater than 0"),
                (("--rounds", "1,2"), "expected one number")):
            done = compare(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)

    def test_run_refuses_before_it_builds(self):
        done = subprocess.run(
            ["sh", os.path.join(BENCH, "run.sh"), "--peers", "nonesuch"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("run.sh: error: argument --peers", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_sizes_times_connections(self):
        options = type("Options", (), {
            "size": [64, 65536], "connections": [1, 1000], "cases": ["churn"],
            "idle_connections": 1, "tls_idle_connections": 1,
            "stream_size": 1})
        self.assertEqual(
            [case.name for case in cases.choose(options)],
            ["64B-1", "64B-1000", "64KiB-1", "64KiB-1000", "churn"])

    def test_a_peer_that_is_not_installed_is_named_with_its_package(self):
        results = self.results("--rounds", "1", "--no-check", "--connections",
                               "1", "--peers", "node,socat",
                               PATH=self.folder)
        self.assertEqual(results["left_out"], [
            {"peer": "node", "package": "nodejs"},
            {"peer": "socat", "package": "socat"}])
        self.assertIn("apt install nodejs", self.done.stderr)
        self.assertIn("apt install nodejs", self.read("results.md"))

    def test_the_same_of_one_with_tls(self):
        self.need("openssl")
        os.symlink(shutil.which("openssl"), self.path("openssl"))
        results = self.results("--rounds", "1", "--no-check", "--cases",
                               "tls-64B-50", "--peers",
                               "tls-go,tls-node,tls-socat", PATH=self.folder)
        self.assertEqual(list(self.rows(results, "tls-64B-50")), ["tls-epoll"])
        self.assertEqual(results["left_out"], [
            {"peer": "tls-go", "package": "golang-go"},
            {"peer": "tls-node", "package": "nodejs"},
            {"peer": "tls-socat", "package": "socat"}])
        self.assertIn("Node TLS: not installed; on Debian: apt install nodejs",
                      self.done.stderr)

    def test_tls_without_openssl(self):
        done = compare("--output", self.folder, *QUICK, "--no-check",
                       "--cases", "tls-64B-50", "--peers", "tls-socat",
                       PATH=self.folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("bare OpenSSL on epoll: not installed; on Debian: apt "
                      "install openssl\n", done.stderr)
        self.assertIn("It failed: bare OpenSSL on epoll does not work",
                      done.stdout)

    def test_a_peer_that_does_not_work_is_left_out(self):
        results = self.results("--rounds", "1", "--no-check", "--connections",
                               "1", "--peers", "echod", ECHOD="/bin/false")
        self.assertEqual(list(self.rows(results, "64B-1")), ["epoll"])
        self.assertEqual(results["broken"][0]["peer"], "echod")
        self.assertIn("it ended", results["broken"][0]["reason"])


class Report(unittest.TestCase):
    def test_what_the_check_of_the_generator_says(self):
        check = {"floor": "epoll", "connections": 50, "rounds": 5,
                 "moved": 0.0123, "moved_min": -0.02, "moved_max": 0.03,
                 "server_load": 0.95, "saturated": True, "stands": True}
        for changes, said in (
                ({}, "The generator is not the limit: the messages per second "
                 "of processor time of bare epoll moved by +1.2% (from -2.0% "
                 "to +3.0% in 5 rounds) when the connections became 100 "
                 "rather than 50."),
                ({"stands": False, "moved": -0.061}, "SUSPECT: "),
                ({"saturated": False, "server_load": 0.4}, "UNCERTAIN: ")):
            text = report.check_text({**check, **changes})
            self.assertTrue(text.startswith(said), text)

    def test_a_busy_machine_is_said_to_be_one(self):
        results = {"date": "today", "commit": "0", "options":
                   {"rounds": 3, "seconds": 1}}
        machine = {"processor": "P", "processors": 2, "kernel": "6"}
        for used, busy in ((0.02, False), (0.6, True)):
            results["machine"] = {**machine, "used": used}
            text = report.machine_text(results)
            self.assertIn(f"; {used:.0%} of the processors in use", text)
            self.assertEqual("busy with other things" in text, busy)


class Page(Test):
    def test_tables_are_put_into_their_places(self):
        self.results("--rounds", "1", "--no-check", "--connections", "1",
                     "--peers", "epoll")
        page = self.path("page.md")
        with open(page, "w", encoding="utf-8") as file:
            file.write("Before.\n<!-- results: 64B-1 -->\nold\n<!-- end -->\n"
                       "<!-- results: churn -->\nkept\n<!-- end -->\n")
        for _ in range(2):
            self.results("--from", self.path("results.json"), "--write-doc",
                         page)
            text = self.read("page.md")
            self.assertRegex(
                text, r"^Before\.\n<!-- results: 64B-1 -->\n\|.*\n\| ---.*\n"
                r"\| bare epoll \| [^\n]*\|\n<!-- end -->\n"
                r"<!-- results: churn -->\nkept\n<!-- end -->\n$")

    def test_results_of_another_version_are_refused(self):
        with open(self.path("old.json"), "w", encoding="utf-8") as file:
            json.dump({"schema": 1}, file)
        done = compare("--from", self.path("old.json"), "--output",
                       self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("old.json: expected results of the schema 2",
                      done.stderr)

    def test_the_document_has_a_place_for_every_table(self):
        with open(os.path.join(BENCH, "../doc/performance.md"),
                  encoding="utf-8") as file:
            text = file.read()
        for name in ("machine", "perf", *cases.NAMES):
            self.assertIn(f"<!-- results: {name} -->\n", text)
        self.assertEqual(text.count("<!-- results: "),
                         text.count("<!-- end -->"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
