#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Logs of histograms are what others write and read."""

import collections
import os
import pathlib
import random
import subprocess
import unittest

import hdr_log

FOLDER = pathlib.Path(__file__).resolve().parent
TOOL = os.path.join(os.environ.get('top_builddir', '.'),
                    'tests/load/hdr_log_tool')
REFERENCE = FOLDER / 'hdr_reference.hlog'
STARTED = 1700000000.25
LAST_BUCKET = 2047 << 31


def run(verb, text):
    """What the tool makes of a text."""
    done = subprocess.run([TOOL, verb], input=text, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def read(text):
    """A log as the project's reader sees it, in hdr_log.read_log's terms."""
    for line in run('read', text).splitlines():
        tag, start, seconds, most, beyond, *counts = line.split()
        histogram = {int(value): int(count) for value, count in
                     (pair.split(':') for pair in counts)}
        yield (None if tag == '-' else tag, float(start), float(seconds),
               float(most), int(beyond), histogram)


def bucket(value):
    """The least value of a value's bucket."""
    if value > hdr_log.HIGHEST:
        return LAST_BUCKET
    return hdr_log.least_of(hdr_log.index_of(max(0, value)))


def samples():
    """Lists of values that are distributed in various ways."""
    source = random.Random(1)
    yield 'empty', []
    yield 'one', [123456789]
    yield 'small', [source.randrange(3000) for _ in range(2000)]
    yield 'latencies', [int(50e3 * source.lognormvariate(0, 1))
                        for _ in range(5000)]
    yield 'widths', [source.getrandbits(source.randrange(1, 42))
                     for _ in range(2000)]
    yield 'edges', [0, -5, 1, 2047, 2048, 4095, 4096, hdr_log.HIGHEST,
                    hdr_log.HIGHEST + 1, 2**62]


class Logs(unittest.TestCase):
    """The project's code on one side, hdr_log.py or a file on the other."""

    def test_what_is_written_can_be_read_by_others(self):
        lines, expected = [], []
        for number, (tag, values) in enumerate(samples()):
            lines.append(' '.join(map(str, [tag, number, 1.5, *values])))
            expected.append((tag, STARTED + number, 1.5,
                             round(max([0, *values]) / 1e6, 3),
                             collections.Counter(map(bucket, values))))
        log = run('write', '\n'.join(lines) + '\n')
        self.assertIn('#[Histogram log format version 1.3]\n', log)
        self.assertEqual(list(hdr_log.read_log(log)), expected)

    def test_what_is_written_is_what_others_write(self):
        for tag, values in samples():
            log = run('write', ' '.join(map(str, [tag, 0, 1, *values])))
            text = log.rstrip().rsplit(',', 1)[1]
            histogram = collections.Counter(map(bucket, values))
            if not values:
                histogram = {0: 0}
            with self.subTest(tag):
                self.assertEqual(hdr_log.decompress(text),
                                 hdr_log.encode(histogram))

    def test_what_others_write_is_read(self):
        lines, expected = [], []
        for number, (tag, values) in enumerate(samples()):
            histogram = collections.Counter(map(bucket, values))
            beyond = histogram.get(LAST_BUCKET, 0)
            text = hdr_log.compress(hdr_log.encode(histogram))
            lines.append(f'Tag={tag},{STARTED + number},2,3.5,{text}\n')
            histogram.pop(LAST_BUCKET, None)
            expected.append((tag, STARTED + number, 2, 3.5, beyond,
                             histogram))
        self.assertEqual(list(read(''.join(lines))), expected)

    def test_hdrhistograms_own_log_is_read(self):
        text = REFERENCE.read_text()
        ours, theirs = list(read(text)), list(hdr_log.read_log(text))
        self.assertEqual(len(ours), 12)
        for mine, other in zip(ours, theirs):
            *head, beyond, histogram = mine
            above = {value: count for value, count in other[4].items()
                     if value > hdr_log.HIGHEST}
            with self.subTest(head[0]):
                self.assertEqual(tuple(head), other[:4])
                self.assertEqual(beyond, sum(above.values()))
                self.assertEqual(histogram, {
                    value: count for value, count in other[4].items()
                    if value not in above})
        self.assertEqual(sum(entry[4] for entry in ours), 3)
        self.assertEqual(ours[0][1], STARTED)
        self.assertIsNone(ours[-1][0])

    def test_what_is_no_log_is_refused(self):
        with self.assertRaisesRegex(RuntimeError, '^line 2: expected when'):
            list(read('#\n<html>\n'))


if __name__ == '__main__':
    unittest.main()
