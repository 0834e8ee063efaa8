#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""No relative link in a document leads nowhere, neither to a file nor to a
heading.

usage: test_links.py [FOLDER], by default the source's."""
import collections
import os
import re
import sys

SOURCE = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
# Its folders; elsewhere are copies, which builds have made.
PARTS = ("bench", "conf", "debian", "doc", "examples", "man", "src", "systemd",
         "tests", "tools")


def documents_below(folder):
    for path, _, names in os.walk(folder):
        yield from (os.path.join(path, name) for name in names
                    if name.endswith(".md"))


def documents_of_source():
    for name in os.listdir(SOURCE):
        if name.endswith(".md"):
            yield os.path.join(SOURCE, name)
    for part in PARTS:
        yield from documents_below(os.path.join(SOURCE, part))


def prose(path):
    """The text without its code, in which brackets are no links."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return re.sub(r"^(```+).*?^\1 *$", "", text, flags=re.S | re.M)


def anchors(path):
    """What the headings are called in links; equal ones are numbered."""
    times = collections.Counter()
    for heading in re.findall(r"^#+ (.*)$", prose(path), re.M):
        name = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        yield f"{name}-{times[name]}" if times[name] else name
        times[name] += 1


def links(path):
    """What the links to other places in the same tree lead to."""
    text = re.sub(r"`[^`\n]*`", "", prose(path))
    targets = re.findall(r"\]\(\s*<?([^)\s>]+)", text)
    targets += re.findall(r"^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)", text, re.M)
    targets += re.findall(r"\b(?:href|src)=[\"']([^\"']+)", text)
    return [target for target in targets
            if not re.match(r"[a-z][a-z0-9+.-]*:|//", target)]


def is_dead(path, target):
    """Whether a link in the document at the path finds nothing."""
    name, _, anchor = target.partition("#")
    place = os.path.join(os.path.dirname(path), name) if name else path
    if not os.path.exists(place):
        return True
    return bool(anchor) and anchor not in anchors(place)


def main():
    paths = sorted(documents_below(sys.argv[1]) if len(sys.argv) > 1
                   else documents_of_source())
    count = 0
    dead = []
    for path in paths:
        targets = links(path)
        count += len(targets)
        dead += [f"{path}: {target}" for target in targets
                 if is_dead(path, target)]
    print("\n".join(dead + [f"{count} links in {len(paths)} documents, "
                            f"{len(dead)} of them dead"]))
    return 1 if dead or not count else 0


if __name__ == "__main__":
    sys.exit(main())
