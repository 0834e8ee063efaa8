#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The reports of ThreadSanitizer and of Valgrind name the task."""

import os
import shutil
import subprocess
import unittest

BUILD = os.environ.get("top_builddir", os.path.join(
    os.path.dirname(__file__), "..", "..", ".."))
BLAMED = os.path.join(BUILD, "tests", "await", "tools", "blamed")
SANITIZERS = os.environ.get("SANITIZER_CFLAGS", "")
PATIENCE = 300


def run(*command, **environment):
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=PATIENCE, env={**os.environ, **environment}, check=False)


@unittest.skipUnless("thread" in SANITIZERS,
                     "needs a build --with-sanitizers=thread")
class ThreadSanitizer(unittest.TestCase):
    """It shows the task as a thread of that name."""

    def test_race(self):
        done = run(BLAMED, "race", TSAN_OPTIONS="exitcode=66")
        self.assertEqual(done.returncode, 66, done.stdout)
        self.assertIn("WARNING: ThreadSanitizer: data race", done.stdout)
        self.assertIn("'the culprit'", done.stdout)
        self.assertNotIn("'the innocent'", done.stdout)

    def test_no_race(self):
        done = run(BLAMED, "nothing")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.returncode, 0)


@unittest.skipIf(SANITIZERS, "Valgrind can't run what a sanitizer changed")
class Valgrind(unittest.TestCase):
    """After its report stands a line with the name of the task."""

    def setUp(self):
        reason = None
        if shutil.which("valgrind") is None:
            reason = "valgrind is not installed"
        elif not self.has_requests():
            reason = "libawait was built without valgrind/valgrind.h"
        if reason and os.environ.get("CI") == "true":
            self.fail(f"{reason}, and CI=true allows no gaps")
        if reason:
            self.skipTest(reason)

    @staticmethod
    def has_requests():
        with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as file:
            return "#define HAVE_VALGRIND_VALGRIND_H 1" in file.read()

    def test_memory(self):
        done = run("valgrind", "-q", "--error-exitcode=66", BLAMED, "memory")
        self.assertEqual(done.returncode, 66, done.stdout)
        self.assertIn("depends on uninitialised value", done.stdout)
        report = done.stdout.index("depends on uninitialised value")
        name = done.stdout.index(
            "await: the last 1 error above: in task 'the culprit'")
        self.assertLess(report, name)
        # The second step of the task had none, and no other task had any.
        self.assertEqual(done.stdout.count("await:"), 1, done.stdout)

    def test_nothing(self):
        done = run("valgrind", "-q", "--error-exitcode=66", BLAMED, "nothing")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.returncode, 0)

    def test_nothing_is_said_without_valgrind(self):
        done = run(BLAMED, "memory")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
