#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client's --resume: what is kept, and for whom it is resumed.

The variables are those of client_program.py.
"""

import json
import os
import stat
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tls_servers as tls  # noqa: E402
from client_program import (  # noqa: E402
    GOOD, SCALE, UNREACHABLE, WRONG, run)


class Resume(tls.Case):
    def setUp(self):
        self.file = self.certificates.path("session")
        self.addCleanup(lambda: os.path.exists(self.file) and
                        os.remove(self.file))

    def again(self, server, *options, host="localhost", **settings):
        return self.call(server, "--resume", self.file, *options, "hello",
                         host=host, **settings)

    def told(self, client, *lines):
        self.check(client, GOOD, b"hello\n", "".join(
            f"echo-client: {self.file}: {line}\n" for line in lines))

    def begin(self, server, *options):
        self.told(self.again(server, *options), "no session is kept yet",
                  "a new session was begun")

    def test_each_version(self):
        for version in ("1.2", "1.3"):
            seen = []
            with self.subTest(version), self.serving(
                    versions=[version],
                    seen=lambda s: seen.append(s.session_reused)) as server:
                self.begin(server)
                # Each run leaves what the next one resumes.
                for _ in range(2):
                    self.told(self.again(server), "the session was resumed")
            self.assertEqual(seen, [False, True, True])
            os.remove(self.file)

    def test_it_is_told_by_verbose_and_json(self):
        with self.serving() as server:
            self.begin(server)
            client = self.again(server, "--verbose")
            self.assertRegex(client.err, r"(?m)^  resumed +yes$")
            # It is still known whom one speaks with.
            self.assertRegex(client.err, r"(?m)^  certificate +CN=localhost$")
            client = self.again(server, "--json")
            self.assertIs(json.loads(client.out)["tls"]["resumed"], True)

    def test_numbered_echoes(self):
        with self.serving() as server:
            self.begin(server)
            client = run("--tls", "--ca", self.ca, "--resume", self.file,
                         "-c1", f"localhost:{server.port}")
        self.check(client, GOOD)
        self.assertIn("the session was resumed", client.err)

    def test_quiet_does_not_tell(self):
        with self.serving() as server:
            self.check(self.again(server, "--quiet"), GOOD, b"", "")
            self.check(self.again(server, "--quiet"), GOOD, b"", "")
            self.told(self.again(server), "the session was resumed")

    def test_only_the_owner_can_read_it(self):
        with self.serving() as server:
            self.begin(server)
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)

    def test_a_server_that_has_forgotten(self):
        with self.serving() as server:
            self.begin(server)
        with self.serving() as server:
            self.told(self.again(server), "a new session was begun")
            self.told(self.again(server), "the session was resumed")

    OTHER = "the session is with another server, or was verified otherwise"

    def test_not_for_another_name(self):
        with self.serving() as server:
            self.begin(server)
            self.told(self.again(server, host="127.0.0.1"), self.OTHER,
                      "a new session was begun")

    def test_not_by_other_authorities(self):
        copy = self.certificates.join("copy.pem", "ca.pem")
        with self.serving() as server:
            self.begin(server)
            client = run("--tls", "--ca", copy, "--resume", self.file,
                         f"localhost:{server.port}", "hello")
            self.told(client, self.OTHER, "a new session was begun")

    def test_what_was_not_verified_is_no_short_cut(self):
        with self.serving() as server:
            name = f"localhost:{server.port}"
            client = run("--tls", "--insecure", "--resume", self.file, name,
                         "hello")
            self.check(client, GOOD, b"hello\n")
            client = run("--tls", "--resume", self.file, name, "hello")
        self.check(client, UNREACHABLE, b"")
        self.assertIn(self.OTHER, client.err)
        self.assertIn("not trusted here", client.err)

    def test_a_file_of_another_kind(self):
        with open(self.file, "wb") as file:
            file.write(b"hello\n")
        with self.serving() as server:
            self.told(self.again(server), "this is no session of "
                      "echo-client's", "a new session was begun")
            self.told(self.again(server), "the session was resumed")

    def test_a_file_that_was_cut_off(self):
        with self.serving() as server:
            self.begin(server)
            with open(self.file, "r+b") as file:
                file.truncate(os.path.getsize(self.file) - 20)
            self.told(self.again(server), "the session is damaged",
                      "a new session was begun")

    def test_a_file_that_cannot_be_written(self):
        self.file = self.certificates.path("missing/session")
        with self.serving() as server:
            client = self.again(server)
        self.check(client, WRONG, b"hello\n")
        self.assertIn(f"{self.file}: the session can't be kept: No such file "
                      "or directory\n", client.err)


if __name__ == "__main__":
    unittest.main(verbosity=2 if SCALE == 1 else 1)
