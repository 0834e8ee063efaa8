#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Runs tasks (libawait), tasks.py (asyncio) and, where Go is installed,
tasks.go in turn, several rounds of each, and prints the medians side by side as
a Markdown table: nanoseconds of processor time, and bytes."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command):
    """One round of one program: its figures by name."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"tasks-compare.py: {command[0]} failed with exit status "
                 f"{done.returncode}")
    return {line[:24].strip(): float(line[24:])
            for line in done.stdout.splitlines()}


def peers(options, folder):
    """The commands by name."""
    counts = ["--gathered", str(options.gathered),
              "--sleepers", str(options.sleepers)]
    found = {
        "libawait": [options.program, "--operations", str(options.operations),
                     *counts],
        "asyncio": [sys.executable, os.path.join(HERE, "tasks.py"),
                    "--operations", str(max(2, options.operations // 10)),
                    *counts],
    }
    if shutil.which("go") is None:
        print("Go is not installed; on Debian: apt install golang-go",
              file=sys.stderr)
        return found
    program = os.path.join(folder, "tasks-go")
    subprocess.run(["go", "build", "-o", program,
                    os.path.join(HERE, "tasks.go")],
                   env={**os.environ, "GOCACHE": folder, "GO111MODULE": "off"},
                   check=True)
    found["Go"] = [program, "--operations", str(options.operations), *counts]
    return found


def report(rounds):
    print("| | " + " | ".join(rounds) + " |")
    print("|---|" + "---|" * len(rounds))
    first = next(iter(rounds.values()))[0]
    for name in first:
        values = [statistics.median(figures[name] for figures in each)
                  for each in rounds.values()]
        unit = "B" if name.startswith("memory") else "ns"
        print(f"| {name} | " +
              " | ".join(f"{value:,.0f} {unit}" for value in values) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the program tasks, as it was built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--operations", type=int, default=500000,
                        help="of each kind; a tenth of it for Python")
    parser.add_argument("--gathered", type=int, default=10000)
    parser.add_argument("--sleepers", type=int, default=100000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tasks-compare-") as folder:
        commands = peers(options, folder)
        rounds = {name: [] for name in commands}
        for number in range(options.rounds):
            for name, command in commands.items():
                print(f"round {number + 1} of {options.rounds}: {name}",
                      file=sys.stderr)
                rounds[name].append(run(command))
    report(rounds)


if __name__ == "__main__":
    main()
