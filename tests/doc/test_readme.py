#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The README is true: its programs are built and run, its tour is taken."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   "..", ".."))
BUILD = os.environ.get("top_builddir", SOURCE)
ECHOD = os.environ.get("ECHOD", os.path.join(BUILD, "src/echod/echod"))
CLIENT = os.environ.get("ECHO_CLIENT",
                        os.path.join(BUILD, "src/client/echo-client"))
LOAD = os.environ.get("ECHO_LOAD", os.path.join(BUILD, "src/load/echo-load"))


def blocks(language):
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    return re.findall(r"^```%s\n(.*?)^```" % language, text, re.S | re.M)


def in_network(command):
    """The command with loopback to itself, so that every port is free."""
    return ["unshare", "--net", "--pid", "--fork", "--kill-child",
            "--mount-proc", "sh", "-c",
            'ip link set lo up && exec "$@"', "sh", *command]


def need_network(test):
    for tool in ("unshare", "ip"):
        if shutil.which(tool) is None:
            refuse(test, "%s is not installed" % tool)
    if subprocess.run(in_network(["true"]), capture_output=True).returncode:
        refuse(test, "no network namespace can be made; run as root")


def refuse(test, reason):
    if os.environ.get("CI") == "true":
        test.fail(reason)
    test.skipTest(reason)


ASK = """
import socket, sys, time
deadline = time.monotonic() + 20
while True:
    try:
        peer = socket.create_connection(("127.0.0.1", 8888), timeout=20)
        break
    except ConnectionRefusedError:
        if time.monotonic() > deadline:
            raise
        time.sleep(0.02)
begin = time.monotonic()
peer.sendall(b"x" * 60)
reply = b""
while True:
    data = peer.recv(1000)
    if not data:
        break
    reply += data
took = time.monotonic() - begin
print("bytes", len(reply), "waited", 0.9 < took < 15)
"""


class Lesson(unittest.TestCase):
    """Both servers of the lesson do the same."""

    def setUp(self):
        need_network(self)
        self.folder = tempfile.mkdtemp(prefix="echod-readme-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def ask(self, server):
        """Runs the server and asks it, in one network namespace."""
        ask = self.write("ask.py", ASK)
        script = '"$@" & pid=$!; python3 %s; kill $pid; wait $pid' % ask
        result = subprocess.run(
            in_network(["bash", "-c", script, "bash", *server]),
            capture_output=True, text=True, timeout=120)
        return result.stdout.strip(), result.stderr

    def test_python(self):
        program = self.write("server.py", blocks("python")[0])
        answer, errors = self.ask(["python3", program])
        self.assertEqual(answer, "bytes 60 waited True", errors)

    def test_c(self):
        source = self.write("server.c", blocks("c")[0])
        program = self.path("server")
        flags = os.environ.get("SANITIZER_CFLAGS", "").split()
        subprocess.run(
            [*os.environ.get("CC", "cc").split(), "-Wall", "-Werror", *flags,
             "-o", program, source, "-I", os.path.join(SOURCE, "src/await"),
             os.path.join(BUILD, "src/await/.libs/libawait.a"),
             "-levent_core", "-lssl", "-lcrypto", "-lpthread"],
            check=True)
        answer, errors = self.ask([program])
        self.assertEqual(answer, "bytes 60 waited True", errors)


class Tour(unittest.TestCase):
    """The tour, its commands in one shell, as a reader types them."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="echod-readme-")
        bin_folder = os.path.join(cls.folder, "bin")
        os.mkdir(bin_folder)
        for name, program in (("echod", ECHOD), ("echo-client", CLIENT),
                              ("echo-load", LOAD)):
            os.symlink(os.path.abspath(program),
                       os.path.join(bin_folder, name))
        os.symlink(os.path.abspath(os.path.join(SOURCE, "tools")),
                   os.path.join(cls.folder, "tools"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_tour(self):
        need_network(self)
        for tool in ("nc", "openssl"):
            if shutil.which(tool) is None:
                refuse(self, "%s is not installed" % tool)
        script = "set -m -e\n" + "".join(
            "echo '=== %d'\n%s" % (i, block)
            for i, block in enumerate(blocks("sh")))
        environment = dict(os.environ)
        environment["PATH"] = (os.path.join(self.folder, "bin") + ":" +
                               environment["PATH"])
        result = subprocess.run(
            in_network(["bash", "-c", script]), cwd=self.folder,
            env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        steps = re.split(r"^=== \d+\n", result.stdout, flags=re.M)[1:]
        self.assertEqual(len(steps), len(blocks("sh")))
        self.assertIn("listening on 127.0.0.1:7007", steps[0])
        self.assertIn("listening on [::1]:7007", steps[0])
        self.assertEqual(steps[1], "hello\n")
        self.assertIn("hello, world\n", steps[2])
        self.assertIn("same\n", steps[2])
        self.assertEqual(steps[2].count("1024 bytes from"), 3, steps[2])
        self.assertIn("over a Unix socket\n", steps[3])
        self.assertIn("public.socket", steps[4])
        self.assertIn("hello by TLS\n", steps[5])
        self.assertIn("  TLS          TLSv1.3\n", result.stderr)
        self.assertRegex(steps[6], "VALID|SUSPECT")


if __name__ == "__main__":
    unittest.main(verbosity=2)
