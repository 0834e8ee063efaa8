# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Echods behind a load balancer, as doc/operations.md has it, for the tests of
each balancer: one after the other stops and starts again, and no client is
refused or cut off."""
import ctypes
import os
import signal
import subprocess
import sys

import document

sys.path.insert(1, os.path.join(document.SOURCE, "tests", "programs"))
# pylint: disable=wrong-import-position
from comers import Comers
from harness import Echod, TestCase, patience

SERVICE = "192.0.2.10"
ONE, TWO = "192.0.2.11", "192.0.2.12"
NEW_MOUNTS = 0x20000  # CLONE_NEWNS


def run(command, **options):
    done = subprocess.run(command, shell=isinstance(command, str), text=True,
                          capture_output=True, timeout=patience(20), **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit status {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


class Machines(TestCase):
    """A network of machines that serve one address."""

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
