#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load over TLS: whom it trusts, what it asks for, and which handshakes
it counts.

The variables are those of load_program.py.
"""

import os
import socket
import ssl
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load_servers as servers  # noqa: E402
from load_program import (  # noqa: E402
    FAILED, WRONG, Case, Report, harness, run)
from load_servers import Server  # noqa: E402
import tls_servers as tls  # noqa: E402

SIZE = 64


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.certificates = tls.Certificates()
        cls.addClassCleanup(cls.certificates.clean_up)
        cls.ca = ("--tls", "--ca", cls.certificates.ca)

    def serving(self, behaviour=servers.echo, seen=None, tickets=2,
                family=socket.AF_INET, **settings):
        context = tls.context(self.certificates.pair(), **settings)
        context.num_tickets = tickets
        if tickets == 0:
            context.options |= ssl.OP_NO_TICKET
        return Server(tls.speaking(context, behaviour, False, seen), family)

    def failed(self, server, reason, *options, host="localhost"):
        load = run(*options, "--connections", 1, "--count", 1,
                   f"{host}:{server.port}")
        self.check(load, FAILED)
        self.assertIn(reason, load.err)


class Trust(Tls):
    def test_a_server_that_is_trusted(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version), \
                    self.serving(versions=[version]) as server:
                report = self.measure(
                    *self.ca, "--connections", 3, "--count", 30,
                    f"localhost:{server.port}")
                self.echoes(report, 30)
                self.assertEqual(report.counters["handshakes"], 3)
                self.assertEqual(report.counters["handshakes_resumed"], 0)
                self.assertEqual(
                    report.times["handshake_full"]["count"], 3)
                self.assertEqual(report.run["tls"]["version"],
                                 "TLSv" + version)

    def test_verification_is_the_default(self):
        with self.serving() as server:
            self.failed(server, "trusted", "--tls")

    def test_insecure_takes_any(self):
        with self.serving() as server:
            report = self.measure("--tls", "--insecure", "--count", 10,
                                  server.address)
        self.echoes(report, 10)

    def test_another_name(self):
        with self.serving() as server:
            self.failed(server, "echo.example.org", *self.ca, "--servername",
                        "echo.example.org")

    def test_a_unix_socket(self):
        with self.serving(family=socket.AF_UNIX) as server:
            report = self.measure(*self.ca, "--servername", "localhost",
                                  "--count", 10, server.address)
        self.echoes(report, 10)

    def test_a_certificate_of_its_own(self):
        certificate, key = self.certificates.pair("client")
        seen = []
        with self.serving(seen=lambda s: seen.append(s.getpeercert()),
                          client_ca=self.certificates.ca) as server:
            report = self.measure(
                *self.ca, "--cert", certificate, "--key", key, "--count", 10,
                "--connections", 2, f"localhost:{server.port}")
        self.echoes(report, 10)
        self.assertEqual(len(seen), 2)
        self.assertTrue(all(seen))

    def test_without_the_certificate_that_is_asked_for(self):
        with self.serving(client_ca=self.certificates.ca) as server:
            self.failed(server, "TLS", *self.ca)

    def test_server_name_and_protocols(self):
        seen = []
        context = tls.context(self.certificates.pair(), alpn=["echo/1"])

        def name(sock, asked, _):
            seen.append(asked)

        context.sni_callback = name
        with Server(tls.speaking(
                context, orderly=False,
                seen=lambda s: seen.append(s.selected_alpn_protocol()))) \
                as server:
            report = self.measure(
                *self.ca, "--alpn", "other,echo/1", "--connections", 1,
                "--count", 10, f"localhost:{server.port}")
        self.echoes(report, 10)
        self.assertEqual(seen, ["localhost", "echo/1"])
        self.assertEqual(report.run["tls"]["alpn"], "echo/1")

    def test_versions_that_do_not_meet(self):
        with self.serving(versions=["1.2"]) as server:
            self.failed(server, "protocol version", *self.ca, "--tls-min",
                        "1.3")

    def test_a_plain_server(self):
        with Server() as server:
            self.failed(server, "TLS", *self.ca, "--timeout", "5")


class Handshakes(Tls):
    """Full and resumed ones, as the server saw them too."""

    def count(self, *options, mode="handshakes", **settings):
        seen = []
        with self.serving(seen=lambda s: seen.append(s.session_reused),
                          **settings) as server:
            report = self.measure(
                *self.ca, "--mode", mode, "--connections", 2, "--count", 20,
                *options, f"localhost:{server.port}")
        self.assertEqual(report.errors(), {})
        # One more looks for the server first, and has no part in the rest.
        self.assertEqual(len(seen), 21)
        self.assertFalse(seen.pop(0))
        counters, times = report.counters, report.times
        self.assertEqual(counters["handshakes"], 20)
        self.assertEqual(counters["handshakes_resumed"], sum(seen))
        self.assertEqual(times["handshake_resumed"]["count"], sum(seen))
        self.assertEqual(times["handshake_full"]["count"], 20 - sum(seen))
        self.check_course(report, mode == "handshakes")
        return sum(seen)

    def check_course(self, report, of_handshakes):
        """Each interval tells of them; of how long they took if no messages
        come after them."""
        course = report.run["series"]["entries"]
        for name in ("opened", "handshakes"):
            self.assertEqual(sum(entry[name] for entry in course), 20)
        slowest = [report.times[name]["max"] for name in (
            ("handshake_full", "handshake_resumed") if of_handshakes else
            ("response",))]
        self.assertIn(max(entry["max_ns"] for entry in course), slowest)

    def test_full_ones(self):
        self.assertEqual(self.count(), 0)

    def test_resumed_ones(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version):
                self.assertGreaterEqual(
                    self.count("--resume", versions=[version]), 16)

    def test_a_server_that_resumes_none(self):
        self.assertEqual(self.count("--resume", tickets=0,
                                    versions=["1.3"]), 0)

    def test_churn_with_messages(self):
        self.assertGreaterEqual(
            self.count("--resume", mode="churn"), 16)


class Wrong(Tls):
    def test_a_wrong_byte(self):
        wrong = servers.repeating(SIZE, 3)
        with self.serving(wrong) as server:
            load = run("--json", *self.ca, "--connections", 1, "--size", SIZE,
                       "--count", 4, f"localhost:{server.port}")
        self.check(load, WRONG)
        told = Report(load).run["difference"]
        self.assertEqual((told["offset"], told["expected"],
                          told["received"]), wrong.first)

    def test_a_stream_that_is_cut_off(self):
        with self.serving(servers.ending_after(SIZE, 3)) as server:
            report = self.measure(
                *self.ca, "--connections", 1, "--size", SIZE, "--count", 4,
                f"localhost:{server.port}", status=WRONG)
        self.assertEqual(report.counters["messages_received"], 3)
        self.assertEqual(report.counters["messages_unanswered"], 1)

    def test_large_messages(self):
        with self.serving() as server:
            report = self.measure(
                *self.ca, "--size", "100k", "--count", 20,
                f"localhost:{server.port}")
        self.echoes(report, 20)

    def test_against_echod(self):
        certificate, key = self.certificates.pair()
        echod = self.start_echod(config=f"""
workers = 1
listener "secure" {{
    listen = "127.0.0.1:0"
    tls = yes
    tls_certificate = "{certificate}"
    tls_key = "{key}"
}}
""")
        report = self.measure(
            *self.ca, "--connections", 10, "--count",
            harness.scaled(2000, 50), f"localhost:{echod.address.port}")
        self.assertEqual(report.errors(), {})


if __name__ == "__main__":
    harness.main()
