# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""HdrHistogram's logs, read and written without the project's own code.

Histograms are dictionaries: how often each bucket's least value was seen.
"""

import base64
import re
import struct
import zlib

LOWEST = 1
HIGHEST = 3600 * 10**9
DIGITS = 3
SUB_BUCKETS = 2048
HEAD = '>IIIIQQd'
LINE = re.compile(r'(?:Tag=([^,]*),)?([0-9.]+),([0-9.]+),([0-9.]+),([^,]*)')
BASE = re.compile(r'#\[BaseTime: ([0-9.]+) \(seconds since epoch\)\]')


def index_of(value):
    """The place of a value's count."""
    width = max(0, value.bit_length() - SUB_BUCKETS.bit_length() + 1)
    # Of each width but the first, only the upper half is used.
    return width * SUB_BUCKETS // 2 + (value >> width)


def least_of(index):
    """The least value that is counted there."""
    half = SUB_BUCKETS // 2
    width = max(0, index // half - 1)
    return (index - width * half) << width


def write_number(number):
    """A number by zigzag, seven bits a byte; the ninth byte has eight."""
    rest = number * 2 if number >= 0 else -number * 2 - 1
    data = bytearray()
    while rest > 127 and len(data) < 8:
        data.append(rest & 127 | 128)
        rest >>= 7
    data.append(rest)
    return bytes(data)


def read_numbers(data):
    """The numbers that the bytes are."""
    bits = size = 0
    for byte in data:
        bits |= (byte if size == 8 else byte & 127) << 7 * size
        size += 1
        if size == 9 or byte < 128:
            yield -(bits + 1 >> 1) if bits & 1 else bits >> 1
            bits = size = 0
    if size:
        raise ValueError('a number has no end')


def encode(histogram):
    """The histogram as bytes, not compressed."""
    counts = {index_of(value): count for value, count in histogram.items()}
    data = bytearray()
    expected = 0
    for index in sorted(counts):
        empty = index - expected
        if empty:
            data += write_number(-empty if empty > 1 else 0)
        data += write_number(counts[index])
        expected = index + 1
    return struct.pack(HEAD, 0x1c849313, len(data), 0, DIGITS, LOWEST,
                       HIGHEST, 1.0) + bytes(data)


def decode(data):
    """The histogram that such bytes are."""
    head = struct.calcsize(HEAD)
    expected = (0x1c849313, len(data) - head, 0, DIGITS, LOWEST, HIGHEST, 1.0)
    found = struct.unpack(HEAD, data[:head])
    if found != expected:
        raise ValueError(f'the head is {found}, expected {expected}')
    histogram = {}
    index = 0
    for number in read_numbers(data[head:]):
        if number < 0:
            index -= number
            continue
        if number > 0:
            histogram[least_of(index)] = number
        index += 1
    return histogram


def compress(data):
    """Bytes of a histogram, as in a log."""
    data = zlib.compress(data)
    data = struct.pack('>II', 0x1c849314, len(data)) + data
    return base64.b64encode(data).decode()


def decompress(text):
    """The bytes that were compressed."""
    data = base64.b64decode(text, validate=True)
    cookie, size = struct.unpack('>II', data[:8])
    if cookie != 0x1c849314 or size != len(data) - 8:
        raise ValueError(f'the head is {cookie:#x}, {size}')
    return zlib.decompress(data[8:])


def read_log(text):
    """Of each interval its tag, start, length, greatest value, histogram."""
    base = 0.0
    for line in text.splitlines():
        if line.startswith(('#', '"')):
            found = BASE.fullmatch(line)
            base = float(found[1]) if found else base
            continue
        tag, start, seconds, most, histogram = LINE.fullmatch(line).groups()
        yield (tag, base + float(start), float(seconds), float(most),
               decode(decompress(histogram)))
