#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The tables in cases/ are true: each case of CPython's suite that they name
has a test here, which exists, is built and is run (see cases/README)."""

import collections
import glob
import os
import re
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = sorted(glob.glob(os.path.join(HERE, "cases", "*.txt")))
LEAST = 400
LINE = re.compile(r"(?P<case>\w+\.test_?\w*) (?P<source>\w+/test_\w+\.c):"
                  r"(?P<test>\w+)")


def read(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()


def entries():
    """(table's name, line's number, line) of each line that is no comment."""
    for table in TABLES:
        for number, line in enumerate(read(table).splitlines(), 1):
            if line and not line.startswith("#"):
                yield os.path.basename(table), number, line


def variables(folder):
    """The variables of a folder's local.mk: name -> list of words."""
    text = read(folder, "local.mk").replace("\\\n", " ")
    found = {}
    for name, words in re.findall(r"^([\w%]+) *\+?= *(.*)$", text, re.M):
        found.setdefault(name, []).extend(words.split())
    return found


class Folder:
    """The tests of a folder: those that are run, by source."""

    def __init__(self, name):
        self.name = name
        self.built = set()
        self.tests = {}
        makefile = variables(name)
        run = set()
        for word in makefile.get("TESTS", []):
            run.update(makefile.get(word.strip("$()"), [word]))
        for variable, words in makefile.items():
            program = re.fullmatch(r"%C%_(\w+)_SOURCES", variable)
            if program and "%D%/" + program[1] in run:
                self.built.update(word[4:] for word in words
                                  if word.startswith("%D%/"))

    def names(self, source):
        """The tests that a source defines and hands to Check."""
        if source not in self.tests:
            text = read(self.name, source)
            words = collections.Counter(re.findall(r"\w+", text))
            self.tests[source] = {
                name for name in re.findall(r"^[A-Z_]*TEST\((\w+)[,)]",
                                            text, re.M) if words[name] > 1}
        return self.tests[source]


def fault(folders, line):
    """What is wrong with a line, or None."""
    match = LINE.fullmatch(line)
    if match is None:
        return "expected: Class.test_case FOLDER/test_file.c:test_name"
    folder, source = match["source"].split("/")
    if not os.path.exists(os.path.join(HERE, folder, source)):
        return "there is no file " + match["source"]
    if folder not in folders:
        folders[folder] = Folder(folder)
    if source not in folders[folder].built:
        return match["source"] + " belongs to no test that make check runs"
    if match["test"] not in folders[folder].names(source):
        return "%s has no test %s that is run" % (match["source"],
                                                  match["test"])
    return None


class Cases(unittest.TestCase):

    def test_each_line_names_a_test_that_is_run(self):
        folders = {}
        faults = ["%s:%d: %s" % (table, number, wrong)
                  for table, number, line in entries()
                  for wrong in [fault(folders, line)] if wrong]
        self.assertEqual(faults, [], "\n".join(faults))

    def test_no_case_is_named_twice(self):
        seen, twice = set(), []
        for table, number, line in entries():
            case = (table, line.split(" ")[0])
            if case in seen:
                twice.append("%s:%d: %s" % (table, number, case[1]))
            seen.add(case)
        self.assertEqual(twice, [], "\n".join(twice))

    def test_there_are_enough(self):
        self.assertGreaterEqual(len(list(entries())), LEAST)

    def test_what_is_wrong_is_found(self):
        right = "LockTests.test_lock sync/test_lock.c:%s" % (
            "a_new_lock_is_free_and_taken_without_waiting")
        self.assertIsNone(fault({}, right))
        for wrong in (right.replace(" ", "  "), right.replace("Tests.", ""),
                      right.replace("sync/", "core/"), right + "_not",
                      right.replace("test_lock.c", "sync.c"),
                      right.replace("a_new_lock_is_free_and_taken_without_"
                                    "waiting", "use_lock")):
            self.assertIsNotNone(fault({}, wrong), wrong)


if __name__ == "__main__":
    unittest.main()
