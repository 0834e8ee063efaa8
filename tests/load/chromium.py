# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
A headless Chromium, spoken to by its DevTools protocol over a pipe, and what
its screenshots hold.
"""
import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

SECONDS = 60 * int(os.environ.get("TEST_SCALE", "1"))
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
    --disable-extensions --disable-dev-shm-usage --hide-scrollbars
    --force-color-profile=srgb --remote-debugging-pipe""".split()


def find():
    """The program, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Chromium:
    """One page of a browser with a new profile; for a with statement."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        # The browser reads from 3 and writes to 4; ours are elsewhere.
        reads, self.output = self._pipe()
        self.input, writes = self._pipe()
        self.program = subprocess.Popen(
            [find(), *FLAGS, f"--user-data-dir={self.folder}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(reads, 3), os.dup2(writes, 4)))
        os.close(reads)
        os.close(writes)
        self.buffer, self.number, self.session = b"", 0, None
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call(
            "Target.attachToTarget", targetId=target["targetId"],
            flatten=True)["sessionId"]
        self.requests = []
        self.call("Page.enable")
        self.call("Network.enable")
        return self

    def __exit__(self, *_):
        os.close(self.output)
        os.close(self.input)
        self.program.terminate()
        try:
            self.program.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _pipe():
        pair = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in pair]
        for end in pair:
            os.close(end)
        return high

    def _receive(self, deadline):
        """The next message."""
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                raise TimeoutError(f"Chromium says nothing for {SECONDS} s")
            data = os.read(self.input, 1 << 20)
            if not data:
                raise EOFError("Chromium has ended")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        message = json.loads(message)
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message

    def call(self, method, **parameters):
        """A command's result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + SECONDS
        while True:
            reply = self._receive(deadline)
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                return reply["result"]

    def open(self, path):
        """Loads a file, and waits until all of it is there."""
        self.visit("file://" + os.path.abspath(path))

    def visit(self, url):
        """The same by its URL."""
        self.requests = []
        self.call("Page.navigate", url=url)
        self.evaluate("new Promise(done => document.readyState == 'complete'"
                      " ? done() : addEventListener('load', () => done()))")

    def show(self, width, height=800, dark=False, printed=False):
        """Sets the window's size and the way to show the page."""
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  media="print" if printed else "screen",
                  features=[{"name": "prefers-color-scheme",
                             "value": "dark" if dark else "light"}])

    def evaluate(self, expression):
        """The value of an expression of JavaScript."""
        reply = self.call("Runtime.evaluate", expression=expression,
                          returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(reply["exceptionDetails"])
        return reply["result"].get("value")

    def screenshot(self, box):
        """A PNG of a part of the page: x, y, width and height."""
        x, y, width, height = box
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.call(
            "Page.captureScreenshot", format="png", clip=clip,
            captureBeyondViewport=True)["data"])

    def pdf(self):
        """The page as it is printed."""
        return base64.b64decode(self.call(
            "Page.printToPDF", printBackground=False, paperWidth=8.27,
            paperHeight=11.69, preferCSSPageSize=True)["data"])


def _paeth(line, above, size):
    for i, value in enumerate(line):
        left = line[i - size] if i >= size else 0
        up = above[i]
        corner = above[i - size] if i >= size else 0
        guess = left + up - corner
        distances = abs(guess - left), abs(guess - up), abs(guess - corner)
        least = min(distances)
        line[i] = (value + (left if distances[0] == least else
                            up if distances[1] == least else corner)) & 255


def _average(line, above, size):
    for i, value in enumerate(line):
        left = line[i - size] if i >= size else 0
        line[i] = (value + (left + above[i]) // 2) & 255


def _sub(line, size):
    for channel in range(size):
        line[channel::size] = bytes(itertools.accumulate(
            line[channel::size], lambda a, b: (a + b) & 255))


class Picture:
    """The pixels of a PNG of eight bits a channel."""

    def __init__(self, data):
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError("no PNG")
        at, packed = 8, b""
        while at < len(data):
            length, kind = struct.unpack_from(">I4s", data, at)
            body = data[at + 8:at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, colour = struct.unpack(
                    ">IIBB", body[:10])
                self.size = {2: 3, 6: 4}[colour]
                if depth != 8 or body[12] != 0:
                    raise ValueError("a PNG of another kind")
            elif kind == b"IDAT":
                packed += body
            at += length + 12
        self._unpack(zlib.decompress(packed))

    def _unpack(self, data):
        stride = self.width * self.size
        self.lines, above = [], bytearray(stride)
        for at in range(0, self.height * (stride + 1), stride + 1):
            line = bytearray(data[at + 1:at + 1 + stride])
            kind = data[at]
            if kind == 1:
                _sub(line, self.size)
            elif kind == 2:
                line = bytearray((a + b) & 255 for a, b in zip(line, above))
            elif kind == 3:
                _average(line, above, self.size)
            elif kind == 4:
                _paeth(line, above, self.size)
            self.lines.append(line)
            above = line

    def pixel(self, x, y):
        """Red, green and blue."""
        at = x * self.size
        return tuple(self.lines[y][at:at + 3])

    def has(self, colour, x, y, radius=2, tolerance=24):
        """Whether a pixel near there has about that colour."""
        for row in range(max(y - radius, 0), min(y + radius + 1,
                                                 self.height)):
            for column in range(max(x - radius, 0), min(x + radius + 1,
                                                        self.width)):
                if all(abs(a - b) <= tolerance for a, b in
                       zip(self.pixel(column, row), colour)):
                    return True
        return False


def luminance(colour):
    """As WCAG defines it."""
    parts = [c / 255 for c in colour]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
             for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    """From 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
