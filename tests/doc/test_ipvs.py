#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Two echods behind IPVS: under this kernel or, if it has no ip_vs, under
another in a virtual machine."""
import os
import platform
import re
import subprocess
import sys

import document
from machines import ONE, SERVICE, Machines, run

# The folder of these is known by now.
import harness
from harness import wait_until

SCRIPT = os.path.join(document.SOURCE, "tests", "in-virtual-machine.sh")
KERNEL = os.path.join(os.environ.get("top_builddir", "."), "tests", "kernel")


class BehindIPVS(Machines):
    deadline = 400

    def test_one_is_drained(self):
        self.need_tool("ipvsadm")
        if subprocess.run(["ipvsadm", "--list"],
                          capture_output=True).returncode == 0:
            self.drain_one()
        elif platform.machine() == "x86_64":
            self.run_in_virtual_machine("BehindIPVS.drain_one")
        else:
            self.skipTest("this kernel has no ip_vs, and the one for a "
                          "virtual machine needs an x86-64")

    def run_in_virtual_machine(self, test):
        process = subprocess.Popen(
            ["bash", SCRIPT, "-t", "300", "-k", KERNEL,
             sys.executable, "-B", os.path.abspath(__file__), test],
            env={**os.environ, "TEST_SCALE": "4"}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        output = process.communicate()[0]
        if process.returncode == 77:
            self.skipTest("this kernel has no ip_vs, and: " + output.strip())
        # Indented, or it is counted as a test by itself.
        self.assertEqual(process.returncode, 0,
                         re.sub("^", "  ", "\n" + output, flags=re.M))

    @staticmethod
    def connect_machines(**numbers):
        """Network namespaces on one bridge, in few runs of ip, each of which
        takes long in a virtual machine."""
        os.mkdir("/run/netns")
        run(["ip", "-batch", "-"], input="\n".join([
            "link add bridge type bridge", "link set bridge up",
            "address add 192.0.2.1/24 dev bridge", *(
                f"netns add {name}\n"
                f"link add {name} type veth peer name eth0 netns {name}\n"
                f"link set {name} master bridge up" for name in numbers)]))
        for name, number in numbers.items():
            run(["ip", "-n", name, "-batch", "-"], input=(
                "link set lo up\nlink set eth0 up\n"
                f"address add 192.0.2.{number}/24 dev eth0"))

    def run_in(self, name, kind):
        return run(["ip", "netns", "exec", name, "sh", "-e", "-c",
                    document.block(kind)])

    def start_in(self, name):
        return self.start_machine(
            name, f'listener "main" {{ listen = "{SERVICE}:7007"\n'
            "access_log = yes }\n",
            ("ip", "netns", "exec", name))

    def drain(self):
        """Drains one, and whether nothing of it is left to drain: the weight
        and then ActiveConn are 0."""
        return re.search(rf"-> {ONE}:7007 +Route +0 +0 ",
                         self.run_in("director", "sh drain by IPVS"))

    @staticmethod
    def connections(echod):
        """How many have come and gone."""
        return echod.log().count("connection closed")

    def drain_one(self):
        self.own_machine()
        self.connect_machines(director=2, one=11, two=12)
        for name in ("one", "two"):
            self.run_in(name, "sh machine")
        echods = {name: self.start_in(name) for name in ("one", "two")}
        self.run_in("director", "sh director")
        clients = self.start_clients()
        self.wait_for_echoes(clients)
        wait_until(self.drain, 20, "no connection is left")
        # What came in between is over within a moment.
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
