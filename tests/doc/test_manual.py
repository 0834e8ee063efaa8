#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The library's manual is true: each function has its page, with the prototype
and the structures that the headers declare, and each example is compiled; those
that are whole programs and need nothing from outside are run."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from manual import (compile_program, declarations, example, flat, headers,
                    literals, pages)

PATIENCE = 30
# Programs that run for ever, or need a server: how they are ended.
SERVERS = {"aw_start_server", "aw_create_connection"}
NEEDS_A_SERVER = {"aw_open_connection"}


def names(page):
    return re.findall(r"^\.Nm (\S+)", page.split("\n.Sh LIBRARY")[0], re.M)


def prototypes(page):
    """The functions of a page's SYNOPSIS, as the headers' are written."""
    found = {}
    kind = None
    for line in page.split("\n.Sh DESCRIPTION")[0].split("\n"):
        if line.startswith(".Ft "):
            kind = line[4:].strip('"')
        elif line.startswith(".Fn "):
            words = [quoted or bare for quoted, bare in
                     re.findall(r'"([^"]*)"|(\S+)', line[4:])]
            found[words[0]] = f"{kind} {words[0]}({', '.join(words[1:])})"
    return found


def serves(pid):
    """Whether a process listens by TCP, and takes SIGINT."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        caught = re.search(r"^SigCgt:\s*(\w+)", file.read(), re.M).group(1)
    if not int(caught, 16) & 1 << signal.SIGINT - 1:
        return False
    listening = set()
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        listening |= {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    folder = f"/proc/{pid}/fd"
    return any(os.readlink(os.path.join(folder, fd)) in listening
               for fd in os.listdir(folder))


class Functions(unittest.TestCase):
    """Pages and headers agree."""

    def test_every_function_has_one_page(self):
        listed = sorted(name for page in pages().values()
                        for name in names(page))
        self.assertGreater(len(listed), 200)
        self.assertEqual(listed, sorted(declarations()))

    def test_prototypes(self):
        declared = {name: re.sub(r"\s*([*(,])\s*", r"\1", text)
                    for name, text in declarations().items()}
        for title, page in pages().items():
            shown = prototypes(page)
            self.assertEqual(sorted(shown), sorted(names(page)), title)
            for name, text in shown.items():
                self.assertEqual(re.sub(r"\s*([*(,])\s*", r"\1", flat(text)),
                                 declared[name])

    def test_structures(self):
        text = "\n".join(headers().values())
        seen = 0
        for title, page in pages().items():
            for shown in literals(page.split("\n.Sh DESCRIPTION")[0]):
                for part in re.split(r"(?<=;)\n(?=\S)", shown.strip()):
                    self.assertTrue(part in text,
                                    f"{title} shows another version of {part}")
                    seen += 1
        self.assertGreater(seen, 10)

    def test_references(self):
        """Whatever a page refers to in section 3 and begins with aw_ exists."""
        known = set(declarations())
        for title, page in pages().items():
            for name in re.findall(r"\b[FX][nr] (aw_\w+)", page):
                self.assertIn(name, known, title)


class Examples(unittest.TestCase):
    """Each page's example is compiled, and run if it is a program."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="echod-manual-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def build(self, title, page):
        code = example(page)
        source = os.path.join(self.folder, title + ".c")
        is_program = re.search(r"^main\(", code, re.M) is not None
        output = os.path.join(self.folder, title + ("" if is_program else ".o"))
        # Other ports, so that tests can run beside each other.
        code = re.sub(r'"localhost", 8\d\d\d,', '"localhost", 0,', code)
        with open(source, "w", encoding="utf-8") as file:
            file.write(code)
        compile_program(source, output)
        return output if is_program else None

    def run_server(self, program):
        # pylint: disable=consider-using-with
        child = subprocess.Popen([program], stderr=subprocess.PIPE)
        deadline = time.monotonic() + PATIENCE
        try:
            while not serves(child.pid):
                self.assertIsNone(child.poll(), "it has ended by itself")
                self.assertLess(time.monotonic(), deadline, "it never listens")
                time.sleep(0.01)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(PATIENCE), 0)
            self.assertEqual(child.stderr.read(), b"")
        finally:
            child.kill()
            child.wait()
            child.stderr.close()

    def test_examples(self):
        programs = 0
        for title, page in pages().items():
            with self.subTest(title):
                program = self.build(title, page)
                if program is None or title in NEEDS_A_SERVER:
                    continue
                programs += 1
                if title in SERVERS:
                    self.run_server(program)
                    continue
                done = subprocess.run([program], capture_output=True,
                                      text=True, timeout=PATIENCE, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(programs, 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
