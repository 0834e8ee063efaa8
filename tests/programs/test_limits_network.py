#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Limits, in a network of the test's own: of peers that have many addresses,
and on sockets that come from systemd."""
import os
import select
import signal
import socket
import subprocess

import harness
import test_limits
from harness import Address, Echod, patience, wait_until

# Two networks of 64 bits, two addresses that stand for IPv4, and that.
HERE = ("2001:db8:1::1", "2001:db8:1:0:ffff:ffff:ffff:2", "2001:db8:1::3")
THERE = "2001:db8:1:1::1"
TRANSLATED = ("64:ff9b::c000:201", "64:ff9b::c000:202")
IPV4 = ("192.0.2.1", "192.0.2.2")


class Case(test_limits.Case):
    """A network with those addresses."""

    def setUp(self):
        super().setUp()
        self.need(os.path.exists("/proc/net/if_inet6"),
                  "this kernel has no IPv6")
        self.own_network(
            *(f"{address}/128" for address in (*HERE, THERE, *TRANSLATED)),
            *(f"{address}/32" for address in IPV4))

    def come_from(self, host, port):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family)
        self.addCleanup(sock.close)
        sock.settimeout(patience(10))
        sock.bind((host, 0))
        sock.connect(("::1" if ":" in host else "127.0.0.1", port))
        return sock

    def served_from(self, host, port):
        sock = self.come_from(host, port)
        self.assert_echoes(sock)
        return sock

    def assert_refused(self, echod, host, port, text=None):
        """By the limit of its address, and said so."""
        sock = self.come_from(host, port)
        self.assert_closed(sock)
        peer = f"{text or f'[{host}]'}:{sock.getsockname()[1]}"
        self.wait_for_line(echod, f"peer={peer} reason=address")

    def served_at_last(self, host, port):
        """Once echod has seen that others have gone."""
        def try_it():
            sock = self.come_from(host, port)
            sock.sendall(b"x")
            try:
                return sock if sock.recv(1) == b"x" else None
            except ConnectionResetError:
                return None

        return wait_until(try_it, 10, f"a place for {host}")


class Networks(Case):
    """What has one place of max_per_address."""

    def test_a_network_of_64_bits(self):
        echod = self.start_echod(config="""
workers = 2
listener "main" { listen = "[::]:7007" max_per_address = 2 }
""")
        port = echod.address.port
        ours = [self.served_from(host, port) for host in HERE[:2]]
        self.assert_refused(echod, HERE[2], port)
        self.assert_refused(echod, HERE[0], port)
        others = [self.served_from(THERE, port) for _ in range(2)]
        self.assert_refused(echod, THERE, port)
        ours[0].close()
        self.served_at_last(HERE[2], port)
        for sock in ours[1:] + others:
            self.assert_echoes(sock)

    def test_translated_ipv4(self):
        echod = self.start_echod(config="""
workers = 2
listener "main" { listen = ":7007" max_per_address = 1 }
""")
        first = self.served_from(TRANSLATED[0], 7007)
        self.served_from(TRANSLATED[1], 7007)
        # The same one, on another of the listener's sockets.
        self.assert_refused(echod, IPV4[0], 7007, IPV4[0])
        first.close()
        self.served_at_last(IPV4[0], 7007)


class Activated(Case):
    """Sockets that come from systemd, which all workers share."""

    def setUp(self):
        super().setUp()
        self.need_tool("systemd-socket-activate")
        version = subprocess.run([harness.ECHOD, "-V"], capture_output=True,
                                 text=True, check=True).stdout
        if "systemd support: yes" not in version:
            self.skipTest("built without systemd")

    def activate(self, config, *sockets, prefix=()):
        """An echod with sockets (name, address), and the client of the first
        one that has started it."""
        names, addresses = zip(*sockets)
        prefix = [*prefix, "systemd-socket-activate",
                  "--fdname=" + ":".join(names)]
        for address in addresses:
            if isinstance(address, int):
                address = f"[::]:{address}"
            prefix += ["-l", address]
        for name in os.environ:
            prefix += ["-E", name]
        echod = Echod(self.folder, config=config, prefix=prefix)
        self.addCleanup(echod.stop)
        wait_until(lambda: echod.log().count("Listening on") == len(sockets),
                   10, "the sockets of systemd-socket-activate")
        self.assertNotIn("ready", echod.log())
        first = self.served_from(IPV4[0], addresses[0])
        return echod.wait_ready(), first

    def write_config(self, config):
        with open(self.path("echod.conf"), "w") as file:
            file.write(config)

    def reload(self, echod, config):
        done = echod.log().count("reloaded: ")
        self.write_config(config)
        echod.signal_until(
            signal.SIGHUP, lambda: echod.log().count("reloaded: ") > done,
            "echod's line 'reloaded'")

    def test_addresses_on_a_socket_for_both_kinds(self):
        """An IPv4 address is one, even if it looks like IPv6."""
        echod, first = self.activate("""
workers = 3
listener "main" { max_per_address = 1 }
""", ("any", 7007))
        second = self.served_from(IPV4[1], 7007)
        self.served_from(HERE[0], 7007)
        self.assert_refused(echod, IPV4[0], 7007, f"[::ffff:{IPV4[0]}]")
        self.assert_refused(echod, TRANSLATED[1], 7007)
        self.assert_refused(echod, HERE[1], 7007)
        self.served_from(THERE, 7007)
        second.close()
        self.served_at_last(IPV4[1], 7007)
        first.close()
        self.served_at_last(TRANSLATED[0], 7007)

    def test_limits_of_named_sockets(self):
        path = self.path("s")
        config = """
workers = 3
max_connections = 6
when_full = {}
listener "two" {{ listen = "127.0.0.1:1" max_per_address = 2 }}
listener "one" {{ listen = "127.0.0.1:2" max_per_address = {} }}
"""
        echod, first = self.activate(
            config.format("wait", 1), ("one", 7101), ("two", 7102),
            ("one", path))
        socks = [first] + [self.served_from(IPV4[0], 7102) for _ in range(2)]
        for port in (7101, 7102):
            self.assert_refused(echod, IPV4[0], port, f"[::ffff:{IPV4[0]}]")
        # These have no address.
        for _ in range(3):
            self.assertNotIn("max_connections is reached", echod.log())
            socks.append(self.connect(Address("unix:" + path)))
            self.assert_echoes(socks[-1])
        late = [self.come_from(IPV4[1], port) for port in (7101, 7102, 7102)]
        late += [self.connect(Address("unix:" + path)) for _ in range(3)]
        for sock in late:
            sock.sendall(b"x")
        self.wait_for_line(echod, "max_connections is reached, 6: new "
                           "connections wait")
        self.replace(socks, late)

        self.reload(echod, config.format("close", 2))
        for port in (7101, 7102):
            self.assert_closed(self.come_from(IPV4[0], port))
        self.wait_for_line(echod, "reason=full", 2)
        for sock in socks:
            self.assert_echoes(sock)
            sock.close()
        for port in (7101, 7102):
            for _ in range(2):
                self.served_at_last(IPV4[0], port)
            self.assert_refused(echod, IPV4[0], port, f"[::ffff:{IPV4[0]}]")

    def test_a_reload_loses_no_socket(self):
        """systemd listens on, so nobody would serve who connects."""
        echod, first = self.activate(
            'workers = 2\nlistener "a" { }\n', ("main", 7007))
        self.write_config('workers = 2\nlistener "a" { }\n'
                          'listener "b" { listen = "127.0.0.1:7008" }\n')
        echod.signal_until(signal.SIGHUP, lambda: "not reloaded" in
                           echod.log(), "echod's line 'not reloaded'")
        self.assertIn("the socket 'main' from systemd belongs to no listener",
                      echod.log())
        self.served_from(IPV4[0], 7007)
        self.assert_echoes(first)

    def test_the_end_of_a_shortage_is_seen_by_all_workers(self):
        """Though one of them accepts who waits, and nobody else comes."""
        self.need_tool("prlimit")
        echod, first = self.activate("""
workers = 3
max_connections = 1000
listener "main" { }
""", ("main", 7007), prefix=("prlimit", "--nofile=64:64"))
        socks = [first]
        while "out of file descriptors" not in echod.log():
            self.assertLess(len(socks), 64)
            socks.append(self.come_from(IPV4[0], 7007))
            socks[-1].sendall(b"x")
            select.select(socks[-1:], [], [], 0.2)
        for sock in socks:
            sock.close()
        self.wait_for_line(echod, "connections are accepted again")

    def test_nobody_is_closed_below_the_limit(self):
        """All workers are told of each who comes, and look."""
        echod, _ = self.activate("""
workers = 8
max_connections = 20
when_full = close
listener "main" { }
""", ("main", 7007))
        for _ in range(19):
            self.served_from(IPV4[0], 7007)
        self.assertNotIn("max_connections", echod.log())
        self.assert_closed(self.come_from(IPV4[0], 7007))
        self.wait_for_line(echod, "reason=full")


if __name__ == "__main__":
    harness.main()
