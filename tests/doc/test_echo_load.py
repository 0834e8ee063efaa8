#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The manual of echo-load has each option that the program has, and no other;
each reason for a verdict, each figure of an objective and each exit status."""

import os
import re
import subprocess
import unittest

SOURCE = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
LOAD = os.environ.get("ECHO_LOAD") or os.path.join(
    os.environ.get("top_builddir", "."), "src/load/echo-load")


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def options_of(*command):
    """{long name: letter or ""}, as --help has them."""
    text = subprocess.run([LOAD, *command, "--help"], check=True, text=True,
                          capture_output=True, timeout=60).stdout
    return {name: letter for letter, name in re.findall(
        r"^ +(?:-(\w), )?--([\w-]+)", text, re.M)}


def described(page):
    """The options that have a paragraph of their own, likewise."""
    found = {}
    for line in re.findall(r"^\.It (.*Fl .*)$", page, re.M):
        letter = ""
        for word in re.findall(r"Fl (-?\w[\w-]*)", line):
            if word.startswith("-"):
                found[word[1:]] = letter
                letter = ""
            else:
                letter = word
    return found


class Manual(unittest.TestCase):
    """man/echo-load.1"""

    @classmethod
    def setUpClass(cls):
        cls.page = read("man", "echo-load.1")

    def part(self, first, last):
        return self.page.split(first)[1].split(last)[0]

    def test_options_of_a_run(self):
        page = self.part(".Ss Modes", ".Ss Merging")
        self.assertEqual(described(page), options_of())

    def test_options_of_merge(self):
        page = self.part(".Ss Merging", ".Ss Comparing")
        real = options_of("merge")
        real.pop("help")
        self.assertEqual(described(page), real)

    def test_options_of_compare(self):
        page = self.part(".Ss Comparing", ".Sh READING")
        real = options_of("compare")
        real.pop("help")
        self.assertEqual(described(page), real)

    def test_options_that_are_named_exist(self):
        known = {**options_of(), **options_of("merge"),
                 **options_of("compare")}
        for name in re.findall(r"Fl -([a-z][\w-]+)", self.page):
            self.assertIn(name, known)

    def test_reasons_of_a_verdict(self):
        page = self.part(".Ss VALID and SUSPECT", ".Ss Before")
        names = re.findall(r'row\(\w+, "(\w+)"\)',
                           read("src", "load", "verdict.h"))
        self.assertGreater(len(names), 5)
        self.assertEqual(re.findall(r"^\.It Cm (\w+)$", page, re.M), names)

    def test_exit_statuses(self):
        page = self.part(".Sh EXIT STATUS", ".Sh EXAMPLES")
        values = re.findall(r"LOAD_\w+ = (\d+),",
                            read("src", "load", "result.h"))
        self.assertEqual(re.findall(r"^\.It (\d+)$", page, re.M), values)


if __name__ == "__main__":
    unittest.main(verbosity=2)
