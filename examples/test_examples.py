#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Each lesson in C leaves the same trace as the one in Python.

Both are run side by side, on terminals of their own, so that their lines can be
seen as they come.  What is compared is the order of events, and times in whole
and half seconds of the lesson.  A machine may be too busy for seconds this
short, so where the traces differ, the lesson is given longer ones twice.

CLIENT_WRAPPER  what the programs in C are run by, such as "valgrind -q"
TEST_SCALE      how much slower than usual that is (default: 1)
"""

import concurrent.futures
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
import unittest

SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__),
                                                   ".."))
BUILD = os.environ.get("top_builddir", SOURCE)
WRAPPER = shlex.split(os.environ.get("CLIENT_WRAPPER", ""))
SCALE = float(os.environ.get("TEST_SCALE", "1"))

# How long a second of a lesson lasts: at first, and if that was too short.
SECONDS = [0.08 * min(SCALE, 4) * longer for longer in (1, 4, 16)]
# Only reached when something hangs.
DEADLINE = 60 * SCALE


def refuse(test, reason):
    if os.environ.get("CI") == "true":
        test.fail(reason)
    test.skipTest(reason)


def in_c(name):
    return [*WRAPPER, os.path.join(BUILD, "examples", name)]


def in_python(name):
    return [sys.executable, os.path.join(SOURCE, "examples", name + ".py")]


def own_signals():
    """A child of a test in the background ignores SIGINT otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """A lesson that runs, and the lines that it has printed so far."""

    def __init__(self, command, second, stdin=subprocess.DEVNULL):
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.terminal, screen = pty.openpty()
        quiet(screen)
        environment = dict(os.environ, EXAMPLE_SECOND=str(second),
                           PYTHONDONTWRITEBYTECODE="1")
        self.process = subprocess.Popen(
            command, stdin=screen if stdin == "terminal" else stdin,
            stdout=screen, stderr=subprocess.PIPE, env=environment,
            preexec_fn=own_signals)
        os.close(screen)
        self.threads = [threading.Thread(target=self.read_lines),
                        threading.Thread(target=self.read_errors)]
        for thread in self.threads:
            thread.start()

    def read_lines(self):
        text = b""
        while True:
            try:
                data = os.read(self.terminal, 4096)
            except OSError:   # what the end of a terminal looks like
                data = b""
            *lines, text = (text + data).split(b"\n")
            with self.changed:
                self.lines += [line.decode() for line in lines]
                self.ended = not data
                self.changed.notify_all()
            if not data:
                return

    def read_errors(self):
        self.errors = self.process.stderr.read().decode()

    def wait_for(self, pattern):
        """The first line that matches; waits until it comes."""
        def found():
            return self.ended or any(re.search(pattern, line)
                                     for line in self.lines)
        with self.changed:
            self.changed.wait_for(found, DEADLINE)
            for line in self.lines:
                match = re.search(pattern, line)
                if match:
                    return match
        raise AssertionError(f"{self.process.args} did not print "
                             f"{pattern!r}: {self.lines}")

    def interrupt(self):
        """
        SIGINT, once the program waits: what ThreadSanitizer gets while a task
        runs it keeps for that task, which may be waiting for just this signal.
        """
        deadline = time.monotonic() + 5 * SCALE
        while time.monotonic() < deadline and self.process.poll() is None:
            with open(f"/proc/{self.process.pid}/wchan",
                      encoding="ascii") as where:
                if "poll" in where.read():
                    break
            time.sleep(0.001)
        self.process.send_signal(signal.SIGINT)

    def wait(self):
        """Waits for the end.  Returns the exit status and standard error."""
        self.process.wait(DEADLINE)
        for thread in self.threads:
            thread.join()
        # Valgrind's own lines: the exit status tells.
        errors = re.sub(r"(?m)^(==|--)\d+\1 .*\n", "", self.errors)
        return self.process.returncode, errors

    def stop(self):
        """Ends what has not ended by itself."""
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        for stream in self.process.stdin, self.process.stderr:
            if stream is not None:
                stream.close()
        os.close(self.terminal)


def quiet(terminal):
    """No echo, and no carriage returns."""
    settings = termios.tcgetattr(terminal)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, settings)


def in_parallel(function, arguments):
    """Calls it with each of the arguments, all at once."""
    with concurrent.futures.ThreadPoolExecutor(len(arguments)) as pool:
        list(pool.map(function, arguments))


def without_ports(lines):
    return [re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", line)
            for line in lines]


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if sys.version_info < (3, 11):
            refuse(self, "the lessons in Python need 3.11")

    def start(self, *arguments, **options):
        run = Run(*arguments, **options)
        self.addCleanup(run.stop)
        return run

    def end(self, run):
        """How it has ended: its status, and its complaints."""
        try:
            return run.wait()
        except subprocess.TimeoutExpired:
            self.fail(f"{run.process.args} hangs: {run.lines}")

    def finish(self, run, status=0):
        """The lines of a run that is to end so, and without complaints."""
        self.assertEqual(self.end(run), (status, ""),
                         f"{run.process.args} {run.lines}")
        return run.lines

    def compare(self, traces, *lines):
        """
        traces(second) returns two lists of lines, which are the same sooner or
        later, and have these lines among them.
        """
        for second in SECONDS:
            mine, oracle = traces(second)
            missing = [line for line in lines if line not in mine]
            if mine == oracle and not missing:
                break
        self.assertEqual(mine, oracle)
        self.assertEqual(missing, [], mine)
        self.assertTrue(mine)

    def lesson(self, name, *lines, drive=None, **options):
        """Runs a lesson in both languages, which print these lines too."""
        def traces(second):
            runs = [self.start(in_c(name), second, **options),
                    self.start(in_python(name), second, **options)]
            if drive is not None:
                in_parallel(drive, runs)
            return [self.finish(run) for run in runs]
        self.compare(traces, *lines)


class Lessons(Case):
    def test_01_hello(self):
        self.lesson("01_hello")

    def test_02_one_after_the_other(self):
        self.lesson("02_one_after_the_other",
                    "one after the other: 5 s", "at the same time: 3 s")

    def test_03_nested(self):
        self.lesson("03_nested")

    def test_04_gather(self):
        self.lesson("04_gather", "results: 10 5 15", "together: 1.5 s")

    def test_05_wait(self):
        self.lesson("05_wait")

    def test_06_done_callback(self):
        self.lesson("06_done_callback")

    def test_07_fork(self):
        def drive(run):
            run.wait_for("c2: ends")
            run.interrupt()
        self.lesson("07_fork", "bye", drive=drive)

    def test_08_stop(self):
        self.lesson("08_stop")

    def test_09_loop_not_empty(self):
        self.lesson("09_loop_not_empty")

    def test_10_loops_and_threads(self):
        self.lesson("10_loops_and_threads")

    def test_11_producer_consumer(self):
        self.lesson("11_producer_consumer")

    def test_12_window_of_four(self):
        self.lesson("12_window_of_four",
                    "0-1: j0 j1 j2 j3", "1-2: j1 j2 j4 j5", "2-3: j2 j4 j5 j6",
                    "3-4: j5 j7", "4-5: j7")

    def test_13_throttle(self):
        self.lesson("13_throttle", "queue: 8 at once, 4 s in all",
                    "semaphore: 8 at once, 4 s in all")

    def test_14_downloads(self):
        self.lesson("14_downloads",
                    "one after the other: 4 s", "at the same time: 1 s")

    def test_17_subprocesses(self):
        self.lesson("17_subprocesses")

    def test_18_protocol(self):
        self.lesson("18_protocol")

    def test_20_lock_and_semaphore(self):
        self.lesson("20_lock_and_semaphore")


class Keyboard(Case):
    """19, whose user types between two ticks of the clock."""

    def type_names(self, run, keyboard, end):
        run.wait_for("tick 1")
        os.write(keyboard, b"/dev/null\n")
        run.wait_for("/dev/null: 0 bytes")
        run.wait_for("tick 2")
        os.write(keyboard, b"/nowhere\n")
        run.wait_for("/nowhere: ")
        end(keyboard)

    def test_19_terminal(self):
        def drive(run):
            self.type_names(run, run.terminal,
                            lambda terminal: os.write(terminal, b"\x04"))
        self.lesson("19_keyboard_and_files", drive=drive, stdin="terminal")

    def test_19_pipe(self):
        def drive(run):
            keyboard = run.process.stdin
            self.type_names(run, keyboard.fileno(),
                            lambda pipe: keyboard.close())
        self.lesson("19_keyboard_and_files", drive=drive,
                    stdin=subprocess.PIPE)


class Echo(Case):
    """15 and 16: the clients of each language with the server of the other."""

    def serve(self, command, second):
        server = self.start([*command, "0"], second)
        port = server.wait_for(r"Serving on 127\.0\.0\.1:(\d+)").group(1)
        return server, port

    def stop(self, server):
        server.interrupt()
        lines = without_ports(self.finish(server))
        # Thirty clients at once are served in an order of the kernel's.
        return [lines[0], *sorted(lines[1:-2]), *lines[-2:]]

    def serve_both(self, second, use):
        """Traces of both, and behind each what use(port, other) made of it."""
        mine, port = self.serve(in_c("15_echo_server"), second)
        oracle, other_port = self.serve(in_python("15_echo_server"), second)
        used = use(port, other_port)
        return [self.stop(server) + lines
                for server, lines in zip((mine, oracle), used)]

    def test_15_and_16_clients(self):
        def traces(second):
            def use(port, other_port):
                clients = [
                    self.start([*in_c("16_echo_client"), other_port], second),
                    self.start([*in_python("16_echo_client"), port], second)]
                return [self.finish(client) for client in clients]
            return self.serve_both(second, use)
        self.compare(traces, "30 clients, 30 right replies: 1 s",
                     "Stopped", "Bye")

    def test_15_nc(self):
        if shutil.which("nc") is None:
            refuse(self, "nc is not installed")

        def echo(port):
            return [subprocess.run(
                ["nc", "127.0.0.1", port], input="from nc", text=True,
                stdout=subprocess.PIPE, timeout=DEADLINE, check=True).stdout]

        def traces(second):
            return self.serve_both(second, lambda port, other_port: (
                echo(port), echo(other_port)))
        self.compare(traces, "from nc",
                     "Received 'from nc' from 127.0.0.1:PORT")

    def test_15_failed_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            mine, oracle = [
                self.finish(
                    self.start([*command("15_echo_server"), port], 1), 1)
                for command in (in_c, in_python)]
        self.assertEqual(mine, oracle)
        self.assertEqual(mine, ["Failed: Address already in use"])


class Bridges(Case):
    """The examples that have no lesson in Python beside them."""

    def bridge(self, name, expected):
        self.compare(lambda second: (
            self.finish(self.start(in_c(name), second)), expected))

    def test_dns(self):
        self.bridge("bridge_dns", [
            "example.test A: 192.0.2.1 192.0.2.2",
            "example.test AAAA: 2001:db8::1",
            "nowhere.test A: the name could not be resolved",
            "silent.test A: Connection timed out",
            "example.test A: 192.0.2.1 192.0.2.2",
            "example.test AAAA: 2001:db8::1",
            "3 addresses in all",
            "silent.test A: Operation canceled",
            "Operation canceled after 0.5 s"])

    def test_http(self):
        # The body of the error page is libevent's own.
        answers = ["/1000: 200, 1000 bytes", "/20000: 200, 20000 bytes",
                   "/missing: 404, 90 bytes", "/300000: 200, 300000 bytes"]
        self.bridge("bridge_http", [
            *answers, "one after the other: 4 s",
            *answers, "at the same time: 1 s",
            "/1000: Operation canceled after 0.5 s, 1 request"])


class Interrupted(Case):
    """Ctrl-C in the middle of a lesson in C: it ends, and leaks nothing."""

    # What it has printed by then.
    MIDDLE = {
        "01_hello": "Hello",
        "02_one_after_the_other": "one after the other",
        "04_gather": "slept 0.5 s",
        "05_wait": "all completed",
        "06_done_callback": "callback added",
        "11_producer_consumer": "got 0",
        "12_window_of_four": "j4 begins",
        "14_downloads": "/1000: ",
        "17_subprocesses": "b: one",
        "20_lock_and_semaphore": "task a has",
        "bridge_dns": "nowhere.test",
        "bridge_http": "/1000: ",
    }

    def test_interrupted(self):
        def interrupt(name, line):
            for second in SECONDS[1:]:
                run = self.start(in_c(name), second)
                run.wait_for(line)
                run.interrupt()
                # It may have been at its end already.
                if self.end(run) != (0, ""):
                    break
            self.finish(run, 1)

        in_parallel(lambda item: interrupt(*item), self.MIDDLE.items())


class Readme(unittest.TestCase):
    def test_it_shows_the_programs(self):
        script = os.path.join(SOURCE, "examples", "readme.py")
        check = subprocess.run([sys.executable, "-B", script, "--check"],
                               capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
