#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
The command line of echod: what the options print, with which exit status, and
the files that it leaves or does not leave behind.

Environment: ECHOD, or src/echod/echod of the build directory it is run from;
ECHOD_WRAPPER, what echod runs under; TEST_SCALE multiplies deadlines.
"""
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ECHOD = [*shlex.split(os.environ.get("ECHOD_WRAPPER", "")),
         os.environ.get("ECHOD", "src/echod/echod")]
PATIENCE = 20 * int(os.environ.get("TEST_SCALE", "1"))


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="echod.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_echod(self, *options, status=0):
        done = subprocess.run([*ECHOD, *options], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, status,
                         f"exit status; stderr:\n{done.stderr}")
        return done

    def start(self, *options):
        """echod, once it is ready, and what it has logged so far."""
        path = self.folder / "log"
        with open(path, "w", encoding="utf-8") as log:
            process = subprocess.Popen([*ECHOD, *options], stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + PATIENCE
        while "ready\n" not in path.read_text("utf-8"):
            self.assertIsNone(process.poll(), path.read_text("utf-8"))
            self.assertLess(time.monotonic(), deadline, "not ready in time")
            time.sleep(0.01)
        return process

    def log(self):
        return (self.folder / "log").read_text("utf-8")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), 0, self.log())

    def test_version(self):
        lines = self.run_echod("--version").stdout.splitlines()
        for line, pattern in zip(lines, (
                r"echod \d+\.\d+\.\d+", r"libawait \d+\.\d+\.\d+",
                r"libevent 2\.\S+", r"OpenSSL \d\S+ .*", r"libConfuse \S+",
                r"systemd support: (yes|no)", r"seccomp support: (yes|no)"),
                              strict=True):
            self.assertRegex(line, "^" + pattern + "$")
        self.assertEqual(self.run_echod("-V").stdout.splitlines(), lines)

    def test_help(self):
        text = self.run_echod("--help").stdout
        self.assertEqual(self.run_echod("-h").stdout, text)
        for option in ("config", "listen", "workers", "log-level", "pidfile",
                       "check", "dump", "version", "help"):
            self.assertRegex(text, rf"(?m)^  .*--{option}\b")
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_an_output_that_takes_nothing_is_an_error(self):
        path = self.write("f", "workers = 2\n")
        for options in (["--help"], ["--version"], ["--dump"], ["--check"],
                        ["--check", "--config", path]):
            with self.subTest(options=options), open("/dev/full", "wb") as out:
                done = subprocess.run(
                    [*ECHOD, *options], stdout=out, stderr=subprocess.PIPE,
                    text=True, timeout=PATIENCE, check=False)
                self.assertEqual(done.stderr, "echod: standard output: "
                                 "No space left on device\n")
                self.assertEqual(done.returncode, 1)

    def test_no_socket_takes_the_place_of_standard_error(self):
        """Or else a client would get the log."""
        if len(ECHOD) > 1:
            self.skipTest("they are not echod's own under " + ECHOD[0])
        path = self.folder / "p"
        process = subprocess.Popen(
            ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *ECHOD,
             "--listen=127.0.0.1:0", f"--pidfile={path}"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + PATIENCE
        while not (path.exists() and path.read_text()):
            self.assertIsNone(process.poll())
            self.assertLess(time.monotonic(), deadline, "not started in time")
            time.sleep(0.01)
        for fd in range(3):
            self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{fd}"),
                             "/dev/null")

    def test_usage_errors(self):
        for options, line in (
                (["--lisen", ":7"], "unknown option '--lisen'; "
                 "did you mean '--listen'?"),
                (["-x"], "unknown option '-x'"),
                (["--config"], "option '--config' needs an argument: FILE"),
                (["--config="], "--config: expected the name of a file"),
                (["7007"], "unexpected argument '7007'; an address goes "
                 "with --listen, a file with --config")):
            with self.subTest(options=options):
                done = self.run_echod(*options, status=2)
                self.assertEqual(done.stderr, f"echod: {line}\n"
                                 "Try 'echod --help'.\n")
                self.assertEqual(done.stdout, "")

    def test_check_names_every_error(self):
        path = self.write("f", 'wokers = 1\nlistener "a" {\n\tlisen = ":7"\n'
                               "\tbacklog = 0\n}\n")
        done = self.run_echod("--check", "--config", path, status=1)
        self.assertEqual(done.stderr, (
            f"{path}:1: unknown setting 'wokers'; did you mean 'workers'?\n"
            f"{path}:3: unknown setting 'lisen' in listener \"a\"; "
            "did you mean 'listen'?\n"
            f"{path}:4: listener \"a\": backlog: 0 is out of range; "
            "expected 1 to 65535\n"))
        self.assertEqual(done.stdout, "")

    def test_check_names_the_included_file(self):
        path = self.write("f", 'include = "*.d/*.conf"\nworkers = 2\n')
        (self.folder / "f.d").mkdir()
        part = self.write("f.d/1.conf", "\nwokers = 3\n")
        done = self.run_echod("--check", "--config", path, status=1)
        self.assertEqual(done.stderr, f"{part}:2: unknown setting 'wokers'; "
                         "did you mean 'workers'?\n")
        self.write("f.d/1.conf", 'listener "a" { listen = ":1" }\n')
        done = self.run_echod("--dump", "--config", path)
        self.assertIn('listen = { ":1" }', done.stdout)

    def test_check_of_the_syntax_reads_no_certificate(self):
        path = self.write("f", 'listener "a" {\n\ttls = yes\n'
                               "\ttls_certificate = /none.pem\n}\n")
        done = self.run_echod("--check", "--config", path, status=1)
        self.assertIn(f"{path}:3: ", done.stderr)
        done = self.run_echod("--check=syntax", "--config", path)
        self.assertEqual(done.stdout, "the settings are good\n")

    def test_check_has_no_effect(self):
        socket, pidfile = self.folder / "s", self.folder / "p"
        done = self.run_echod("--check", "--listen", f"unix:{socket}",
                              "--pidfile", str(pidfile))
        self.assertEqual(done.stdout, "the settings are good\n")
        self.assertEqual(done.stderr, "")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_dump_is_read_back(self):
        first = self.run_echod("--dump", "--listen", "127.0.0.1:0", "-l",
                               "unix:/x", "-w", "3", "--log-level=debug")
        self.assertIn("workers = 3\n", first.stdout)
        self.assertIn('listen = { "127.0.0.1:0", "unix:/x" }', first.stdout)
        path = self.write("f", first.stdout)
        again = self.run_echod("--dump", "--config", path)
        self.assertEqual(again.stdout, first.stdout)

    def test_log_of_a_bad_file_has_each_error(self):
        path = self.write("f", "wokers = 1\nworkers = 0\n")
        lines = self.run_echod("--config", path, status=1).stderr.splitlines()
        self.assertEqual(len(lines), 2, lines)
        for number, line in enumerate(lines, 1):
            self.assertRegex(line, rf"^\S+Z error: {re.escape(path)}:{number}:")

    def test_pidfile(self):
        path = self.folder / "p"
        process = self.start("--listen=127.0.0.1:0", f"--pidfile={path}")
        self.assertTrue(path.read_text().strip().isdigit())
        done = self.run_echod("--listen=127.0.0.1:0", f"--pidfile={path}",
                              status=1)
        self.assertRegex(done.stderr, r"error: pidfile \S+: process \d+ is "
                         "running; stop it first")
        self.stop(process)
        self.assertFalse(path.exists(), "the pidfile is still there")

    def test_unix_socket_and_its_mode(self):
        path = self.folder / "s"
        config = self.write("f", 'workers = 2\nlistener "a" {\n'
                            f'listen = "unix:{path}"\nunix_mode = 0640\n}}\n')
        process = self.start("--config", config)
        self.assertEqual(path.stat().st_mode & 0o7777, 0o640)
        self.stop(process)
        self.assertFalse(path.exists(), "the socket is still there")

    def test_hangup_without_a_change_is_only_logged(self):
        process = self.start("--listen=127.0.0.1:0")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while "reloaded: settings that changed: 0" not in self.log():
            self.assertLess(time.monotonic(), deadline, self.log())
            time.sleep(0.01)
        self.assertIsNone(process.poll())
        self.stop(process)

    def test_nothing_is_logged_beyond_the_level(self):
        process = subprocess.Popen(
            [*ECHOD, "--listen=127.0.0.1:0", "--log-level=error",
             f"--pidfile={self.folder / 'p'}"], stderr=subprocess.PIPE)
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / "p").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        # The handlers are there a moment after the file, so ask again.
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(process.communicate()[1], b"")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(verbosity=2)
