#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""tools/make-certs.sh: what it makes, keeps, renews and refuses."""

import os
import re
import ssl
import stat
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   "..", ".."))
SCRIPT = os.path.join(SOURCE, "tools", "make-certs.sh")

PAIRS = ["ca.key", "ca.pem", "client.key", "client.pem", "server.key",
         "server.pem"]


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True,
                          capture_output=True, text=True).stdout


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.above = folder.name
        self.folder = os.path.join(folder.name, "certs")

    def call(self, *arguments, **environment):
        return subprocess.run(["sh", SCRIPT, *arguments], cwd=self.above,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300,
                              env={**os.environ, **environment})

    def make(self, *arguments, **environment):
        result = self.call(*arguments, "certs", **environment)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "", ""))

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def text(self, name):
        return openssl("x509", "-in", self.path(name), "-noout", "-text")

    def verify(self, name, *arguments):
        return subprocess.run(["openssl", "verify", "-x509_strict", "-CAfile",
                               self.path("ca.pem"), *arguments,
                               self.path(name)], capture_output=True,
                              check=False).returncode == 0


class Made(Case):
    def test_three_pairs_and_nothing_else(self):
        self.make()
        self.assertEqual(sorted(os.listdir(self.folder)), PAIRS)

    def test_keys_are_their_owners_alone(self):
        self.make()
        modes = {name: stat.S_IMODE(os.stat(self.path(name)).st_mode)
                 for name in PAIRS}
        self.assertEqual(modes, {name: 0o600 if name.endswith(".key")
                                 else 0o644 for name in PAIRS})

    def test_a_key_that_others_can_read_is_closed_to_them(self):
        self.make()
        os.chmod(self.path("server.key"), 0o644)
        self.make()
        self.assertEqual(stat.S_IMODE(os.stat(self.path("server.key")).st_mode),
                         0o600)

    def test_each_key_fits_its_certificate_and_is_of_p_256(self):
        self.make()
        for name in ("ca", "server", "client"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.path(name + ".pem"),
                                    self.path(name + ".key"))
            self.assertIn("prime256v1", self.text(name + ".pem"))

    def test_each_is_for_its_own_purpose(self):
        self.make()
        self.assertTrue(self.verify("server.pem", "-purpose", "sslserver"))
        self.assertFalse(self.verify("server.pem", "-purpose", "sslclient"))
        self.assertTrue(self.verify("client.pem", "-purpose", "sslclient"))
        self.assertFalse(self.verify("client.pem", "-purpose", "sslserver"))
        self.assertIn("CA:FALSE", self.text("server.pem"))

    def test_the_default_names(self):
        self.make()
        for name in ("localhost",):
            self.assertTrue(self.verify("server.pem", "-verify_hostname", name))
        for address in ("127.0.0.1", "::1"):
            self.assertTrue(self.verify("server.pem", "-verify_ip", address))
        self.assertFalse(self.verify("server.pem", "-verify_hostname",
                                     "example.org"))

    def test_names_of_ones_own(self):
        self.make("--name", "echo.example.org", "--name=*.example.net",
                  "--name", "192.0.2.1", "--name", "2001:db8::1")
        for name in ("echo.example.org", "any.example.net"):
            self.assertTrue(self.verify("server.pem", "-verify_hostname", name))
        for address in ("192.0.2.1", "2001:db8::1"):
            self.assertTrue(self.verify("server.pem", "-verify_ip", address))
        self.assertFalse(self.verify("server.pem", "-verify_hostname",
                                     "localhost"))
        self.assertIn("CN = echo.example.org", self.text("server.pem"))

    def test_a_name_that_a_subject_has_no_room_for(self):
        name = ".".join(["label"] * 20)
        self.make("--name", name)
        self.assertTrue(self.verify("server.pem", "-verify_hostname", name))

    def test_a_second_server_and_client_of_the_same_authority(self):
        self.make()
        first = {name: self.read(name) for name in PAIRS}
        self.make("--server", "api", "--client", "alice", "--name",
                  "api.example.org")
        self.assertEqual({name: self.read(name) for name in PAIRS}, first)
        self.assertTrue(self.verify("api.pem", "-verify_hostname",
                                    "api.example.org"))
        self.assertIn("CN = alice", self.text("alice.pem"))

    def test_days(self):
        self.make("--days", "2")
        subprocess.run(["openssl", "x509", "-in", self.path("server.pem"),
                        "-noout", "-checkend", "86400"], check=True,
                       capture_output=True)
        self.assertEqual(subprocess.run(
            ["openssl", "x509", "-in", self.path("server.pem"), "-noout",
             "-checkend", str(3 * 86400)], capture_output=True,
            check=False).returncode, 1)

    def test_the_systems_configuration_is_not_needed(self):
        self.make(OPENSSL_CONF="/dev/null")
        self.assertTrue(self.verify("server.pem"))

    def test_a_folder_with_blanks_or_above_it_another(self):
        for folder in ("my certs", "deep/er"):
            result = self.call(folder)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(sorted(os.listdir(os.path.join(self.above,
                                                            folder))), PAIRS)


class Again(Case):
    def test_keys_and_authority_stay_and_certificates_are_new(self):
        self.make()
        before = {name: self.read(name) for name in PAIRS}
        self.make("--name", "other.example.org")
        changed = [name for name in PAIRS if self.read(name) != before[name]]
        self.assertEqual(changed, ["client.pem", "server.pem"])
        self.assertTrue(self.verify("server.pem", "-verify_hostname",
                                    "other.example.org"))

    def test_serial_numbers_differ(self):
        serials = set()
        for _ in range(2):
            self.make()
            for name in ("ca.pem", "server.pem", "client.pem"):
                serials.add(openssl("x509", "-in", self.path(name), "-noout",
                                    "-serial"))
        self.assertEqual(len(serials), 5)

    def test_a_lost_certificate_comes_back_with_its_key(self):
        self.make()
        key = self.read("server.key")
        os.remove(self.path("server.pem"))
        self.make()
        self.assertEqual(self.read("server.key"), key)
        self.assertTrue(self.verify("server.pem"))

    def test_authorities_of_two_folders_have_different_names(self):
        self.make()
        self.assertEqual(self.call("other").returncode, 0)
        one = openssl("x509", "-in", self.path("ca.pem"), "-noout", "-subject")
        two = openssl("x509", "-in", os.path.join(self.above, "other/ca.pem"),
                      "-noout", "-subject")
        self.assertNotEqual(one, two)


class Refused(Case):
    def check(self, status, pattern, *arguments, **environment):
        result = self.call(*arguments, **environment)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"(?m)^make-certs\.sh: " + pattern)
        if os.path.isdir(self.folder):
            self.assertFalse([name for name in os.listdir(self.folder)
                              if name.startswith(".")])

    def test_command_lines(self):
        for pattern, *arguments in (
                ["no folder"],
                ["the folder has no name", ""],
                ["one folder, please, not also 'two'", "one", "two"],
                ["there is no option --colour", "--colour", "certs"],
                ["there is no option --colour", "--colour=red", "certs"],
                ["--name lacks its value", "certs", "--name"],
                ["--name 'a,DNS:b': expected", "--name", "a,DNS:b", "certs"],
                ["--name 'a.\\*.b': expected", "--name", "a.*.b", "certs"],
                ["--name '': expected", "--name=", "certs"],
                ["--days '0': expected", "--days", "0", "certs"],
                ["--days '08': expected", "--days", "08", "certs"],
                ["--days '3651': expected", "--days", "3651", "certs"],
                ["--days '99999': expected", "--days", "99999", "certs"],
                ["--server '../up': expected", "--server", "../up", "certs"],
                ["--server ca: ", "--server", "ca", "certs"],
                ["--client 'a b': expected", "--client", "a b", "certs"],
                ["server and client can't both be 'x'", "--server", "x",
                 "--client", "x", "certs"]):
            with self.subTest(arguments):
                self.check(2, pattern, *arguments)
        self.assertEqual(os.listdir(self.above), [])

    def test_what_looks_like_an_address_and_is_none(self):
        for name in ("192.0.2.256", "1::2::3"):
            self.check(1, "this failed: ", "--name", name, "certs")

    def test_an_authority_without_its_key(self):
        self.make()
        os.remove(self.path("ca.key"))
        self.check(1, ".*/ca.key is gone", "certs")

    def test_an_authority_with_another_key(self):
        self.make()
        os.replace(self.path("client.key"), self.path("ca.key"))
        self.check(1, ".*/ca.key does not belong to ca.pem", "certs")

    def test_an_authority_that_is_no_certificate(self):
        self.make()
        with open(self.path("ca.pem"), "w", encoding="ascii") as file:
            file.write("nothing\n")
        self.check(1, ".*/ca.pem is no certificate", "certs")

    def test_a_key_that_is_none(self):
        self.make()
        with open(self.path("server.key"), "w", encoding="ascii") as file:
            file.write("nothing\n")
        self.check(1, "this failed: openssl pkey .*server.key", "certs")

    def test_an_authority_that_ends_before_what_it_signs(self):
        self.make()
        openssl("x509", "-in", self.path("ca.pem"), "-signkey",
                self.path("ca.key"), "-days", "5", "-out", self.path("ca.pem"))
        self.check(1, ".*/ca.pem expires in less than 365 days", "certs")
        self.make("--days", "4")

    def test_a_folder_that_is_a_file(self):
        with open(self.folder, "w", encoding="ascii"):
            pass
        self.check(1, "the folder can't be made", "certs")

    def test_no_openssl(self):
        tools = os.path.join(self.above, "bin")
        os.mkdir(tools)
        sh = subprocess.run(["sh", "-c", "command -v sh"], check=True,
                            capture_output=True, text=True).stdout.strip()
        os.symlink(sh, os.path.join(tools, "sh"))
        self.check(1, "openssl is not installed", "certs", PATH=tools)


class Help(Case):
    def test_it_names_every_option(self):
        result = self.call("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(
            re.findall(r"(?m)^  (--[a-z]+)", result.stdout),
            ["--name", "--server", "--client", "--days", "--help"])
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 80)


if __name__ == "__main__":
    unittest.main(verbosity=2)
