#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The sources are made as doc/architecture.md and CONTRIBUTING.md say: which
folder uses which, and how long a function is."""

import glob
import os
import re
import unittest

from document import SOURCE

# Whom a folder's sources may use, beside each other.
USES = {
    "src/await/coro": set(),
    "src/await/core": {"src/await/coro"},
    "src/await/sync": {"src/await/core", "src/await/coro"},
    "src/await/net": {"src/await/core", "src/await/coro"},
    "src/await/process": {"src/await/core", "src/await/coro", "src/await/net"},
    "src/common": set(),
    "src/echod": {"src/common"},
    "src/client": {"src/common"},
    "src/load": {"src/common"},
}
# The library's public headers, which everybody may include.
PUBLIC = "src/await", "src/await/await"
# Where the compiler looks, after the folder of the source.
PLACES = "src", "src/await"
LONGEST_FUNCTION = 60


def path(*names):
    return os.path.join(SOURCE, *names)


def read(name):
    with open(path(name), encoding="utf-8") as file:
        return file.read()


def sources(folder, kinds="ch"):
    """The C files of a folder, as their names from the top."""
    return sorted(os.path.relpath(name, SOURCE)
                  for name in glob.glob(path(folder, f"*.[{kinds}]")))


def included(source):
    """The files of the tree that a source includes."""
    for name in re.findall(r'^\s*#\s*include\s+["<](.+)[">]', read(source),
                           re.M):
        for place in (os.path.dirname(source), *PLACES):
            found = os.path.join(place, name)
            if os.path.isfile(path(found)):
                yield found
                break


def functions(text):
    """(name, lines of the body, is static) of the functions of a .c file."""
    for kind, name, body in re.findall(
            r"^(\S.*)\n(?: {4}.*\n|.*[,(]\n)*?(\w+)\([^{;]*\)\n\{\n"
            r"((?:(?!\}$).*\n)*)\}$", text, re.M):
        yield name, body.count("\n"), kind.startswith("static")


class Folders(unittest.TestCase):
    def test_all_are_known(self):
        """A new folder has its place among the others."""
        found = {os.path.dirname(name)
                 for pattern in ("*/*.c", "await/*/*.c")
                 for name in glob.glob(pattern, root_dir=path("src"))}
        self.assertEqual({f"src/{name}" for name in found}, set(USES))

    def test_headers_are_those_of_whom_a_folder_uses(self):
        seen = set()
        for folder, uses in USES.items():
            for source in sources(folder):
                for name in included(source):
                    place = os.path.dirname(name)
                    seen.add((folder, place))
                    self.assertIn(place, {folder, *uses, *PUBLIC},
                                  f"{source} includes {name}")
        # Those that there are, so something was looked at.
        self.assertLessEqual({("src/await/core", "src/await/coro"),
                              ("src/await/net", "src/await/core"),
                              ("src/echod", "src/common")}, seen)

    def test_programs_include_one_header_of_the_library(self):
        for folder in USES:
            if not folder.startswith("src/await"):
                for source in sources(folder):
                    library = [name for name in included(source)
                               if name.startswith("src/await")]
                    self.assertLessEqual(set(library), {"src/await/await.h"},
                                         source)

    def test_the_library_calls_downwards(self):
        """What is declared in a public header could be called from below."""
        library = [name for name in USES if name.startswith("src/await")]
        home = {name: folder for folder in library
                for source in sources(folder, "c")
                for name, _, is_static in functions(read(source))
                if not is_static}
        self.assertGreater(len(home), 400)
        for folder in library:
            allowed = {folder, *USES[folder]}
            for source in sources(folder):
                code = re.sub(r"/\*.*?\*/", "", read(source), flags=re.S)
                for name in set(re.findall(r"\baw_\w+(?=\()", code)):
                    self.assertIn(home.get(name, folder), allowed,
                                  f"{source} calls {name}")


class Functions(unittest.TestCase):
    def test_none_is_too_long(self):
        seen = 0
        for folder in USES:
            for source in sources(folder, "c"):
                for name, lines, _ in functions(read(source)):
                    seen += 1
                    self.assertLessEqual(lines, LONGEST_FUNCTION,
                                         f"{source}: {name}")
        self.assertGreater(seen, 2000)


if __name__ == "__main__":
    unittest.main()
