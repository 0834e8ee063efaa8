# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The ratios as a picture: a panel a case, a bar a peer from nothing to its
median, and whiskers from its least to its greatest."""

from xml.sax.saxutils import escape, quoteattr

from . import peers

LABELS = peers.LABELS
WIDTH, LABEL_WIDTH, VALUE_WIDTH = 760, 190, 60
BAR, GAP, TITLE, HEADING = 16, 6, 34, 48

# The page's own colours, or those of a dark one.
STYLE = """
text { font: 13px sans-serif; fill: #1f2328; }
.title { font-weight: bold; }
.label, .value { dominant-baseline: central; }
.label { text-anchor: end; }
.bar { fill: #8c96a3; }
.own { fill: #2f6fd0; }
.floor { stroke: #57606a; stroke-dasharray: 3 3; }
.whisker { stroke: #1f2328; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.bar { fill: #6e7681; }
.own { fill: #58a6ff; }
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
    own = " own" if row["peer"].startswith(("echod", "await")) else ""
    least, most = (x + row[key] * scale for key in ("ratio_min", "ratio_max"))
    return [
        text("label", LABEL_WIDTH, middle, LABELS[row["peer"]]),
        f'<rect class="bar{own}" data-peer={quoteattr(row["peer"])} x="{x}" '
        f'y="{y}" width="{row["ratio"] * scale:.1f}" height="{BAR}"/>',
        line("whisker", least, middle, most, middle),
        line("whisker", least, middle - 4, least, middle + 4),
        line("whisker", most, middle - 4, most, middle + 4),
        text("value", WIDTH - VALUE_WIDTH + 10, middle,
             f"{row['ratio']:.2f}"),
    ]


def panel(case, top):
    """A case's panel, and where the next one begins."""
    rows = case["rows"]
    x = LABEL_WIDTH + 10
    most = max([1.05] + [row["ratio_max"] for row in rows])
    scale = (WIDTH - VALUE_WIDTH - x) / most
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
    parts, top = [], HEADING
    for case in results["cases"]:
        if case["rows"] and "ratio" in case["rows"][0]:
            more, top = panel(case, top)
            parts += more
    heading = [
        text("title", 10, 20, "Messages (or bytes, connections) per second of "
             "the server's processor time; bare epoll is 1"),
        text("note", 10, 38, "Bars are medians over the rounds, whiskers go "
             "from the least to the greatest.")]
    height = top + 10
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Echo servers compared</title>", f"<style>{STYLE}</style>",
        *heading, *parts, "</svg>", ""])
