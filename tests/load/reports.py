# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the tests of reports share: reports of samples made by hand."""
import os
import pathlib
import subprocess
import sys
import unittest

TOP = pathlib.Path(os.environ.get(
    "top_srcdir", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.path.join(os.environ.get("top_builddir", "."),
                       "tests/load/write_report")
SAMPLES = ("full", "handshakes", "empty", "single", "hostile")
SECONDS = 60 * int(os.environ.get("TEST_SCALE", "1"))


def report(form, *samples):
    """The bytes of a report, of a run for each sample."""
    return subprocess.run([PROGRAM, form, *samples], check=True,
                          timeout=SECONDS, stdout=subprocess.PIPE).stdout


def main(missing=None):
    """Runs the tests, unless something is missing; CI has everything."""
    if missing and os.environ.get("CI") == "true":
        sys.exit(f"failed, as the machine lacks something: {missing}")
    if missing:
        print(f"skipped: {missing}")
        sys.exit(77)
    unittest.main(verbosity=2)
