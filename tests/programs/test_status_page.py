#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
The status page in a real browser: whether it shows what is done, while that
changes, in light and in dark, and on a phone.
"""
import os
import re
import signal
import sys

import tls
from harness import main, receive, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "load"))
import chromium  # noqa: E402

WIDE, PHONE = 1000, 360
CONFIG = """
workers = 2
admin = "127.0.0.1:0"
drain_timeout = 30s
listener "main" {{ listen = {{ "127.0.0.1:0" }} }}
listener "secure" {{
    listen = {{ "127.0.0.1:0" }}
    tls = yes
    tls_certificate = {{ "{0}" }}
    tls_key = {{ "{1}" }}
}}
"""
# What goes wrong in the page, from its first line on.
WATCH = """
window.problems = [];
addEventListener("error", event => problems.push(event.message));
addEventListener("unhandledrejection", event =>
    problems.push(String(event.reason)));
addEventListener("securitypolicyviolation", event =>
    problems.push(event.violatedDirective + " " + event.blockedURI));
"""
TEXTS = """
(() => {
  const ground = e => { for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (colour != "rgba(0, 0, 0, 0)") return colour; } };
  const numbers = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  return [...document.querySelectorAll("body *")].filter(e =>
    e.getClientRects().length && [...e.childNodes].some(node =>
      node.nodeType == 3 && node.textContent.trim())).map(e => ({
        text: e.textContent.trim(), colour: numbers(getComputedStyle(e).color),
        ground: numbers(ground(e))}));
})()
"""
OVERFLOW = """
(() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(e =>
    !e.closest("svg") && (e.getBoundingClientRect().right > width + 0.5 ||
    e.scrollWidth > e.clientWidth + 1 &&
    getComputedStyle(e).display != "inline"));
  return [document.documentElement.scrollWidth - width,
    ...out.map(e => e.tagName + "." + e.className + ": " +
      e.textContent.slice(0, 40))];
})()
"""
# More of everything than anybody has, and names that would be markup.
HOSTILE = """
fetch("status.json").then(answer => answer.json()).then(now => {
  const name = '<img src=x onerror="problems.push(1)">';
  now.now += 1;
  now.phase = "serving"; now.ready = false; now.why = name;
  now.open = 123456789012; now.accepted = 9007199254740991;
  now.echoed = 9007199254740991;
  now.limits.connections = 123456789012;
  now.limits.buffered = 9007199254740991;
  now.listeners[0].name = name.repeat(4);
  now.listeners[0].addresses = ("[2001:db8::1234:5678:9abc]:65535, ").repeat(9);
  for (const item of now.listeners) Object.assign(item, { open: 123456789012,
    accepted: 9007199254740991, echoed: 9007199254740991 });
  now.listeners[1].tls.failures = { [name]: 9007199254740991 };
  now.counters.connections_ended = { [name]: 9007199254740991 };
  now.loops = Array.from({ length: 64 }, () => ({ last: 12.3456,
    standing: 123456, buckets: now.loops[0].buckets.map(() => 1e9) }));
  now.process.resident = 9007199254740991;
  ask = () => {};
  show(now);
})
"""


class Page(tls.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = chromium.Chromium().__enter__()
        cls.addClassCleanup(cls.browser.__exit__)
        cls.browser.call("Page.addScriptToEvaluateOnNewDocument",
                         source=WATCH)

    def open(self, width=WIDE, more="", **how):
        self.echod = self.start_echod(config=CONFIG.format(
            self.file("server.pem"), self.file("server.key")) + more)
        self.admin = "http://" + re.search(
            r"status page and metrics on (\S+)", self.echod.log())[1]
        self.visit(width, **how)

    def visit(self, width=WIDE, **how):
        self.browser.show(width, **how)
        self.browser.visit(self.admin + "/")
        self.wait_for("state", "Serving")

    def tearDown(self):
        self.assertEqual(self.browser.evaluate("window.problems"), [])

    def text(self, name):
        return self.browser.evaluate(
            f"document.getElementById('{name}').textContent")

    def wait_for(self, name, text):
        wait_until(lambda: self.text(name) == text, 10,
                   f"#{name} says {text}; it says {self.text(name)}")

    def listeners(self):
        """What each one's row says."""
        return self.browser.evaluate("""
            [...document.querySelectorAll(".listener")].map(row =>
              [row.querySelector("strong").textContent,
               row.querySelector(".tag").textContent,
               row.querySelector(".where").textContent,
               ...[...row.querySelectorAll(".figure span")].map(cell =>
                 cell.textContent)])""")

    def pairs(self, name):
        """A list of terms, as a dict."""
        return dict(self.browser.evaluate(
            f"""[...document.querySelectorAll("#{name} dt")].map(term =>
              [term.textContent, term.nextSibling.textContent])"""))

    def test_values(self):
        self.open()
        self.wait_for("open", "0")
        socks = [self.connect(self.echod.address) for _ in range(5)]
        for sock in socks:
            sock.sendall(b"x" * 1234)
            receive(sock, 1234)
        self.wait_for("open", "5")
        self.wait_for("bytes-note", "so far: 6.17 kB")
        self.assertEqual(self.text("rate-note"), "so far: 5")
        main_row, secure_row = self.listeners()
        self.assertEqual(main_row[:4], [
            "main", "", self.echod.addresses[0].text, "5"])
        self.assertEqual(main_row[5:], ["5", "6.17 kB"])
        self.assertEqual(secure_row[:4], [
            "secure", "TLS", self.echod.addresses[1].text, "0"])
        self.assertEqual(self.pairs("daemon")["reloads"], "0")
        self.assertRegex(self.pairs("limits")["connections"], "^5")
        # They change while somebody looks.
        more = [self.connect(self.echod.address) for _ in range(3)]
        self.wait_for("open", "8")
        for sock in socks + more:
            sock.close()
        self.wait_for("open", "0")
        self.assertEqual(self.text("open-note"), "most: 8")
        self.assertEqual(self.browser.evaluate("document.title"),
                         "Serving: 0 · echod")
        self.echod.signal_until(signal.SIGHUP, lambda: self.pairs("daemon")[
            "reloads"] == "1", "the reload")

    def test_tls(self):
        self.open()
        with self.connect(self.echod.addresses[1]) as sock:
            sock.sendall(b"nonsense" * 10)
            sock.recv(1)
        wait_until(lambda: self.pairs("tls-rows").get(
            "failed handshakes") == "1", 10, "a failed handshake")
        shown = self.pairs("tls-rows")
        self.assertEqual(shown["– not tls"], "1")
        self.assertRegex(shown["certificates until"], r"20\d\d")

    def test_it_asks_nobody_else(self):
        self.open()
        wait_until(lambda: len(self.browser.requests) > 2 or
                   self.text("state") == "", 10, "three requests")
        for url in self.browser.requests:
            self.assertTrue(url.startswith((self.admin + "/", "data:")), url)

    def test_full(self):
        self.open(more="max_connections = 1\nwhen_full = close")
        sock = self.connect(self.echod.address)
        self.wait_for("state", "Full")
        self.assertEqual(self.text("why"), "full: 1 connections of 1")
        self.assertEqual(self.pairs("limits")["connections"], "1 of 1")
        with self.echod.address.connect() as other:
            self.assertEqual(receive(other), b"")
        sock.close()
        self.wait_for("state", "Serving")
        self.assertEqual(self.pairs("ends"), {
            "closed by the client": "1", "refused: full": "1"})

    def test_drain_and_end(self):
        self.open()
        sock = self.connect(self.echod.address, receive_buffer=4096)
        sock.settimeout(0.2)
        try:
            while True:
                sock.send(b"x" * 100000)
        except TimeoutError:
            pass
        self.echod.signal(signal.SIGTERM)
        self.wait_for("state", "Draining")
        self.assertTrue(self.text("why").endswith(" have: 1"),
                        self.text("why"))
        sock.close()
        self.assertEqual(self.echod.wait(), 0)
        self.wait_for("state", "No answer")
        self.assertIn("below is what it said last", self.text("why"))

    def test_a_curve_is_drawn(self):
        self.open()
        socks = [self.connect(self.echod.address) for _ in range(2)]
        self.wait_for("open", "2")
        for dark in (False, True):
            self.browser.show(WIDE, dark=dark)
            points, colour, box = self.browser.evaluate("""(() => {
              const line = document.querySelector("#open-curve .curve");
              const to = line.getScreenCTM(), box =
                line.ownerSVGElement.getBoundingClientRect();
              const end = line.getPointAtLength(line.getTotalLength() - 1)
                .matrixTransform(to);
              return [[end.x + scrollX, end.y + scrollY],
                getComputedStyle(line).stroke.match(/\\d+/g).map(Number),
                [box.x + scrollX, box.y + scrollY, box.width, box.height]];
              })()""")
            x, y, width, height = (round(part) for part in box)
            picture = chromium.Picture(self.browser.screenshot(
                (x, y, width, height)))
            self.assertTrue(picture.has(
                colour[:3], round(points[0]) - x, round(points[1]) - y,
                radius=3, tolerance=60), f"{points} {colour} {box}")
        for sock in socks:
            sock.close()

    def test_it_can_be_read(self):
        self.open()
        for dark in (False, True):
            self.browser.show(WIDE, dark=dark)
            texts = self.browser.evaluate(TEXTS)
            self.assertGreater(len(texts), 40)
            for text in texts:
                self.assertEqual(
                    chromium.luminance(text["ground"]) < 0.2, dark, text)
                self.assertGreater(chromium.contrast(
                    text["colour"], text["ground"]), 4.5, text)

    def test_nothing_is_wider_than_the_screen(self):
        self.open()
        for _ in range(2):
            for width in (320, PHONE, 390, 721, WIDE):
                self.browser.show(width)
                self.assertEqual(self.browser.evaluate(OVERFLOW), [0],
                                 f"{width} px")
            # Once more, with all that may come.
            self.browser.evaluate(HOSTILE)

    def test_nothing_that_comes_is_markup(self):
        self.open()
        self.browser.evaluate(HOSTILE)
        self.assertEqual(self.text("state"), "Full")
        self.assertEqual(self.browser.evaluate(
            "document.querySelectorAll('img').length"), 0)
        self.assertTrue(self.listeners()[0][0].startswith("<img src=x"))
        self.assertTrue(self.text("why").startswith("<img src=x"))


if __name__ == "__main__":
    if not chromium.find():
        if os.environ.get("CI") == "true":
            sys.exit("no Chromium; on Debian: apt install chromium")
        print("SKIP: no Chromium; on Debian: apt install chromium")
        sys.exit(77)
    main()
