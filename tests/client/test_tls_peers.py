#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-client's TLS against the servers of others: OpenSSL's, Python's, socat
and GnuTLS's; all bytes come back, by checksum, in both versions of TLS.

The variables are those of client_program.py.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client_program as program  # noqa: E402
import tls_servers as tls  # noqa: E402
from client_program import GOOD, MIB, SCALE, run  # noqa: E402
from echo_servers import Server  # noqa: E402

VERSIONS = ("1.2", "1.3")

LARGE = 16 * MIB if SCALE == 1 else MIB

# A server may need a moment between two pieces on a busy machine.
PATIENT = ["--timeout", str(int(60 * SCALE))]


def checksum(data):
    return hashlib.sha256(data).hexdigest()


class Peer:
    """What each server has to stand; to be mixed into a test case."""

    NEEDS = None
    # Whatever the client sends that is little, whose echo comes at once.
    LITTLE = ["hello"]

    @classmethod
    def setUpClass(cls):
        if cls.NEEDS and not shutil.which(cls.NEEDS):
            raise unittest.SkipTest(f"{cls.NEEDS} is not installed")
        cls.certificates = tls.Certificates()
        cls.addClassCleanup(cls.certificates.clean_up)
        cls.certificate, cls.key = cls.certificates.pair()

    @contextlib.contextmanager
    def serving(self, version, **settings):
        """A server, and the client's words for it."""
        with self.subTest(version=version), self.serve(**settings) as server:
            yield [*PATIENT, "--tls", "--ca", self.certificates.ca,
                   "--tls-min", version, "--tls-max", version,
                   f"localhost:{server.address.rpartition(':')[2]}"]

    def test_resumption(self):
        for version in VERSIONS:
            file = self.certificates.path("session" + version)
            told = []
            with self.serving(version) as words:
                for _ in range(3):
                    client = run("--resume", file, "-j", *words, *self.LITTLE)
                    self.check(client, GOOD)
                    told.append(json.loads(client.out)["tls"]["resumed"])
                self.assertEqual(told, [False, True, True])

    def test_a_client_certificate(self):
        certificate, key = self.certificates.pair("client")
        for version in VERSIONS:
            with self.serving(version,
                              client_ca=self.certificates.ca) as words:
                client = run("-j", "--cert", certificate, "--key", key,
                             *words, *self.LITTLE)
                self.check(client, GOOD, err="")
                agreed = json.loads(client.out)["tls"]
                self.assertEqual(agreed["version"], "TLSv" + version)
                client = run(*words, *self.LITTLE)
                self.assertNotEqual(client.returncode, GOOD)
                self.assertIn("use --cert", client.err)


class Numbered(Peer):
    """Of servers that echo whatever comes, of any size."""

    def test_large_numbered_echoes(self):
        for version in VERSIONS:
            with self.serving(version) as words:
                client = run("-j", "-c", "2", "-i", "0", "-s", str(LARGE),
                             *words)
                self.check(client, GOOD, err="")
                self.assertEqual(json.loads(client.out)["bytes_received"],
                                 2 * LARGE)

    def test_small_numbered_echoes(self):
        for version in VERSIONS:
            with self.serving(version) as words:
                client = run("-q", "-c", "200", "-i", "0", "-s", "1", *words)
                self.check(client, GOOD, err="")
                self.assertIn(b"200 sent, 200 received, 0 wrong", client.out)


class Whole(Peer):
    """Of servers that send everything before they end the connection."""

    DATA = program.pattern(LARGE)

    def test_a_file_and_everything_comes_back(self):
        for version in VERSIONS:
            with self.serving(version) as words:
                client = run(*words, stdin=self.DATA)
                self.check(client, GOOD, err="")
                self.assertEqual(checksum(client.out), checksum(self.DATA))

    def test_a_message(self):
        for version in VERSIONS:
            with self.serving(version) as words:
                self.check(run(*words, "hello"), GOOD, b"hello\n", "")


class Python(Numbered, Whole, program.Case):
    def serve(self, client_ca=None):
        return Server(tls.speaking(tls.context(
            (self.certificate, self.key), client_ca=client_ca)))


class OpenSsl(Numbered, program.Case):
    """s_server, which ends the connection as soon as the client's end comes."""

    NEEDS = "openssl"
    LITTLE = ["-c", "1"]

    def serve(self, client_ca=None):
        verify = ["-Verify", "1", "-verify_return_error", "-CAfile",
                  client_ca] if client_ca else []
        return tls.Program("openssl", "s_server", "-quiet", "-accept",
                           "127.0.0.1:0", "-cert", self.certificate, "-key",
                           self.key, *verify, loop=True)


class Socat(Numbered, Whole, program.Case):
    NEEDS = "socat"

    def serve(self, client_ca=None):
        verify = f"verify=1,cafile={client_ca}" if client_ca else "verify=0"
        return tls.Program("socat", "-t", "60", "OPENSSL-LISTEN:0,bind="
                           f"127.0.0.1,fork,reuseaddr,cert={self.certificate},"
                           f"key={self.key},{verify}", "PIPE")


class GnuTls(Whole, program.Case):
    """gnutls-serv, which echoes lines of text."""

    NEEDS = "gnutls-serv"
    DATA = b"".join(b"%015d\n" % i for i in range(LARGE // 16))

    def serve(self, client_ca=None):
        verify = ["--require-client-cert", "--verify-client-cert",
                  f"--x509cafile={client_ca}"] if client_ca else \
            ["--disable-client-cert"]
        return tls.Program("gnutls-serv", "--echo", "--quiet", "--port=0",
                           f"--x509certfile={self.certificate}",
                           f"--x509keyfile={self.key}", *verify)


if __name__ == "__main__":
    unittest.main(verbosity=2 if SCALE == 1 else 1)
