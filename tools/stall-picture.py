#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Draws doc/images/stall.svg anew: has echo-load load an echod, which is
stopped in the middle of the run, and takes the pictures of latency out of the
report's page.  A connection sends when its last echo is back, so who measures
from the sending sees one late message on each of them."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

# Of the page's figures, in this order; their width and height.
FIGURES = ("Latency by percentile", "Latency over time")
WIDTH, HEIGHT, HEADING, EDGE = 760, 300, 40, 10

# What of the page's style is about pictures, and not about the page.
COLOURS = re.compile(r"^:root \{.*?^\}|^@media \(prefers-color-scheme: dark\) "
                     r"\{.*?^\} \}", re.S | re.M)
RULES = re.compile(r"^(?:svg (?:text|\.)|path\.|\.(?:grid|axis|mark|outside|"
                   r"bar|curve)\b).*?\}", re.S | re.M)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("picture", help="where the picture goes")
    add("--build", default=os.environ.get("top_builddir", "."),
        metavar="DIR", help="where the programs were built (default: here)")
    add("--rate", default="5k", help="messages a second (default 5k)")
    add("--seconds", type=float, default=8, metavar="S",
        help="of the run (default 8)")
    add("--stop", type=float, default=1.4, metavar="S",
        help="for which echod is stopped, after half of the run "
        "(default 1.4)")
    return parser.parse_args()


def wait_for_address(log):
    for _ in range(1000):
        with open(log, encoding="utf-8") as file:
            found = re.search(r"listening on (127\S+)\n.*ready", file.read(),
                              re.S)
        if found:
            return found[1]
        time.sleep(0.01)
    raise SystemExit("stall-picture.py: echod did not start")


def run(options, page, echod, address):
    """A run with echod stopped in it."""
    with subprocess.Popen(
            [os.path.join(options.build, "src/load/echo-load"), "--quiet",
             "--rate", options.rate, "--arrivals", "poisson", "--depth",
             "1", "--duration", str(options.seconds), "--warm-up", "0",
             "--interval", str(max(options.seconds / 40, 0.05)), "--html",
             page, address]) as load:
        time.sleep(options.seconds / 2)
        echod.send_signal(signal.SIGSTOP)
        time.sleep(options.stop)
        echod.send_signal(signal.SIGCONT)
    if load.returncode != 0:
        raise SystemExit("stall-picture.py: echo-load failed")


def measure(options):
    """The page of the report."""
    with tempfile.TemporaryDirectory() as folder:
        log, page = (os.path.join(folder, name) for name in ("log", "page"))
        with open(log, "w", encoding="utf-8") as file, subprocess.Popen(
                [os.path.join(options.build, "src/echod/echod"), "--listen",
                 "127.0.0.1:0"], stderr=file) as echod:
            try:
                run(options, page, echod, wait_for_address(log))
            finally:
                echod.kill()
        with open(page, encoding="utf-8") as file:
            return file.read()


def figure(page, name, top):
    """One of the page's pictures, with its heading, so far down."""
    found = re.search(rf"<h2>{name}</h2>.*?<svg class=\"wide\" "
                      r"(viewBox=.*?</svg>)", page, re.S)
    if not found:
        raise SystemExit(f"stall-picture.py: the report has no '{name}'")
    return (f'<text class="heading" x="{EDGE}" y="{top + 24}">{name}</text>\n'
            f'<svg x="{EDGE}" y="{top + HEADING}" width="{WIDTH}" '
            f'height="{HEIGHT}" {found[1]}\n')


def draw(page):
    style = page[page.index("<style>"):page.index("</style>")]
    width = WIDTH + 2 * EDGE
    height = len(FIGURES) * (HEIGHT + HEADING) + EDGE
    rules = "\n".join(COLOURS.findall(style) + RULES.findall(style))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">\n<style>\n'
        f"{rules}\ntext {{ font-family: sans-serif; }}\n"
        "svg .heading { font-size: 16px; font-weight: 600; "
        "fill: var(--ink); }\n</style>\n"
        '<rect width="100%" height="100%" style="fill: var(--ground)"/>\n' +
        "".join(figure(page, name, number * (HEIGHT + HEADING))
                for number, name in enumerate(FIGURES)) + "</svg>\n")


def main():
    options = parse_options()
    picture = draw(measure(options))
    with open(options.picture, "w", encoding="utf-8") as file:
        file.write(picture)


if __name__ == "__main__":
    sys.exit(main())
