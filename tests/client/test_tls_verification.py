#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client's TLS: whom it does not believe, and what it says then.

The variables are those of client_program.py.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tls_servers as tls  # noqa: E402
from client_program import (  # noqa: E402
    GOOD, SCALE, UNREACHABLE, run)


class Verification(tls.Case):
    UNKNOWN = ('its certificate is from "{}", which is not trusted here: use '
               "--ca with that authority's certificate")

    def refused(self, reason, *arguments, pair="server", ca=None):
        for version in tls.SOME_VERSIONS:
            with self.subTest(version=version), \
                    self.serving(pair=pair, versions=[version]) as server:
                client = run("--tls", "--ca", ca or self.ca, *arguments,
                             f"localhost:{server.port}", "hello")
                self.failed(server, reason, client)

    def test_another_name(self):
        self.refused("its certificate is for localhost, 127.0.0.1, ::1, not "
                     "example.org", "--servername", "example.org")

    def test_another_address(self):
        self.refused("its certificate is for localhost, 127.0.0.1, ::1, not "
                     "192.0.2.1", "--servername", "192.0.2.1")

    def test_another_name_than_many(self):
        self.certificates.make("--server", "many", *(
            f"--name=host{i}.example.org" for i in range(9)))
        self.refused("its certificate is for " + ", ".join(
            f"host{i}.example.org" for i in range(6)) + " and 3 more, not "
            "localhost", pair="many")

    def test_another_common_name(self):
        self.certificates.make_odd("common", kind="plain", subject="somebody")
        self.refused("its certificate is for somebody, not localhost",
                     pair="common")

    def test_an_expired_certificate(self):
        self.certificates.make_odd("expired", end="20210203040506Z")
        self.refused("its certificate expired on 2021-02-03T04:05:06Z",
                     pair="expired")

    def test_a_certificate_of_the_future(self):
        self.certificates.make_odd("future", begin="20480203040506Z")
        self.refused("its certificate is not valid before "
                     "2048-02-03T04:05:06Z", pair="future")

    def test_a_self_signed_certificate(self):
        self.certificates.make_odd("alone", by="alone")
        self.refused("its certificate is self-signed: use --ca with it, if it "
                     "is to be trusted", pair="alone")

    def test_a_self_signed_certificate_that_is_trusted(self):
        self.certificates.make_odd("friend", by="friend")
        with self.serving(pair="friend") as server:
            client = run("--tls", "--ca", self.certificates.path("friend.pem"),
                         f"localhost:{server.port}", "hello")
        self.check(client, GOOD, b"hello\n", "")

    def test_an_unknown_authority(self):
        self.certificates.make_odd("other-ca", by="other-ca",
                                   kind="authority", subject="Other CA")
        self.certificates.make_odd("foreign", by="other-ca")
        self.refused(self.UNKNOWN.format("CN=Other CA"), pair="foreign")

    def test_an_unknown_authority_that_is_sent_along(self):
        self.certificates.make_odd("sent-ca", by="sent-ca",
                                   kind="authority", subject="Sent CA")
        self.certificates.make_odd("complete", by="sent-ca")
        chain = self.certificates.join("chain.pem", "complete.pem",
                                       "sent-ca.pem")
        os.replace(chain, self.certificates.path("complete.pem"))
        self.refused(self.UNKNOWN.format("CN=Sent CA"), pair="complete")

    def test_an_expired_authority(self):
        self.certificates.make_odd("old-ca", by="old-ca", kind="authority",
                                   subject="Old CA", end="20210203040506Z")
        self.certificates.make_odd("heir", by="old-ca")
        chain = self.certificates.join("chain.pem", "heir.pem", "old-ca.pem")
        os.replace(chain, self.certificates.path("heir.pem"))
        self.refused('the certificate of its authority "CN=Old CA" expired on '
                     "2021-02-03T04:05:06Z", pair="heir",
                     ca=self.certificates.path("old-ca.pem"))

    def test_a_certificate_that_is_for_clients(self):
        self.refused("its certificate is not for servers", "--servername",
                     "client", pair="client")

    def test_bytes_of_a_name_do_no_harm(self):
        self.certificates.make_odd("escape", kind="plain",
                                   subject="\\x1b[31mred")
        with self.serving(pair="escape") as server:
            client = self.call(server, "--verbose", "hello")
        self.assertNotIn("\x1b", client.err)

    def test_no_certificate_at_all(self):
        with tls.Program("openssl", "s_server", "-accept", "127.0.0.1:0",
                         "-nocert", "-tls1_2", "-cipher",
                         "aNULL:@SECLEVEL=0") as server:
            client = run("--tls", "--ca", self.ca, server.name, "hello")
        self.check(client, UNREACHABLE, b"", f"echo-client: no TLS with "
                   f"{server.name}: the peer sent the alert "
                   '"handshake failure"\n')

    def test_numbered_echoes_are_refused_as_well(self):
        with self.serving() as server:
            client = run("--tls", "-c1", f"localhost:{server.port}")
        self.check(client, UNREACHABLE, b"")
        self.assertIn("not trusted here", client.err)


if __name__ == "__main__":
    unittest.main(verbosity=2 if SCALE == 1 else 1)
