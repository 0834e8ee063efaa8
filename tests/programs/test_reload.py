#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""SIGHUP takes up changed settings, all or none, and loses nothing."""
import asyncio
import os
import pathlib
import signal
import socket
import sys

from comers import Comers
from harness import TestCase, Address, main, patience, scaled, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "load"))
import load_program  # noqa: E402


class Load(Comers):
    """The same, and connections that last."""

    def __init__(self, port, lasting):
        super().__init__(("127.0.0.1", port))
        self.lasting = lasting

    async def run_all(self):
        await asyncio.gather(super().run_all(), *(
            self.connect(self.last) for _ in range(self.lasting)))

    async def last(self, reader, writer):
        while not self.stopping:
            await self.echo(reader, writer)
        await self.end(reader, writer)


class Reload(TestCase):
    deadline = 120

    def start(self, text, **options):
        self.echod = self.start_echod(config=text, **options)
        self.file = pathlib.Path(self.folder, "echod.conf")
        return self.echod

    def reload(self, text, outcome="reloaded: "):
        """Takes up a file, and returns the log's lines about it."""
        self.file.write_text(text)
        before = len(self.echod.log())
        self.echod.signal_until(
            signal.SIGHUP, lambda: outcome in self.echod.log()[before:],
            outcome)
        return self.echod.log()[before:]

    def port_of(self, name, log=None):
        """The address that a log says it listens on, by its path or port."""
        log = log if log is not None else self.echod.log()
        texts = [line.rpartition(" on ")[2] for line in log.splitlines()
                 if "listening on" in line]
        return [Address(text) for text in texts if name in text]

    def assert_closed(self, address):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(address.name, patience(5)).close()

    def test_listeners_come_and_go(self):
        # The sandbox lets sockets be made where there is one already.
        first = ('listener "a" { listen = { "127.0.0.1:0", '
                 f'"unix:{self.path("first")}" }} }}\n')
        echod = self.start(first)
        with self.connect(echod.address) as sock:
            log = self.reload(first + 'listener "b" { listen = { "127.0.0.1:0", '
                              f'"unix:{self.path("s")}" }} }}\n')
            self.assertIn('reload: listener "b" is new', log)
            port, = self.port_of("127.0.0.1", log)
            self.assert_serves(echod.address)
            self.assert_serves(port)
            self.assert_serves(Address(f"unix:{self.path('s')}"))
            log = self.reload('listener "b" { listen = "127.0.0.1:0" }\n')
            self.assertIn('reload: listener "a" is gone', log)
            self.assert_serves(port)
            self.assert_closed(echod.address)
            self.assertFalse(pathlib.Path(self.path("s")).exists())
            # What came in by it goes on.
            sock.sendall(b"still there")
            self.assert_same(sock.recv(100), b"still there")

    def test_what_changed_is_logged(self):
        self.start('workers = 1\nlistener "a" {\n'
                   'listen = "127.0.0.1:0"\n}\n')
        log = self.reload(
            'workers = 2\nlog_level = debug\ndrain_timeout = 3s\n'
            'listener "a" {\nlisten = "127.0.0.1:0"\nhigh_water = 1M\n}\n')
        for line in ("warning: reload: workers: 1 -> 2 needs a restart; "
                     "it stays as it was until then",
                     "notice: reload: log_level: info -> debug",
                     "notice: reload: drain_timeout: 10s -> 3s",
                     'notice: reload: listener "a": high_water: 64k -> 1M',
                     "notice: reloaded: settings that changed: 4"):
            self.assertIn(line, log)
        self.assert_serves(self.echod.address)
        wait_until(lambda: "debug: connection" in self.echod.log(), 10,
                   "lines of the new level")

    def test_a_bad_file_changes_nothing(self):
        self.start('listener "a" { listen = "127.0.0.1:0" }\n')
        for text, reason in (
                ('lisener "b" { }\n', ":1: unknown section 'lisener'"),
                ('listener "a" {\nlisten = "127.0.0.1:0"\nbacklog = 0\n}\n',
                 ':3: listener "a": backlog: 0 is out of range'),
                ('listener "b" { listen = "203.0.113.7:7" }\n',
                 "cannot listen on 203.0.113.7:7: no interface"),
                ('listener "a" {\nlisten = "127.0.0.1:0"\ntls = yes\n'
                 'tls_certificate = /none\n}\n', "No such file")):
            log = self.reload(text, "not reloaded: all stays as it was")
            self.assertIn(reason, log)
            self.assert_serves(self.echod.address)
        self.assertEqual(self.echod.log().count("listening on"), 1)

    def test_a_queue_stays_with_its_socket(self):
        """Nobody accepts while the process stands still, but nobody is sent
        away either."""
        self.start('listener "a" { listen = "127.0.0.1:0" }\n', workers=2)
        self.echod.signal(signal.SIGSTOP)
        waiting = [self.connect(self.echod.address) for _ in range(20)]
        self.file.write_text('listener "a" { listen = "127.0.0.1:0" '
                             'high_water = 1M }\n')
        self.echod.signal(signal.SIGHUP)
        self.echod.signal(signal.SIGCONT)
        for number, sock in enumerate(waiting):
            data = b"%d" % number
            sock.sendall(data)
            self.assert_same(sock.recv(100), data)
            sock.close()
        wait_until(lambda: "reloaded: " in self.echod.log(), 10, "the reload")

    def test_reloads_one_after_another(self):
        """Signals that come while one is under way are not forgotten."""
        self.start('listener "a" { listen = "127.0.0.1:0" }\n', workers=2)
        for level in ("debug", "notice") * 10 + ("debug",):
            self.file.write_text(f'log_level = {level}\n'
                                 'listener "a" { listen = "127.0.0.1:0" }\n')
            self.echod.signal(signal.SIGHUP)
        wait_until(lambda: "-> debug" in self.echod.log().rpartition(
            "reload: log_level")[2], 10, "the last one")

    def test_the_end_in_the_middle(self):
        self.start('listener "a" { listen = "127.0.0.1:0" }\n', workers=2)
        self.file.write_text('listener "b" { listen = "127.0.0.1:0" }\n')
        self.echod.signal(signal.SIGHUP)
        self.echod.stop()

    def check_load(self, workers, reloads, lasting):
        self.start('listener "a" { listen = "127.0.0.1:0" }\n',
                   options=("--workers", str(workers)))
        load = Load(self.echod.address.port, scaled(lasting, 10))
        load.start()
        load.wait_for_echoes(2 * load.lasting)
        for number in range(scaled(reloads, 4)):
            before = load.connections
            other = 'listener "b" { listen = "127.0.0.1:0" }\n'
            # A new server on the same sockets, every other time.
            self.reload('listener "a" { listen = "127.0.0.1:0" '
                        f'high_water = {64 + number // 2 % 2}k }}\n' +
                        (other if number % 2 == 0 else ""))
            wait_until(lambda: load.connections > before or load.errors, 30,
                       "a new connection")
        load.wait_for_echoes(load.lasting)
        load.stop()
        self.assertEqual(load.errors, [])
        self.echod.stop()

    def test_echo_load_loses_nothing(self):
        """Neither by connections that last, nor by a stream of new ones."""
        text = ('workers = 2\nlistener "a" {{ listen = "127.0.0.1:0"\n'
                'access_log = yes\nhigh_water = {}k }}\n')
        lasting = scaled(200, 20)
        echod = self.start(text.format(64))
        loads = [load_program.start(
            "--json", "--duration", 0, "--size", 1000, *options,
            echod.address.text) for options in (
                ("--connections", lasting),
                ("--mode", "churn", "--connections", 20))]
        for load in loads:
            self.addCleanup(load.kill)
        wait_until(lambda: echod.open_files() > lasting and
                   "closed listener" in echod.log(), 60, "connections")
        for number in range(scaled(100, 10)):
            self.reload(text.format(65 + number))
        for load in loads:
            load_program.interrupt(load, signal.SIGINT)
            load_program.finish(load)
            self.assertEqual(load.returncode, load_program.GOOD, load.err)
            report = load_program.Report(load)
            self.assertEqual(report.errors(), {})
            self.assertGreater(report.counters["messages_received"], 0)

    def test_nothing_is_lost_with_one_worker(self):
        self.check_load(1, 30, 50)

    def test_nothing_is_lost_with_two_workers(self):
        self.check_load(2, 100, 200)


if __name__ == "__main__":
    main()
