#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Runs each case of this folder in Python and in C, and compares the traces.

usage: test_traces.py [SUBJECT[.CASE]]...

  top_srcdir, top_builddir   where the scripts and the programs are
  PYTHON                     the Python to compare with; this one
  CLIENT_WRAPPER             what the programs run under, as "valgrind -q"
  TEST_SCALE                 multiplies the unit of time; 1

differences.txt says where the two differ on purpose."""

import concurrent.futures
import difflib
import glob
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(
    os.environ.get("top_builddir", os.path.join(HERE, "../..")),
    "tests/asyncio")
PYTHON = os.environ.get("PYTHON", sys.executable)
WRAPPER = shlex.split(os.environ.get("CLIENT_WRAPPER", ""))
SCALE = float(os.environ.get("TEST_SCALE", "1"))
# So many seconds has a subject; most take less than one.
DEADLINE = 60 * SCALE
# Mostly they sleep, but a processor that is too busy would tell on them.
AT_ONCE = 2 * (os.cpu_count() or 1)


class Unusable(Exception):
    """A run that has no trace to compare."""


def run(command, what):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=DEADLINE,
                              check=False)
        output = done.stdout.decode()
        # What Valgrind says of itself, as of a system call it doesn't know.
        errors = re.sub(r"^--\d+-- .*\n", "", done.stderr.decode(),
                        flags=re.MULTILINE)
        status = f"status {done.returncode}"
    except subprocess.TimeoutExpired as err:
        output, errors = (err.stdout or b"").decode(), ""
        status = f"no end within {DEADLINE:g} s"
    except OSError as err:
        raise Unusable(f"{what}: {err}") from err
    if status != "status 0" or errors:
        lines = "\n".join(output.splitlines()[-10:])
        raise Unusable(f"{what}: {status}\n{errors}\nlast lines:\n{lines}")
    return output


def traces(output):
    """The lines of each case by its name, in order."""
    cases = {}
    for line in output.splitlines():
        if line.startswith("!! "):
            # Python is too old for it.
            cases[line[3:]] = None
        elif line.startswith("== "):
            lines = cases.setdefault(line[3:], [])
        else:
            lines.append(line)
    return cases


def differs(python, ours):
    """The lines that only one of the traces has: "- theirs", "+ ours"."""
    lines = difflib.ndiff(python, ours)
    return [line.rstrip() for line in lines if line[0] in "+-"]


def version():
    text = run([PYTHON, "-c", "import sys; print(*sys.version_info[:2])"],
               PYTHON)
    return tuple(int(word) for word in text.split())


def expected_differences(python):
    """The differing lines of each case, as differences.txt has them."""
    expected, name = {}, None
    with open(os.path.join(HERE, "differences.txt"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(("#", "\t")) or not line.strip():
                continue
            if line[0] in "+-":
                expected.get(name, []).append(line.rstrip())
                continue
            name, *when = line.split()
            # "before 3.13", "since 3.12": for those Pythons alone
            limit = tuple(int(n) for n in when[1].split(".")) if when else ()
            if not when or (python < limit) == (when[0] == "before"):
                expected[name] = []
    return expected


def run_subject(subject):
    python = run([PYTHON, "-B", os.path.join(HERE, subject + ".py")],
                 f"{subject}.py")
    ours = run([*WRAPPER, os.path.join(PROGRAMS, subject)], subject)
    return traces(python), traces(ours)


def compare(name, python, ours, expected):
    """Prints what is not as it should be; returns whether all is well."""
    found = differs(python, ours)
    wanted = expected.pop(name, [])
    if found == wanted:
        return True
    if wanted:
        print(f"FAIL: {name}: not the difference that is known:")
        print("\n".join(wanted), "\n--- but (- Python, + ours):")
    else:
        print(f"FAIL: {name}: - Python, + ours")
    print("\n".join(line.rstrip() for line in difflib.ndiff(python, ours)))
    print()
    return False


def find_subjects():
    """The scripts that are cases, not what they share."""
    subjects = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.py"))):
        with open(path, encoding="utf-8") as script:
            if script.read().endswith("\nmain()\n"):
                subjects.append(os.path.basename(path)[:-3])
    return subjects


def main():
    only = sys.argv[1:]
    subjects = find_subjects()
    if only:
        wanted = {name.split(".")[0] for name in only}
        subjects = [name for name in subjects if name in wanted]
    python = version()
    if python < (3, 11):
        print("SKIP: task groups and timeouts came with Python 3.11")
        return 77
    expected = expected_differences(python)
    cases = good = skipped = 0
    well = True
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {name: pool.submit(run_subject, name) for name in subjects}
        for subject, result in runs.items():
            try:
                python, ours = result.result()
            except Unusable as err:
                print(f"FAIL: {err}\n")
                well = False
                continue
            for case in {**python, **ours}:
                name = f"{subject}.{case}"
                if only and subject not in only and name not in only:
                    continue
                if python.get(case, []) is None:
                    skipped += 1
                    continue
                cases += 1
                good += compare(name, python.get(case, ["no such case"]),
                                ours.get(case, ["no such case"]), expected)
    if not only and expected:
        print("FAIL: differences.txt has what did not run: "
              + ", ".join(expected))
        well = False
    print(f"{good} of {cases} cases in {len(subjects)} subjects are as "
          f"expected; {skipped} need a newer Python")
    return 0 if well and good == cases > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
