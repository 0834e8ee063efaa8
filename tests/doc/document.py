# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""doc/operations.md in parts, for the tests that run what stands in it."""
import os
import re

SOURCE = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
PATH = os.path.join(SOURCE, "doc", "operations.md")


def text():
    with open(PATH, encoding="utf-8") as file:
        return file.read()


def blocks():
    """Every fenced block: what stands behind the fence, and the text."""
    return re.findall(r"^```([\w -]+)\n(.*?)^```$", text(), re.S | re.M)


def block(kind):
    """The one block of a kind."""
    found = [body for name, body in blocks() if name == kind]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} blocks are called {kind!r}")
    return found[0]
