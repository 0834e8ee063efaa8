#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
The HTML report in a real browser: what is drawn, in light and in dark, on a
wide and on a narrow screen, and on paper.
"""
import math
import re
import tempfile
import unittest

import chromium
import reports

WIDE, PHONE = 1000, 390
PAPER = 687  # A4 between its margins

# What the tests ask about pictures; a picture is found by its title's id.
SCRIPT = """
(() => {
  const shown = e => e.getClientRects().length > 0;
  const box = e => { const r = e.getBoundingClientRect();
    return [r.x + scrollX, r.y + scrollY, r.width, r.height]; };
  const colour = (e, what) => getComputedStyle(e)[what].match(/[\\d.]+/g)
    .slice(0, 3).map(Number);
  const points = p => { const m = p.getScreenCTM(), all = [];
    const length = p.getTotalLength();
    for (let i = 0; i <= 60; i++) {
      const at = p.getPointAtLength(length * i / 60).matrixTransform(m);
      all.push([at.x + scrollX, at.y + scrollY]); }
    return all; };
  return [...document.querySelectorAll("svg")].filter(shown).map(svg => ({
    name: svg.querySelector("title").id.split("-")[0],
    width: svg.classList.value,
    title: svg.querySelector("title").textContent,
    description: svg.querySelector("desc").textContent,
    labelled: svg.getAttribute("aria-labelledby").split(" ")
      .every(id => document.getElementById(id)),
    box: box(svg),
    texts: [...svg.querySelectorAll("text")].map(t => ({
      text: t.textContent, box: box(t), kind: t.classList.value,
      colour: colour(t, "fill")})),
    curves: [...svg.querySelectorAll("path.curve")].map(p => ({
      kind: p.classList[1], colour: colour(p, "stroke"),
      points: p.getAttribute("d") ? points(p) : []})),
    bars: [...svg.querySelectorAll(".bar")].map(b => ({
      colour: colour(b, "fill"), box: box(b),
      title: b.parentNode.querySelector("title").textContent})),
  }));
})()
"""
OVERFLOW = """
(() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(e =>
    !e.closest(".table") && !e.closest("details") &&
    e.getBoundingClientRect().right > width + 0.5);
  return [document.documentElement.scrollWidth - width,
    ...out.map(e => e.tagName + ": " + e.textContent.slice(0, 40))];
})()
"""


def overlap(one, other):
    """Whether boxes share more than their edges."""
    return (one[0] + 1 < other[0] + other[2] and
            other[0] + 1 < one[0] + one[2] and
            one[1] + 1 < other[1] + other[3] and
            other[1] + 1 < one[1] + one[3])


def nanoseconds(text):
    """A tick's text as a number."""
    number, _, unit = text.partition(" ")
    return float(number) * {"": 1, "ns": 1, "us": 1e3, "ms": 1e6,
                            "s": 1e9}[unit]


class Page(unittest.TestCase):
    """Each test opens the page anew; the browser is the same."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.pages = {}
        for sample in reports.SAMPLES:
            cls.pages[sample] = f"{cls.folder.name}/{sample}.html"
            with open(cls.pages[sample], "wb") as file:
                file.write(reports.report("html", sample))
        cls.pages["runs"] = f"{cls.folder.name}/runs.html"
        with open(cls.pages["runs"], "wb") as file:
            file.write(reports.report("html", "full", "full", "full"))
        cls.browser = chromium.Chromium().__enter__()
        cls.addClassCleanup(cls.browser.__exit__)

    def open(self, sample, width=WIDE, **how):
        """The pictures that are shown, by name."""
        self.browser.show(width, **how)
        self.browser.open(self.pages[sample])
        pictures = self.browser.evaluate(SCRIPT)
        return {picture["name"]: picture for picture in pictures}

    def draw(self, picture):
        """A picture's pixels, and what is to be added to a place in it."""
        x, y, width, height = picture["box"]
        x, y = math.floor(x), math.floor(y)
        drawn = chromium.Picture(self.browser.screenshot(
            (x, y, math.ceil(width) + 1, math.ceil(height) + 1)))
        return drawn, x, y

    def check_curves(self, picture, kinds):
        """Each curve is drawn in its colour along all of its way."""
        drawn, x, y = self.draw(picture)
        self.assertEqual(sorted(curve["kind"] for curve in picture["curves"]),
                         kinds)
        for curve in picture["curves"]:
            seen = [drawn.has(curve["colour"], round(at[0] - x),
                              round(at[1] - y), radius=3)
                    for at in curve["points"]]
            # A curve may hide behind another one for a part of its way.
            self.assertGreater(sum(seen), len(seen) * 0.3,
                               f"{picture['name']} {curve['kind']}")
            self.assertTrue(any(seen[:20]) and any(seen[20:40]),
                            f"{picture['name']} {curve['kind']}: {seen}")

    def test_curves_are_drawn(self):
        for sample, kinds_of_rate in (("full", ["one", "three", "two"]),
                                      ("handshakes", ["one"])):
            for dark in (False, True):
                pictures = self.open(sample, dark=dark)
                for name in ("percentiles", "latency"):
                    with self.subTest(sample, name=name, dark=dark):
                        self.check_curves(pictures[name],
                                          ["one", "three", "two"])
                with self.subTest(sample, name="rate", dark=dark):
                    self.check_curves(pictures["rate"], kinds_of_rate)

    def test_colours_can_be_seen_and_read(self):
        colours = {}
        for dark in (False, True):
            pictures = self.open("full", dark=dark)
            ground = [int(c) for c in re.findall(
                r"\d+", self.browser.evaluate(
                    "getComputedStyle(document.body).backgroundColor"))]
            self.assertEqual(chromium.luminance(ground) < 0.2, dark)
            for picture in pictures.values():
                for text in picture["texts"]:
                    self.assertGreater(
                        chromium.contrast(text["colour"], ground), 4.5, text)
                for bar in picture["bars"]:
                    self.assertGreater(
                        chromium.contrast(bar["colour"], ground), 3)
            colours[dark] = {tuple(curve["colour"]) for curve in
                             pictures["percentiles"]["curves"]}
        self.assertEqual([len(found) for found in colours.values()], [3, 3])

    def test_a_percentile_is_where_its_axes_say(self):
        """The curves are read off by eye, so to speak: by ticks and pixels."""
        figures = dict(zip(
            ("response", "service"),
            re.search(r"^ *99 % +([\d.]+ \w+) +\d+ +([\d.]+ \w+)",
                      reports.report("text", "full").decode(),
                      re.M).groups()))
        picture = self.open("full")["percentiles"]
        drawn, left, top = self.draw(picture)
        ticks = [text for text in picture["texts"] if text["kind"] == "tick"]
        x = next(tick["box"][0] + tick["box"][2] / 2 for tick in ticks
                 if tick["text"] == "99 %")
        heights = sorted((nanoseconds(tick["text"]),
                          tick["box"][1] + tick["box"][3] / 2)
                         for tick in ticks if "%" not in tick["text"])
        (low, bottom), (high, above) = heights[0], heights[-1]
        for name, kind in (("response", "one"), ("service", "two")):
            value = nanoseconds(figures[name])
            y = bottom + (above - bottom) * math.log(value / low) / \
                math.log(high / low)
            colour = next(curve["colour"] for curve in picture["curves"]
                          if curve["kind"] == kind)
            with self.subTest(name):
                # Dashes are 11 units apart, and the curve is nearly level.
                self.assertTrue(any(drawn.has(
                    colour, round(x - left) + i, round(y - top), radius=3)
                    for i in range(-6, 7)), f"{value} at {x}, {y}")

    def test_bars_are_drawn(self):
        picture = self.open("full")["histogram"]
        drawn, x, y = self.draw(picture)
        bars = picture["bars"]
        self.assertGreater(len(bars), 20)
        for bar in bars:
            left, top, width, height = bar["box"]
            self.assertTrue(drawn.has(
                bar["colour"], round(left + width / 2 - x),
                round(top + height / 2 - y), radius=1, tolerance=60), bar)
        counts = [int(re.search(r": ([\d,]+) \(", bar["title"])[1].replace(
            ",", "")) for bar in bars]
        self.assertEqual(sum(counts), 20000)
        # The taller, the more; where they are tall enough to tell.
        for bar, count in zip(bars, counts):
            if bar["box"][3] > 5:
                self.assertAlmostEqual(
                    bar["box"][3] / count,
                    max(b["box"][3] for b in bars) / max(counts), 2)

    def check_texts(self, picture):
        """No text touches another one, or is cut by an edge, and all can be
        read."""
        texts = picture["texts"]
        left, top, width, height = picture["box"]
        for i, one in enumerate(texts):
            x, y, length, size = one["box"]
            self.assertGreater(size, 10, one)
            self.assertTrue(
                left - 1 <= x and x + length <= left + width + 1 and
                top - 1 <= y and y + size <= top + height + 1,
                (picture["name"], one, picture["box"]))
            for other in texts[:i]:
                self.assertFalse(overlap(one["box"], other["box"]),
                                 (picture["name"], one["text"],
                                  other["text"]))

    def check_layout(self, width, printed=False):
        """Nothing is wider than the window, and pictures are made for it."""
        self.browser.show(width, printed=printed)
        self.assertEqual(self.browser.evaluate(OVERFLOW), [0])
        pictures = self.browser.evaluate(SCRIPT)
        self.assertEqual([picture["name"] for picture in pictures],
                         ["percentiles", "latency", "rate", "histogram"])
        for picture in pictures:
            self.assertEqual(picture["width"],
                             "narrow" if width <= 640 and not printed else
                             "wide")
            self.assertTrue(picture["labelled"])
            self.assertGreater(len(picture["title"]), 5)
            self.assertGreater(len(picture["description"]), 40)
            self.check_texts(picture)

    def test_it_fits_every_width(self):
        for sample in self.pages:
            self.open(sample)
            for width in (320, PHONE, 641, WIDE):
                with self.subTest(sample, width=width):
                    self.check_layout(width)

    def test_nothing_else_is_asked_for(self):
        for sample in ("full", "hostile"):
            with self.subTest(sample):
                self.open(sample)
                self.assertEqual([url for url in self.browser.requests
                                  if url != "data:,"],
                                 ["file://" + self.pages[sample]])
                self.assertEqual(self.browser.evaluate(
                    "document.querySelectorAll('script, iframe, object, "
                    "embed, img, link:not([href^=\"data:\"])').length"), 0)

    def test_texts_of_others_stay_texts(self):
        self.open("hostile")
        self.assertEqual(self.browser.evaluate(
            "document.querySelector('h1').textContent"),
            "unix:/<script>alert(1)</script>&\"'?")
        self.assertIn("<b>??(</b> & \"more\"", self.browser.evaluate(
            "document.body.textContent"))

    def test_what_there_is_none_of_is_said(self):
        pictures = self.open("empty")
        for picture in pictures.values():
            self.assertEqual([text["kind"] for text in picture["texts"]],
                             ["nothing"])
            self.assertEqual(picture["curves"] + picture["bars"], [])

    def test_a_single_echo_is_seen(self):
        pictures = self.open("single")
        for name in ("percentiles", "latency", "rate"):
            with self.subTest(name):
                drawn, x, y = self.draw(pictures[name])
                curve = pictures[name]["curves"][-1]
                at = [sum(point[i] for point in curve["points"]) /
                      len(curve["points"]) for i in (0, 1)]
                self.assertTrue(drawn.has(
                    curve["colour"], round(at[0] - x), round(at[1] - y),
                    radius=5))
        self.assertEqual(len(pictures["histogram"]["bars"]), 1)

    def test_nothing_is_cut_on_paper(self):
        for sample in self.pages:
            self.open(sample, PAPER, printed=True)
            with self.subTest(sample):
                self.check_layout(PAPER, printed=True)

    def test_it_can_be_printed(self):
        """On white paper, also by who likes it dark on the screen."""
        self.browser.show(WIDE, dark=True, printed=True)
        self.browser.open(self.pages["full"])
        self.assertEqual(self.browser.evaluate(
            "getComputedStyle(document.body).backgroundColor"),
            "rgb(255, 255, 255)")
        pdf = self.browser.pdf()
        self.assertEqual(pdf[:5], b"%PDF-")
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        self.assertIn(pages, range(3, 7))
        # One picture of each kind, and none is cut by the end of a page.
        self.assertEqual(len(self.browser.evaluate(SCRIPT)), 4)
        self.assertEqual(self.browser.evaluate(
            "[...document.querySelectorAll('figure')].filter(e => "
            "getComputedStyle(e).breakInside != 'avoid').length"), 0)


if __name__ == "__main__":
    reports.main(None if chromium.find() else
                 "no Chromium; on Debian: apt install chromium")
