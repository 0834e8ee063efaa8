#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
echod's log: where it goes, what it says of a connection, and that nothing that
happens to it holds up a connection: every line is there or is counted.
"""
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess

import harness
from harness import KIB, MIB, patience, wait_until

# More lines, two each, than fit into the buffers of these tests.
CLIENTS = 400
LINE = re.compile(r"connection (opened) listener=main peer=\S+ "
                  r"connection=(\d+)$|"
                  r"connection (closed) listener=main peer=\S+ "
                  r"connection=(\d+) in=6 out=6 duration=\d+\.\d{6} "
                  r"reason=client_closed$", re.M)
MISSING = re.compile(r"warning: lines are missing here, which the log could "
                     r"not take lost=(\d+)$", re.M)


def configuration(log, level="debug", listen="127.0.0.1:0", more="",
                  access="yes"):
    return (f'workers = 1\nlog = "{log}"\nlog_level = {level}\n'
            f'log_buffer = 32k\n{more}\nlistener "main" {{\n'
            f'listen = "{listen}"\naccess_log = {access}\n}}\n')


class LogTestCase(harness.TestCase):
    def start_logging_to(self, path, **options):
        """An echod that logs to a file, which log() then reads."""
        config = configuration(f"file:{path}", **options)
        echod = harness.Echod(self.folder, config=config)
        pathlib.Path(path).touch()
        echod.log_path = path
        self.addCleanup(echod.stop)
        return echod.wait_ready()

    def visit(self, echod, clients):
        """Clients that come, get their echo and go; echod has seen them go."""
        for _ in range(clients):
            with echod.address.connect() as sock:
                sock.sendall(b"hello\n")
                self.assert_same(harness.receive(sock, 6), b"hello\n")
                sock.shutdown(socket.SHUT_WR)
                self.assertEqual(sock.recv(1), b"", "after the echo")

    def assert_accounted(self, log, clients):
        """Each client's two lines are there, or were counted as missing."""
        found = {match.groups() for match in LINE.finditer(log)}
        missing = sum(map(int, MISSING.findall(log)))
        self.assertEqual(len(found) + missing, 2 * clients,
                         f"{len(found)} lines there, {missing} missing of "
                         f"{clients} clients'; the log:\n{log[-3000:]}")
        return missing


class Targets(LogTestCase):
    def test_file_is_opened_anew(self):
        path = self.path("echod.log")
        echod = self.start_logging_to(path)
        sock = self.connect(echod.address)
        self.visit(echod, 3)
        os.rename(path, path + ".1")
        echod.signal(signal.SIGUSR1)
        wait_until(lambda: os.path.exists(path) and re.match(
            r"\S+Z notice: the log's file is open anew\n", echod.log()),
            10, "a new file")
        self.visit(echod, 3)
        # One that was open meanwhile has lost nothing.
        sock.sendall(b"hello\n")
        self.assert_same(harness.receive(sock, 6), b"hello\n")
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(sock.recv(1), b"")
        echod.stop()
        old = pathlib.Path(path + ".1").read_text()
        self.assertIn("notice: ready\n", old)
        self.assertIn("notice: stopped\n", echod.log())
        self.assertEqual(self.assert_accounted(old + echod.log(), 7), 0)

    def test_folder_that_is_gone(self):
        folder = self.path("logs")
        os.mkdir(folder)
        echod = harness.Echod(self.folder, config=configuration(
            f"file:{folder}/echod.log", more="sandbox = off"))
        self.addCleanup(echod.stop)
        stderr, path = echod.log_path, os.path.join(folder, "echod.log")
        wait_until(lambda: os.path.exists(path), 10, "the log")
        echod.log_path = path
        echod.wait_ready()
        shutil.rmtree(folder)
        echod.log_path = stderr
        echod.signal(signal.SIGUSR1)
        wait_until(lambda: re.search(
            r"error: the log's file \S+ can't be opened anew: No such file",
            echod.log()), 10, "a line on standard error")
        self.visit(echod, 10)
        os.mkdir(folder)
        echod.signal(signal.SIGUSR1)
        wait_until(lambda: os.path.exists(path), 10, "a new file")
        echod.log_path = path
        wait_until(lambda: "open anew" in echod.log(), 10, "its first line")
        self.visit(echod, 1)
        echod.stop()
        self.assertIn("connection=11 ", echod.log())

    def test_file_that_cannot_be_opened(self):
        echod = harness.Echod(self.folder, config=configuration(
            f"file:{self.folder}/none/log"))
        self.addCleanup(echod.kill)
        self.assertEqual(echod.wait(), 1, "exit status")
        self.assertRegex(echod.log(), r"error: log: file:\S+/none/log can't "
                         "be opened: No such file or directory\n$")
        echod.stopped = True

    def test_syslog(self):
        path = self.path("syslog")
        daemon = self.start_syslog(path)
        echod = harness.Echod(self.folder, config=configuration(
            f"syslog:{path}", level="info"))
        self.addCleanup(echod.stop)
        head = rf"^<%d>[A-Z][a-z]{{2}} [ \d]\d [\d:]{{8}} echod\[{echod.pid}\]"
        lines = [daemon.recv(KIB).decode()]
        while "ready" not in lines[-1]:
            lines.append(daemon.recv(KIB).decode())
        lines = lines[-2:]
        self.assertRegex(lines[0], head % 29 + ": listening on 127.0.0.1:")
        self.assertRegex(lines[1], head % 29 + ": ready$")
        echod.take_addresses(lines[0])
        self.visit(echod, 1)
        self.assertRegex(daemon.recv(KIB).decode(), head % 30 +
                         ": connection closed listener=main .*reason=client")
        # The daemon goes, and comes again.
        daemon.close()
        os.unlink(path)
        self.visit(echod, 2)
        daemon = self.start_syslog(path)
        self.visit(echod, 1)
        lines, lost = [], 0
        while len(lines) + lost < 3:
            text = daemon.recv(KIB).decode()
            missing = re.match(head % 28 + r": lines are missing .* "
                               r"lost=(\d+)$", text)
            if missing:
                lost += int(missing.group(1))
            else:
                lines.append(text)
        self.assertEqual(len(lines) + lost, 3, f"{lost} lost; {lines}")
        self.assertIn(" connection=4 ", lines[-1])

    def start_syslog(self, path):
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(daemon.close)
        daemon.settimeout(patience(10))
        daemon.bind(path)
        return daemon


    def test_reload(self):
        """Where and how is a matter of the start; what of each connection is
        not."""
        path = self.path("log")
        echod = self.start_logging_to(path, level="info", access="no")
        self.visit(echod, 1)
        pathlib.Path(self.folder, "echod.conf").write_text(configuration(
            f"file:{path}.other", level="info",
            more="log_format = logfmt").replace("32k", "64k"))
        echod.signal_until(signal.SIGHUP, lambda: "reloaded: " in echod.log(),
                           "the reload")
        for change in (f'log: "file:{path}" -> "file:{path}.other"',
                       "log_format: text -> logfmt", "log_buffer: 32k -> 64k"):
            self.assertIn(f"warning: reload: {change} needs a restart; it "
                          "stays as it was until then\n", echod.log())
        self.assertIn('notice: reload: listener "main": access_log: no -> '
                      "yes\n", echod.log())
        wait_until(lambda: self.visit(echod, 1) or " info: connection closed "
                   in echod.log(), 10, "the line of a connection")
        # The name is still known, though the settings that had it are gone.
        os.rename(path, path + ".1")
        echod.signal(signal.SIGUSR1)
        wait_until(lambda: os.path.exists(path), 10, "a new file")
        echod.stop()
        log = pathlib.Path(path + ".1").read_text() + echod.log()
        self.assertNotIn(" connection=1 ", log)
        self.assertIn("Z notice: stopped\n", log)
        self.assertFalse(os.path.exists(path + ".other"))


class Lines(LogTestCase):
    def closed(self, echod, number):
        """The fields of a connection's last line, once it is there."""
        line = wait_until(lambda: re.search(
            rf"^.*closed.* connection={number} .*\n", echod.log(), re.M), 10,
            "the line of a connection").group()
        return dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line))

    def test_access_lines(self):
        echod = self.start_logging_to(self.path("log"), level="info")
        with self.connect(echod.address):
            pass  # a probe
        first = self.connect(echod.address)
        first.sendall(b"x" * 1000)
        harness.receive(first, 1000)
        first.shutdown(socket.SHUT_WR)
        peer = "{}:{}".format(*first.getsockname())
        fields = self.closed(echod, 2)
        self.assertRegex(fields.pop("duration"), r"^\d+\.\d{6}$")
        self.assertEqual(fields, {
            "listener": "main", "peer": peer, "connection": "2",
            "in": "1000", "out": "1000", "reason": "client_closed"})
        second = self.connect(echod.address)
        second.sendall(b"x")
        harness.receive(second, 1)
        second.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
        second.close()
        fields = self.closed(echod, 3)
        self.assertEqual((fields["reason"], fields["error"]),
                         ("reset", '"Connection reset by peer"'))
        third = self.connect(echod.address)
        third.sendall(b"x")
        harness.receive(third, 1)
        echod.stop()
        self.assertEqual(self.closed(echod, 4)["reason"], "drained")
        self.assertNotRegex(echod.log(), "connection=1 ")

    def test_dropped(self):
        echod = self.start_logging_to(
            self.path("log"), level="info", more="drain_timeout = 50ms")
        sock = self.connect(echod.address, receive_buffer=4 * KIB)
        sock.setblocking(False)
        try:
            while True:
                sock.send(b"x" * 64 * KIB)
                wait_until(lambda: harness.taken(sock), 0.3, "all is taken")
        except (BlockingIOError, AssertionError):
            pass
        echod.stop()
        self.assertEqual(self.closed(echod, 1)["reason"], "dropped")

    def test_bytes_of_peers_are_escaped(self):
        path = self.path("log")
        echod = self.start_logging_to(
            path, listen="unix:" + self.path("s"), more="log_format = logfmt")
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(patience(10))
            sock.bind(self.path('a "b"\n<0>\x1b[2J='))
            sock.connect(self.path("s"))
            sock.sendall(b"x")
            sock.recv(1)
        echod.stop()
        self.assertIn(f'peer="unix:{self.folder}/a \\"b\\"\\u000a<0>\\u001b'
                      '[2J=" connection=1 in=1 out=1 ', echod.log())
        for line in echod.log().splitlines():
            self.assertRegex(line, r'^time=\S+Z level=[a-z]+ msg=("(\\.|[^"'
                             r'\\])*"|[^" ]+)( \w+=("(\\.|[^"\\])*"|[^" ]+))*$')

    def test_bad_target(self):
        echod = harness.Echod(self.folder, config='\nlog = "nowhere"\n')
        self.addCleanup(echod.kill)
        self.assertEqual(echod.wait(), 1, "exit status")
        self.assertRegex(echod.log(), r"echod\.conf:2: log: 'nowhere' is not "
                         r"known; expected stderr, syslog, syslog:/PATH or "
                         r"file:/PATH\n$")
        echod.stopped = True


class Trouble(LogTestCase):
    def start_blocked(self):
        """An echod whose standard error is a small pipe, and its end."""
        end, stderr = os.pipe()
        self.addCleanup(os.close, end)
        fcntl.fcntl(stderr, fcntl.F_SETPIPE_SZ, 4 * KIB)
        echod = harness.Echod(self.folder, stderr=stderr,
                              config=configuration("stderr"))
        os.close(stderr)
        self.addCleanup(echod.stop)
        text = b""
        while b"ready\n" not in text:
            part = os.read(end, KIB)
            self.assertTrue(part, text)
            text += part
        return echod.take_addresses(text.decode()), end, text

    def test_pipe_that_nobody_reads(self):
        echod, end, text = self.start_blocked()
        before = echod.resident()
        sock = self.connect(echod.address)
        self.visit(echod, CLIENTS - 1)
        sock.sendall(b"hello\n")
        self.assert_same(harness.receive(sock, 6), b"hello\n")
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(sock.recv(1), b"")
        if not harness.instrumented():
            self.assertLess(echod.resident() - before, 4 * MIB, "bytes more")
        # Once it is read again, all comes that was kept.
        rest = pathlib.Path(self.path("rest"))
        with open(rest, "wb") as file, \
                subprocess.Popen(["cat"], stdin=end, stdout=file) as cat:
            wait_until(lambda: MISSING.search(rest.read_text()), 10,
                       "the line about those that are missing")
            echod.stop()
            cat.wait(patience(10))
        log = text.decode() + rest.read_text()
        missing = self.assert_accounted(log, CLIENTS)
        self.assertGreater(missing, 0, "lines that had no room")
        self.assertIn("warning: lines that the log could not take, in all: "
                      f"{missing}\n", log)
        self.assertIn("notice: stopped\n", log)

    def test_end_with_a_pipe_that_nobody_reads(self):
        echod, _, _ = self.start_blocked()
        self.visit(echod, CLIENTS)
        echod.stop()

    def test_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        mount = ("unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c",
                 f"mount -t tmpfs -o size=256k tmpfs {disk} && exec \"$@\"",
                 "sh")
        self.need(subprocess.run([*mount, "true"], check=False).returncode ==
                  0, "a file system of one's own can't be mounted")
        echod = harness.Echod(self.folder, prefix=mount,
                              config=configuration(f"file:{disk}/log"))
        self.addCleanup(echod.stop)
        # What it mounted goes with it.
        self.addCleanup(setattr, echod, "log_path", echod.log_path)
        inside = pathlib.Path(f"/proc/{echod.pid}/root{disk}")
        wait_until((inside / "log").exists, 10, "the log")
        echod.log_path = str(inside / "log")
        echod.wait_ready()
        filler = inside / "filler"
        try:
            filler.write_bytes(b"x" * 256 * KIB)
        except OSError:
            pass  # it is full now
        self.visit(echod, CLIENTS)
        filler.unlink()
        # Writing has gone on, or does with the next lines; while the thread
        # is behind, those may find no room in memory either.
        clients, found = CLIENTS, False
        while not found:
            self.visit(echod, 1)
            clients += 1
            found = self.closed_soon(echod, clients)
        self.assertGreater(self.assert_accounted(echod.log(), clients), 0,
                           "lines that had no room")

    def closed_soon(self, echod, number):
        try:
            return wait_until(lambda: re.search(
                rf"closed .* connection={number} .*\n", echod.log()), 1,
                "its line")
        except AssertionError:
            return None


if __name__ == "__main__":
    harness.main()
