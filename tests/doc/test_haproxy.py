#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Two echods behind HAProxy."""
import csv
import os
import pathlib
import socket
import subprocess

import document
from machines import ONE, SERVICE, TWO, Machines, run

# The folder of these is known by now.
import harness
from harness import patience, wait_until


class BehindHAProxy(Machines):
    def setUp(self):
        super().setUp()
        self.need_tool("haproxy")
        self.own_machine(*(f"{address}/32" for address in (SERVICE, ONE, TWO)))

    def start_haproxy(self):
        os.makedirs("/run/haproxy")
        config = pathlib.Path(self.path("haproxy.cfg"))
        config.write_text(document.block("haproxy"), "utf-8")
        run(["haproxy", "-c", "-f", str(config)])
        self.log = pathlib.Path(self.path("haproxy.log"))
        with open(self.log, "wb") as log:
            self.haproxy = subprocess.Popen(
                ["haproxy", "-db", "-f", str(config)], stdout=log, stderr=log)
        self.addCleanup(self.haproxy.wait)
        self.addCleanup(self.haproxy.kill)

    def ask_haproxy(self, command):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(patience(10))
            sock.connect("/run/haproxy/admin.sock")
            sock.sendall(command.encode() + b"\n")
            return harness.receive(sock).decode()

    def state(self, server):
        """The line of a server in HAProxy's statistics."""
        table = self.ask_haproxy("show stat").lstrip("# ").splitlines()
        return next(row for row in csv.DictReader(table)
                    if row["svname"] == server)

    def wait_for_state(self, server, wanted):
        def is_so():
            self.assertIsNone(self.haproxy.poll(), self.log.read_text("utf-8"))
            try:
                return self.state(server)["status"] == wanted
            except (ConnectionRefusedError, FileNotFoundError):
                return False
        wait_until(is_so, 20, f"{server} is {wanted}")

    def test_one_by_one(self):
        machines = {"one": ONE, "two": TWO}
        echods = {name: self.start_machine(address)
                  for name, address in machines.items()}
        self.start_haproxy()
        for name in machines:
            self.wait_for_state(name, "UP")
        clients = self.start_clients()
        self.wait_for_echoes(clients)
        for name, address in machines.items():
            echods[name].terminate()
            self.wait_for_state(name, "DOWN")
            served = self.state(name)["stot"]
            # It stops when nobody comes any more, and not before.
            self.assertIsNone(echods[name].process.poll())
            self.wait_for_echoes(clients)
            self.assertEqual(echods[name].wait(), 0)
            self.assertEqual(self.state(name)["stot"], served)
            self.start_machine(address)
            self.wait_for_state(name, "UP")
            self.wait_for_echoes(clients)
        clients.stop()
        self.assertEqual(clients.errors, [])
        for name in machines:
            state = self.state(name)
            for trouble in ("econ", "eresp", "wretr", "wredis"):
                self.assertEqual(state[trouble], "0", f"{name}: {trouble}")

    def test_drained_by_hand(self):
        """HAProxy's own drain leaves the connections that there are."""
        self.start_machine(ONE)
        self.start_haproxy()
        self.wait_for_state("one", "UP")
        with socket.create_connection((SERVICE, 7007)) as sock:
            sock.settimeout(patience(10))
            self.echo(sock)
            self.assertRegex(run(document.block("sh drain by HAProxy")),
                             r"(?m)^echod,one,1,DRAIN$")
            self.start_machine(TWO)
            self.wait_for_state("two", "UP")
            clients = self.start_clients()
            self.wait_for_echoes(clients)
            self.echo(sock)
            self.assertEqual(self.state("one")["stot"], "1")
        wait_until(lambda: self.state("one")["scur"] == "0", 10,
                   "the last connection is gone")
        run(document.block("sh back by HAProxy"))
        self.wait_for_state("one", "UP")
        wait_until(lambda: int(self.state("one")["stot"]) > 1, 10,
                   "new connections")
        clients.stop()
        self.assertEqual(clients.errors, [])

    def echo(self, sock):
        sock.sendall(b"hello")
        self.assert_same(harness.receive(sock, 5), b"hello")


if __name__ == "__main__":
    harness.main()
