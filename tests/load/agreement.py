# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Whether two programs that measure the same in turns agree, within the noise
of the machine.

The noise is not guessed: the median of the rounds' ratios has an interval of
confidence, which is as wide as the rounds scatter. The programs agree if it
lies within a band around 1. If it lies wholly outside they are suspected to
differ, and do if it still does with more rounds and more confidence. With any
other there are too few rounds, or the machine is too busy, to tell.
"""

import math
import statistics
import time

BAND = 0.8, 1.25
SOME, MUCH = 0.9, 0.99  # confidence
AGREE, UNKNOWN, SUSPECTED, DIFFER = "agree", "unknown", "suspected", "differ"
# A share of the time that is measured.
WAITED_MOST = 0.25
# So many rounds of which that was more.
HOPELESS = 4
# Longer, where a difference is suspected.
MORE = 4


def median_interval(values, confidence=SOME):
    """Where the median of what the values are drawn from lies, by no more than
    their order: the lowest and the highest that it may be."""
    count = len(values)
    skipped, outside = -1, 0.0
    while True:
        # That not more than so many values are below the median, or above.
        outside += 2 * math.comb(count, skipped + 1) / 2 ** count
        if outside > 1 - confidence:
            break
        skipped += 1
    if skipped < 0:
        return 0.0, math.inf
    ordered = sorted(values)
    return ordered[skipped], ordered[-1 - skipped]


def is_outside(interval):
    return interval[1] < BAND[0] or BAND[1] < interval[0]


def judge(ratios):
    """What the ratios of the rounds tell."""
    low, high = median_interval(ratios)
    if BAND[0] < low and high < BAND[1]:
        return AGREE
    if not is_outside((low, high)):
        return UNKNOWN
    return DIFFER if is_outside(median_interval(ratios, MUCH)) else SUSPECTED


def scatter(values):
    """By which factor a program's rounds differ from its own next ones."""
    return math.exp(statistics.median(
        abs(math.log(after / before))
        for before, after in zip(values, values[1:])))


class Turns:
    """Rounds of two programs, each with a figure for every name.

    A program that has to wait for a processor is as slow as its work for a
    message is much, and not as the server is; rounds in which that was so are
    left out."""

    def __init__(self, *names):
        self.names = names
        self.rounds = []
        self.waits = []

    def ratios(self, name):
        at = self.names.index(name)
        return [own[at] / other[at] for own, other in self.rounds]

    def judgements(self, lie=1):
        """What the rounds tell of each figure, if one's were so many times as
        great."""
        return {judge([lie * ratio for ratio in self.ratios(name)])
                for name in self.names}

    def take(self, turns, seconds):
        """Takes rounds, pairs of figures and the share of time that was waited
        for a processor, until what they tell is clear, or the time is over."""
        begun = time.monotonic()
        for own, other, waited in turns:
            self.waits.append(waited)
            if waited < WAITED_MOST:
                self.rounds.append((own, other))
            if not self.rounds and len(self.waits) == HOPELESS:
                return
            passed = time.monotonic() - begun
            found = self.judgements()
            if found == {AGREE} or passed > seconds * MORE:
                return
            if passed > seconds and SUSPECTED not in found:
                return

    def __str__(self):
        lines = [f"{len(self.rounds)} rounds of {len(self.waits)}; of the time"
                 f" {statistics.median(self.waits):.0%} was waited for a "
                 f"processor"]
        if len(self.rounds) < 2:
            return lines[0]
        for at, name in enumerate(self.names):
            low, high = median_interval(self.ratios(name))
            own, other = (scatter([pair[side][at] for pair in self.rounds])
                          for side in (0, 1))
            lines.append(
                f"{name}: {statistics.median(self.ratios(name)):.3f} of the "
                f"other's ({low:.3f} to {high:.3f}), where each differs from "
                f"itself by {own:.2f} and {other:.2f}")
        return "\n".join(lines)
