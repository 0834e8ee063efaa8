#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The line that shows how a run is going: on a terminal, and only there."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

import reports


def on_terminal(columns, *options):
    """What a terminal of that width is sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([reports.PROGRAM, "live", "full", *options],
                          stdout=subprocess.DEVNULL, stderr=theirs) as run:
        os.close(theirs)
        sent = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                data = b""
            if not data:
                break
            sent += data
        run.wait(reports.SECONDS)
    os.close(ours)
    return sent.decode()


def play(sent):
    """The lines that could be seen one after the other; the cursor's row."""
    seen, line = [], ""
    for part in re.findall(r"\r|\x1b\[K|[^\r\x1b]+|\x1b.", sent):
        if part == "\r":
            column = 0
        elif part == "\x1b[K":
            line = line[:column]
            seen.append(line)
        elif part[0] == "\x1b" or "\n" in part:
            raise AssertionError(f"sent {part!r}")
        else:
            line = line[:column] + part + line[column + len(part):]
            column += len(part)
    return seen


class Live(unittest.TestCase):
    """On terminals of several widths, and on none."""

    def test_line_is_redrawn_in_place_and_taken_away(self):
        seen = play(on_terminal(100))
        self.assertEqual(len(seen), 41)
        self.assertEqual(seen[-1], "")
        self.assertRegex(
            seen[20], r"^5\.2 s  52 %  2\.48k/s  p50 \d\d\.\d us  "
            r"p99 \d{3} us  errors 0  open 50$")
        self.assertIn("errors 2", seen[-2])
        self.assertTrue(all(seen[:-1]))

    def test_line_is_never_wider_than_the_terminal(self):
        for columns in (10, 40, 80, 300):
            with self.subTest(columns=columns):
                seen = play(on_terminal(columns))
                self.assertEqual(len(seen), 41)
                self.assertLess(max(map(len, seen)), columns)

    def test_quiet_draws_nothing(self):
        self.assertEqual(on_terminal(80, "quiet"), "")

    def test_nothing_is_drawn_elsewhere(self):
        run = subprocess.run([reports.PROGRAM, "live", "full"], check=True,
                             timeout=reports.SECONDS, capture_output=True)
        self.assertEqual(run.stderr, b"")


if __name__ == "__main__":
    reports.main()
