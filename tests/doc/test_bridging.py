#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The manual page await-bridging(7) is true: its programs are built and run."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from manual import compile_program, declarations, literals, read

PATIENCE = 30


class Bridging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = read("man", "await-bridging.7")
        cls.programs = literals(cls.page)
        cls.folder = tempfile.mkdtemp(prefix="echod-bridging-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def build(self, number, **changes):
        """Builds one of the page's programs, with a change to its text."""
        text = self.programs[number]
        for old, new in changes.get("replace", {}).items():
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source = os.path.join(self.folder, f"{self.id()}.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        compile_program(source, source[:-2])
        return source[:-2]

    def run_program(self, program):
        return subprocess.run([program], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def interrupt(self, program):
        """Its exit status after Ctrl-C, which comes while it waits."""
        # pylint: disable=consider-using-with
        child = subprocess.Popen([program], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "waiting\n")
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
        self.assertEqual(err, "")
        return child.returncode, out

    def test_all_are_run(self):
        self.assertEqual(len(self.programs), 2)

    def test_references(self):
        known = declarations()
        for name in re.findall(r"\bXr (aw_\w+)", self.page):
            self.assertIn(name, known)

    def test_signal(self):
        done = self.run_program(self.build(0))
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, f"signal {int(signal.SIGUSR1)}\n", ""))

    def test_signal_cancelled(self):
        program = self.build(0, replace={
            "0.1, send_signal, NULL);":
            "1000, send_signal, NULL);\n"
            "\tputs(\"waiting\");\n\tfflush(stdout);"})
        self.assertEqual(self.interrupt(program), (1, ""))

    def test_thread(self):
        done = self.run_program(self.build(1))
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "the answer is 42\n", ""))

    def test_thread_cancelled(self):
        # The oracle takes its time; who asks is interrupted and waits for it.
        program = self.build(1, replace={
            "#include <stdio.h>\n": "#include <stdio.h>\n#include <unistd.h>\n",
            "\toracle->callback(42":
            "\tputs(\"waiting\");\n\tfflush(stdout);\n\tusleep(200000);\n"
            "\toracle->callback(42"})
        returncode, out = self.interrupt(program)
        self.assertEqual(returncode, 1)
        self.assertRegex(out, r"^the answer is -\d+\n$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
