# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the tests of the manual share: the pages, and the library's headers."""

import glob
import os
import re
import subprocess

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   "..", ".."))
BUILD = os.environ.get("top_builddir", SOURCE)
INCLUDE = os.path.join(SOURCE, "src", "await")


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def headers():
    """The text of every public header, by its name."""
    return {os.path.basename(path): read(path) for path in
            sorted(glob.glob(os.path.join(INCLUDE, "await", "*.h")))}


def flat(text):
    """The text in one line, with single blanks."""
    return re.sub(r"\s+", " ", text).strip()


def declarations():
    """Each function that the headers declare, as "type name(arguments)"."""
    found = {}
    for text in headers().values():
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        text = re.sub(r"^#.*(?:\\\n.*)*$", "", text, flags=re.M)
        text = re.sub(r"\{[^{}]*\}", "{}", text)
        for part in re.sub(r"\bAW_[A-Z_]+\b", " ", text).split(";"):
            match = re.fullmatch(r"\s*(\w[\w\s*]*?)\b(aw_\w+)\((.*)\)\s*", part,
                                 re.S)
            if match and not match.group(1).startswith("typedef"):
                name = match.group(2)
                found[name] = flat(
                    f"{flat(match.group(1))} {name}({flat(match.group(3))})")
    return found


def literals(page):
    """The page's displays, as a reader sees them."""
    return [text.replace("\\&", "").replace("\\e", "\\") for text in
            re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", page, re.S | re.M)]


def example(page):
    """The program in the page's EXAMPLES."""
    return literals(page.split("\n.Sh EXAMPLES\n")[1])[0]


def pages():
    """The library's pages that describe functions, by their name."""
    return {os.path.basename(path)[:-2]: read(path) for path in
            sorted(glob.glob(os.path.join(SOURCE, "man", "aw_*.3")))}


def compile_program(source, output, *options):
    """Compiles a C file; with an output of .o it is not linked."""
    flags = os.environ.get("SANITIZER_CFLAGS", "").split()
    link = ["-c"] if output.endswith(".o") else [
        os.path.join(BUILD, "src/await/.libs/libawait.a"), "-levent_core",
        "-lssl", "-lcrypto", "-lpthread"]
    subprocess.run(
        [*os.environ.get("CC", "cc").split(), "-Wall", "-Wextra", "-Werror",
         *flags, *options, "-o", output, source, "-I", INCLUDE, *link],
        check=True)
