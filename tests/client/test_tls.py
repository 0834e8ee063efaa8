#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client's TLS: its options, what it says, how it ends.

The variables are those of client_program.py.

One test alone: test_tls.py Options.test_alpn
"""

import json
import os
import re
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client_program as program  # noqa: E402
import echo_servers as servers  # noqa: E402
import tls_servers as tls  # noqa: E402
from client_program import (  # noqa: E402
    GOOD, LIMIT, SCALE, TIMEOUT, UNREACHABLE, USAGE, WRONG, own_words, run)
from echo_servers import Server  # noqa: E402

INSECURE = ("echo-client: --insecure: the server's certificate is not "
            "verified; anyone may be answering\n")


class Options(tls.Case):
    def said(self, client):
        """What --verbose has said, as a dictionary."""
        return dict(re.findall(r"(?m)^  (\w[\w ]*?)  +(.*)$", client.err))

    def test_a_message(self):
        with self.serving() as server:
            self.check(self.call(server, "hello"), GOOD, b"hello\n", "")

    def test_by_address(self):
        with self.serving() as server:
            client = self.call(server, "hello", host="127.0.0.1")
        self.check(client, GOOD, b"hello\n", "")

    def test_ipv6(self):
        with self.serving(family=socket.AF_INET6) as server:
            client = self.call(server, "hello", host="[::1]")
        self.check(client, GOOD, b"hello\n", "")

    def test_a_unix_socket_and_a_name(self):
        with self.serving(family=socket.AF_UNIX) as server:
            client = run("--tls", "--ca", self.ca, "--servername",
                         "localhost", server.address, "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_both_versions(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version), \
                    self.serving(versions=[version]) as server:
                client = self.call(server, "--verbose", "hello")
                self.check(client, GOOD, b"hello\n")
                self.assertEqual(self.said(client)["TLS"], f"TLSv{version}")

    def test_the_newest_version_is_the_default(self):
        with self.serving() as server:
            client = self.call(server, "-v", "hello")
        self.assertEqual(self.said(client)["TLS"], "TLSv1.3")

    def test_tls_max(self):
        with self.serving() as server:
            client = self.call(server, "-v", "--tls-max", "1.2", "hello")
        self.check(client, GOOD, b"hello\n")
        self.assertEqual(self.said(client)["TLS"], "TLSv1.2")

    def test_tls_min_above_the_server(self):
        with self.serving(versions=["1.2"]) as server:
            client = self.call(server, "--tls-min", "1.3", "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, "no TLS with .*: .*protocol")

    def test_tls_max_below_the_server(self):
        with self.serving(versions=["1.3"]) as server:
            client = self.call(server, "--tls-max", "1.2", "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, 'no TLS with .*: .*"protocol version"')

    def test_a_folder_of_authorities(self):
        folder = self.certificates.path("authorities")
        os.mkdir(folder)
        os.link(self.ca, os.path.join(folder, "ca.pem"))
        tls.openssl("rehash", folder)
        with self.serving() as server:
            client = run("--tls", "--ca", folder, f"localhost:{server.port}",
                         "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_the_systems_authorities_are_the_default(self):
        for path, status in ((self.ca, GOOD), ("/dev/null", UNREACHABLE)):
            with self.subTest(path), self.serving() as server:
                client = run("--tls", f"localhost:{server.port}", "hello",
                             env={**os.environ, "SSL_CERT_FILE": path})
                self.check(client, status)

    def test_insecure_takes_anything_and_says_so_each_time(self):
        self.certificates.make_odd("nobody", by="nobody",
                                   end="20210101000000Z", subject="nobody")
        for options in ([], ["--quiet"], ["--json"], ["-c", "1"]):
            with self.subTest(options), \
                    self.serving(pair="nobody") as server:
                message = [] if "-c" in options else ["hello"]
                client = run("--tls", "--insecure", *options,
                             f"localhost:{server.port}", *message)
                self.check(client, GOOD, err=INSECURE)

    def test_insecure_tells_what_is_wrong_if_asked(self):
        with self.serving() as server:
            client = run("--tls", "--insecure", "-v",
                         f"localhost:{server.port}", "hello")
        self.check(client, GOOD, b"hello\n")
        self.assertRegex(self.said(client)["verified"], "^no: .*issuer")

    def test_the_server_is_told_its_name(self):
        names = []
        for options in ([], ["--servername", "localhost"]):
            context = tls.context(self.certificates.pair())
            context.sni_callback = lambda sock, name, _: names.append(name)
            with Server(tls.speaking(context)) as server:
                host = "127.0.0.1" if options else "localhost"
                client = self.call(server, *options, "hello", host=host)
                self.check(client, GOOD, b"hello\n", "")
        self.assertEqual(names, ["localhost", "localhost"])

    def test_an_address_is_no_name(self):
        names = []
        context = tls.context(self.certificates.pair())
        context.sni_callback = lambda sock, name, _: names.append(name)
        with Server(tls.speaking(context)) as server:
            client = self.call(server, "hello", host="127.0.0.1")
        self.check(client, GOOD, b"hello\n", "")
        self.assertEqual(names, [None])

    def test_a_client_certificate_that_is_required(self):
        shown = []
        certificate, key = self.certificates.pair("client")
        both = self.certificates.join("both.pem", "client.pem", "client.key")
        for options in (["--cert", certificate, "--key", key],
                        ["--cert", both]):
            for version in ("1.2", "1.3"):
                with self.subTest(options, version=version), self.serving(
                        client_ca=self.ca, versions=[version],
                        seen=lambda s: shown.append(s.getpeercert())) as server:
                    client = self.call(server, *options, "hello")
                    self.check(client, GOOD, b"hello\n", "")
        self.assertEqual([one["subject"] for one in shown],
                         [((("commonName", "client"),),)] * 4)

    def test_a_client_certificate_that_is_lacking(self):
        for version, status in (("1.2", UNREACHABLE), ("1.3", WRONG)):
            for options in (["hello"], ["-c1"]):
                with self.subTest(options, version=version), self.serving(
                        client_ca=self.ca, versions=[version]) as server:
                    client = run("--tls", "--ca", self.ca,
                                 f"localhost:{server.port}", *options)
                    self.check(client, status)
                    self.assertIn("; the server asks for a client certificate: "
                                  "use --cert", client.err)

    def test_a_client_certificate_that_nobody_asks_for(self):
        certificate, key = self.certificates.pair("client")
        with self.serving() as server:
            client = self.call(server, "--cert", certificate, "--key", key,
                               "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_a_client_certificate_of_somebody_else(self):
        self.certificates.make_odd("stranger", by="stranger", kind="plain")
        certificate, key = self.certificates.pair("stranger")
        with self.serving(client_ca=self.ca, versions=["1.2"]) as server:
            client = self.call(server, "--cert", certificate, "--key", key,
                               "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, 'the peer sent the alert "unknown CA"\n')

    def test_alpn(self):
        for offer, chosen in (("echo", "echo"), ("h2,echo", "echo"),
                              ("two,echo", "two"), ("h2", "none"),
                              (None, "none")):
            with self.subTest(offer), \
                    self.serving(alpn=["two", "echo"]) as server:
                options = ["--alpn", offer] if offer else []
                client = self.call(server, "-v", *options, "hello")
                self.check(client, GOOD, b"hello\n")
                self.assertEqual(self.said(client)["ALPN"], chosen)

    def test_verbose(self):
        with self.serving() as server:
            client = self.call(server, "--verbose", "hello")
        self.check(client, GOOD, b"hello\n")
        said = self.said(client)
        self.assertRegex(said.pop("issuer"), "^CN=make-certs.sh [0-9a-f]{8}$")
        self.assertRegex(said.pop("cipher"), "^TLS_")
        self.assertRegex(said.pop("group"), "^[A-Za-z0-9_]+$")
        self.assertRegex(said.pop("expires"),
                         r"^20\d\d-[01]\d-[0-3]\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(said, {
            "TLS": "TLSv1.3", "ALPN": "none", "server name": "localhost",
            "certificate": "CN=localhost", "verified": "ok", "resumed": "no"})
        self.assertRegex(client.err, r"\AConnected to 127\.0\.0\.1:\d+\.\n")
        self.assertRegex(
            client.err, r"\nTimes: connect \d+\.\d+ ms, handshake \d+\.\d+ ms,"
            r" echo \d+\.\d+ ms\.  Bytes: 6 sent, 6 received\.\n\Z")

    def test_verbose_without_tls(self):
        with Server() as server:
            client = run("-v", server.address, "hello")
        self.check(client, GOOD, b"hello\n")
        self.assertRegex(
            client.err, r"\AConnected to 127\.0\.0\.1:\d+\.\nTimes: connect "
            r"[\d.]+ ms, echo [\d.]+ ms\.  Bytes: 6 sent, 6 received\.\n\Z")

    def test_json(self):
        with self.serving(alpn=["echo"]) as server:
            client = self.call(server, "-j", "--alpn=echo", "hello")
        self.check(client, GOOD, err="")
        report = json.loads(client.out)
        self.assertGreater(report["connect_time"], 0)
        self.assertGreater(report["handshake_time"], 0)
        self.assertGreater(report["time"], 0)
        agreed = report["tls"]
        for name in ("cipher", "group", "issuer", "expires"):
            self.assertTrue(agreed.pop(name))
        self.assertEqual(agreed, {
            "version": "TLSv1.3", "alpn": "echo", "server_name": "localhost",
            "subject": "CN=localhost", "verified": "ok", "resumed": False})
        self.assertIs(report["options"]["tls"], True)
        self.assertEqual(report["options"]["ca"], self.ca)
        self.assertEqual(report["options"]["alpn"], "echo")

    def test_json_of_a_handshake_that_failed(self):
        with self.serving() as server:
            client = run("-j", "--tls", f"localhost:{server.port}", "hello")
        self.check(client, UNREACHABLE)
        report = json.loads(client.out)
        self.assertEqual(report["peer"], f"127.0.0.1:{server.port}")
        self.assertGreater(report["connect_time"], 0)
        for name in ("handshake_time", "tls", "time"):
            self.assertIsNone(report[name])
        self.assertEqual(report["errors"][0]["phase"], "handshake")

    def test_numbered_echoes_tell_times_of_connect_and_handshake(self):
        with self.serving() as server:
            client = self.call(server, "-i0", "-c5")
        self.check(client, GOOD, err="")
        self.assertIn(b"5 sent, 5 received, 0 wrong", client.out)
        self.assertRegex(client.out.decode(),
                         r"(?m)^connect/handshake = [\d.]+/[\d.]+ ms$")


class Refused(tls.Case):
    """What is refused before anything is connected to."""

    def usage(self, reason, *arguments):
        client = run(*arguments)
        self.check(client, USAGE, b"")
        self.assertRegex(client.err, "^echo-client: " + reason)

    def test_options_that_need_tls(self):
        for option in (["--insecure"], ["--resume", "x"]):
            with self.subTest(option):
                self.usage(f"{option[0]} needs --tls", *option, "host", "x")

    def test_files_that_are_not_there(self):
        missing = self.certificates.path("missing")
        certificate, key = self.certificates.pair("client")
        for options in (["--ca", missing], ["--cert", missing],
                        ["--cert", certificate, "--key", missing]):
            with self.subTest(options):
                self.usage(missing + ": No such file or directory", "--tls",
                           *options, "host", "x")

    def test_files_of_another_kind(self):
        certificate, key = self.certificates.pair("client")
        _, other = self.certificates.pair("server")
        for reason, *options in (
                [key + ": no usable certificate", "--ca", key],
                [key + ": no usable certificate", "--cert", key],
                [certificate + ": no usable key", "--cert", certificate],
                [other + ": the key does not belong to the certificate in " +
                 certificate, "--cert", certificate, "--key", other]):
            with self.subTest(options):
                self.usage(reason, "--tls", *options, "host", "x")

    def test_a_unix_socket_without_a_name(self):
        self.usage("a Unix socket has no name", "--tls", "unix:/x", "x")


class NoTls(tls.Case):
    """What answers, or does not, is no TLS server."""

    def test_an_alert_is_no_advice_to_use_it(self):
        with self.serving(behaviour=servers.refusing) as server:
            client = self.call(server, "hello")
        self.check(client, WRONG, servers.ALERT)
        self.assertIn("received 0x15\n", client.err)

    def test_a_plain_echo_server(self):
        with Server() as server:
            client = self.call(server, "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, "what answers does not speak TLS")

    def test_a_plain_server_that_greets(self):
        with Server(servers.greeting(b"220 mail.example.org\r\n")) as server:
            client = self.call(server, "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertRegex(client.err, "what answers does not speak TLS")

    def test_a_server_that_never_answers(self):
        with Server(servers.silent) as server:
            client = self.call(server, "-t", TIMEOUT, "hello")
        self.failed(server, f"no handshake within {LIMIT}", client)

    def test_a_server_that_stops_in_mid_handshake(self):
        def trickle(sock):
            sock.recv(1)
            sock.sendall(b"\x16\x03\x03\x00\x50\x02")
            servers.silent(sock)

        with Server(trickle) as server:
            client = self.call(server, "-t", TIMEOUT, "hello")
        self.failed(server, f"no handshake within {LIMIT}", client)

    def test_a_server_that_closes(self):
        with Server(servers.closing_after(0)) as server:
            client = self.call(server, "hello")
        self.failed(server, "the peer closed the connection during the TLS "
                    "handshake", client)

    def test_a_server_that_resets(self):
        with Server(servers.resetting_after(1)) as server:
            client = self.call(server, "hello")
        self.failed(server, "Connection reset by peer", client)

    def test_nobody(self):
        with servers.Refusing() as server:
            client = run("--tls", server.address, "hello")
        self.check(client, UNREACHABLE, b"", f"echo-client: cannot connect to "
                   f"{server.address}: Connection refused\n")

    def test_interrupted_in_the_handshake(self):
        asked = threading.Event()

        def note(sock):
            sock.recv(1)
            asked.set()
            servers.silent(sock)

        with Server(note) as server, program.start(
                "--tls", f"localhost:{server.port}", "hello") as client:
            self.assertTrue(asked.wait(program.DEADLINE))
            program.interrupt(client)
            out, err = client.communicate(timeout=program.DEADLINE)
        self.assertEqual((client.returncode, out, own_words(err)),
                         (-2, b"", ""))


class Ends(tls.Case):
    LAX = "the server closed the connection without the end of TLS " \
        "(close_notify)"

    def lax(self, behaviour=servers.echo, **settings):
        """A server that just closes its socket."""
        return self.serving(behaviour, orderly=False, **settings)

    def test_without_close_notify(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version=version), \
                    self.lax(versions=[version]) as server:
                client = self.call(server, "hello")
                self.check(client, WRONG, b"hello\n",
                           f"echo-client: 127.0.0.1:{server.port}: every byte "
                           f"came back, but {self.LAX}\n")

    def test_without_close_notify_in_the_middle(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version=version), \
                    self.lax(tls.cutting_after(6, 4),
                             versions=[version]) as server:
                client = self.call(server, "hello")
                self.check(client, WRONG, b"hell",
                           f"echo-client: 127.0.0.1:{server.port}: {self.LAX}: "
                           "4 of 6 bytes came back, the first missing one is "
                           "0x6f 'o' at offset 4\n")

    def test_with_close_notify_in_the_middle(self):
        with self.serving(servers.closing_early(4)) as server:
            client = self.call(server, "hello")
        self.check(client, WRONG, b"hell",
                   f"echo-client: 127.0.0.1:{server.port}: the server closed "
                   "the connection: 4 of 6 bytes came back, the first missing "
                   "one is 0x6f 'o' at offset 4\n")

    def test_of_numbered_echoes_without_close_notify(self):
        with self.lax() as server:
            client = self.call(server, "-c2", "-i0")
        self.check(client, WRONG, err=f"echo-client: 127.0.0.1:{server.port}: "
                   f"{self.LAX}\n")
        self.assertIn(b"2 sent, 2 received", client.out)

    def test_numbered_echoes_need_no_end(self):
        for version in ("1.2", "1.3"):
            holding = servers.Holding()
            with self.subTest(version=version), \
                    self.serving(holding, versions=[version]) as server:
                client = self.call(server, "-c2", "-i0")
                holding.released.set()
                self.check(client, GOOD, err="")
                self.assertIn(b"2 sent, 2 received", client.out)

    def test_an_end_that_does_not_come(self):
        for version in ("1.2", "1.3"):
            holding = servers.Holding()
            with self.subTest(version=version), \
                    self.serving(holding, versions=[version]) as server:
                client = self.call(server, "-t", TIMEOUT, "hello")
                holding.released.set()
                self.check(client, WRONG, b"hello\n")
                self.assertIn("the server did not end the connection within "
                              f"{LIMIT}\n", client.err)

    def test_wrong_echoes_are_found(self):
        with self.serving(servers.swapping(2)) as server:
            client = self.call(server, "abcdef")
        self.check(client, WRONG, b"abdcef\n", f"echo-client: 127.0.0.1:"
                   f"{server.port}: wrong echo at offset 2: sent 0x63 'c', "
                   "received 0x64 'd'\n")

    def test_no_echo_within_the_timeout(self):
        for version in ("1.2", "1.3"):
            mute = servers.Mute()
            with self.subTest(version=version), \
                    self.serving(mute, versions=[version]) as server:
                client = self.call(server, "-t", TIMEOUT, "hello")
                mute.released.set()
                self.check(client, WRONG, b"")
                self.assertIn(f"no echo for {LIMIT}: 0 of 6 bytes came back",
                              client.err)

    def test_nothing_is_echoed_before_the_end(self):
        data = program.pattern(512 * 1024)
        with self.serving(tls.all_at_the_end, versions=["1.3"]) as server:
            client = run("--tls", "--ca", self.ca, f"localhost:{server.port}",
                         stdin=data)
        self.check(client, GOOD, err="")
        self.assertTrue(client.out == data)

    def test_an_empty_input(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version=version), \
                    self.serving(versions=[version]) as server:
                client = run("--tls", "--ca", self.ca,
                             f"localhost:{server.port}")
                self.check(client, GOOD, b"", "")

    def test_garbage_in_mid_connection(self):
        def spoil(sock):
            sock.sendall(servers.receive_exactly(sock, 6))
            os.write(sock.fileno(), b"\x17\x03\x03\x00\x20" + b"x" * 32)
            servers.silent(sock)

        with self.serving(spoil) as server:
            client = self.call(server, "hello")
        self.check(client, WRONG, b"hello\n")
        self.assertRegex(client.err, r"connection lost \(.*\)\n")


if __name__ == "__main__":
    unittest.main(verbosity=2 if SCALE == 1 else 1)
