#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""tools/stall-picture.py draws a picture, of the kind that the README shows."""

import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   "..", ".."))
BUILD = os.environ.get("top_builddir", ".")
SVG = "{http://www.w3.org/2000/svg}"


def read(path):
    """The headings of a picture's parts, and its curves by part."""
    root = xml.etree.ElementTree.parse(path).getroot()
    headings = [text.text for text in root.findall(SVG + "text")]
    curves = [[path.get("class") for path in part.iter(SVG + "path")]
              for part in root.findall(SVG + "svg")]
    return headings, curves, root


class StallPicture(unittest.TestCase):
    def test_it_is_of_the_kind_that_is_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            picture = os.path.join(folder, "picture.svg")
            subprocess.run(
                [sys.executable, "-B",
                 os.path.join(SOURCE, "tools/stall-picture.py"), "--build",
                 BUILD, "--rate", "500", "--seconds", "1", "--stop", "0.2",
                 picture], check=True, timeout=300)
            headings, curves, root = read(picture)
        self.assertEqual(headings, ["Latency by percentile",
                                    "Latency over time"])
        for part in curves:
            self.assertTrue(any("curve" in kind for kind in part), part)
        shown = read(os.path.join(SOURCE, "doc/images/stall.svg"))
        self.assertEqual(shown[0], headings)
        self.assertEqual(shown[2].get("viewBox"), root.get("viewBox"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
