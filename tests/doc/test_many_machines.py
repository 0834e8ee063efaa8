#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Two echods behind a load balancer, as doc/operations.md has it: one after
the other stops and starts again, and no client is refused or cut off."""
import csv
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import sys

import document

sys.path.insert(1, os.path.join(document.SOURCE, "tests", "programs"))
# pylint: disable=wrong-import-position
import harness
from comers import Comers
from harness import Echod, TestCase, patience, wait_until

SERVICE = "192.0.2.10"
ONE, TWO = "192.0.2.11", "192.0.2.12"
NEW_MOUNTS = 0x20000  # CLONE_NEWNS


def run(command):
    done = subprocess.run(command, shell=isinstance(command, str), text=True,
                          capture_output=True, timeout=patience(20))
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit status {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


class Machines(TestCase):
    """What both ways of balancing have in common."""

    deadline = 120

    def own_machine(self, *addresses):
        """Here, and for all that is started, a network and a /run."""
        self.own_network(*addresses)
        self.need(ctypes.CDLL(None).unshare(NEW_MOUNTS) == 0,
                  "no mount namespace can be made")
        run("mount --make-rprivate / && mount -t tmpfs tmpfs /run")

    def start_machine(self, address, config=None, prefix=()):
        config = config or document.block("conf machine").replace(
            ONE, address)
        folder = self.path(address)
        os.makedirs(folder, exist_ok=True)
        echod = Echod(folder, config=config, prefix=prefix)
        self.addCleanup(self.end, echod)
        return echod.wait_ready()

    @staticmethod
    def end(echod):
        """Without the delay, which another signal ends."""
        if echod.process.poll() is None:
            echod.terminate()
            if "not ready any more" in echod.log():
                echod.signal(signal.SIGTERM)
            echod.wait()
        echod.stop()

    def start_clients(self):
        clients = Comers((SERVICE, 7007), pause=0.01)
        self.addCleanup(clients.stop)
        clients.start()
        return clients

    def wait_for_echoes(self, clients, count=20):
        clients.wait_for_echoes(count)
        self.assertEqual(clients.errors, [])


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


class BehindIPVS(Machines):
    def setUp(self):
        super().setUp()
        if subprocess.run(["sh", "-c", "ipvsadm --list"],
                          capture_output=True).returncode:
            # Few kernels have it, and CI's need not.
            self.skipTest("this kernel has no ip_vs, or there is no ipvsadm")
        self.own_machine()
        run("mkdir /run/netns && ip link add bridge type bridge && "
            "ip link set bridge up && "
            "ip address add 192.0.2.1/24 dev bridge")
        for number, name in ((2, "director"), (11, "one"), (12, "two")):
            run(f"ip netns add {name} && "
                f"ip link add {name} type veth peer name eth0 netns {name} &&"
                f" ip link set {name} master bridge up && "
                f"ip -n {name} link set lo up && "
                f"ip -n {name} link set eth0 up && "
                f"ip -n {name} address add 192.0.2.{number}/24 dev eth0")

    def run_in(self, name, kind):
        return run(["ip", "netns", "exec", name, "sh", "-e", "-c",
                    document.block(kind)])

    def start_in(self, name):
        return self.start_machine(
            name, f'listener "main" {{ listen = "{SERVICE}:7007"\n'
            "access_log = yes }\n",
            ("ip", "netns", "exec", name))

    @staticmethod
    def connections(echod):
        """How many have come and gone."""
        return echod.log().count("connection closed")

    def test_one_is_drained(self):
        for name in ("one", "two"):
            self.run_in(name, "sh machine")
        echods = {name: self.start_in(name) for name in ("one", "two")}
        self.run_in("director", "sh director")
        clients = self.start_clients()
        self.wait_for_echoes(clients)
        self.assertIn("ActiveConn",
                      self.run_in("director", "sh drain by IPVS"))
        # What has begun is over within a moment.
        self.wait_for_echoes(clients)
        served = self.connections(echods["one"])
        self.assertGreater(served, 0)
        self.wait_for_echoes(clients)
        self.assertEqual(self.connections(echods["one"]), served)
        echods["one"].terminate()
        self.assertEqual(echods["one"].wait(), 0)
        self.wait_for_echoes(clients)
        echod = self.start_in("one")
        self.run_in("director", "sh back by IPVS")
        wait_until(lambda: self.connections(echod) > 0, 20,
                   "new connections")
        clients.stop()
        self.assertEqual(clients.errors, [])


if __name__ == "__main__":
    harness.main()
