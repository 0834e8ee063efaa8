# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The ratios as a picture: a panel a case, all to the same scale, a bar a peer
from nothing to its median, and whiskers from its least to its greatest."""

from xml.sax.saxutils import escape, quoteattr

from . import peers

LABELS = peers.LABELS
WIDTH, LABEL_WIDTH, VALUE_WIDTH, EDGE = 760, 190, 60, 10
BAR, GAP, TITLE, HEADING = 16, 6, 34, 48
# From the middle of a line of text down to where its letters stand.
LETTERS = 4.5

# A light page, or a dark one.
STYLE = """
text { font: 13px sans-serif; fill: #1f2328; }
.page { fill: #ffffff; }
.title { font-weight: bold; }
.label, .value { text-anchor: end; }
.bar { fill: #b1bac4; }
.own { fill: #4c8fe8; }
.floor { stroke: #57606a; stroke-dasharray: 3 3; }
.whisker { stroke: #1f2328; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.page { fill: #0d1117; }
.bar { fill: #57606a; }
.own { fill: #2f6fd0; }
.floor { stroke: #9198a1; }
.whisker { stroke: #e6edf3; }
}
"""


def line(kind, x1, y1, x2, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" ' \
        f'x2="{x2:.1f}" y2="{y2:.1f}"/>'


def text(kind, x, y, words):
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}' \
        '</text>'


def bar(row, y, scale):
    """A peer's bar, whiskers, name and number."""
    middle, x = y + BAR / 2, LABEL_WIDTH + 10
    name = row["peer"].removeprefix("tls-")
    own = " own" if name.startswith(("echod", "await")) else ""
    least, most = (x + row[key] * scale for key in ("ratio_min", "ratio_max"))
    return [
        text("label", LABEL_WIDTH, middle + LETTERS, LABELS[row["peer"]]),
        f'<rect class="bar{own}" data-peer={quoteattr(row["peer"])} x="{x}" '
        f'y="{y}" width="{row["ratio"] * scale:.1f}" height="{BAR}"/>',
        line("whisker", least, middle, most, middle),
        line("whisker", least, middle - 4, least, middle + 4),
        line("whisker", most, middle - 4, most, middle + 4),
        text("value", WIDTH - EDGE, middle + LETTERS, f"{row['ratio']:.2f}"),
    ]


def panel(case, top, scale):
    """A case's panel, and where the next one begins."""
    rows = case["rows"]
    x = LABEL_WIDTH + 10
    parts = [f'<g data-case={quoteattr(case["name"])}>',
             text("title", x, top + 20, case["title"])]
    y = top + TITLE
    end = y + len(rows) * (BAR + GAP)
    for row in rows:
        parts += bar(row, y, scale)
        y += BAR + GAP
    parts += [line("floor", x + scale, top + TITLE - 4, x + scale, end),
              "</g>"]
    return parts, end


def draw(results):
    """The picture, of all cases that have ratios."""
    shown = [case for case in results["cases"]
             if case["rows"] and "ratio" in case["rows"][0]]
    most = max([1.05] + [row["ratio_max"] for case in shown
                         for row in case["rows"]])
    scale = (WIDTH - VALUE_WIDTH - LABEL_WIDTH - 10) / most
    parts, top = [], HEADING
    for case in shown:
        more, top = panel(case, top, scale)
        parts += more
    heading = [
        text("title", EDGE, 20, "Messages, bytes or connections per second of "
             "the server's processor time"),
        text("note", EDGE, 38, "The first server of each case is 1. Bars are "
             "medians over the rounds, whiskers go from the least to the "
             "greatest.")]
    height = top + EDGE
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Echo servers compared</title>", f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        *heading, *parts, "</svg>", ""])
