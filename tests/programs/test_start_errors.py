#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What keeps echod from starting: one clear line and exit status 1."""
import os
import pathlib
import socket
import subprocess

import harness


class StartErrors(harness.TestCase):
    def assert_refuses(self, *named, listen=(), **options):
        """It ends with 1 and one line, which names what it is about."""
        echod = harness.Echod(self.folder, listen=listen, **options)
        try:
            status = echod.wait()
        except subprocess.TimeoutExpired:
            self.fail(f"echod did not end; the log:\n{echod.log()}")
        finally:
            echod.kill()
        log = echod.log()
        self.assertEqual(status, 1, f"exit status; the log:\n{log}")
        lines = [line for line in log.splitlines()
                 if "listening on" not in line]
        self.assertEqual(len(lines), 1, f"expected one line, got\n{log}")
        for text in named:
            self.assertIn(text, log)
        return log

    def test_bad_addresses(self):
        for address in ("127.0.0.1", "127.0.0.1:", "127.0.0.1:99999",
                        "127.0.0.1:-1", "127.0.0.1:7x", "[::1:7", "[::1]7",
                        "unix:", "unix:" + "/long" * 25, ""):
            with self.subTest(address=address):
                self.assert_refuses(address[:40], listen=[address])

    def test_address_of_another_machine(self):
        self.assert_refuses("203.0.113.7:7007", listen=["203.0.113.7:7007"])

    def test_address_in_use(self):
        for workers in (1, 2):
            for address in self.everywhere():
                with self.subTest(workers=workers, address=address):
                    echod = self.start_echod(
                        listen=[address], workers=workers)
                    self.assert_refuses(
                        echod.address.text, "in use",
                        listen=[echod.address.text], workers=workers)
                    self.assert_serves(echod.address)
                    echod.stop()

    def test_one_of_two_addresses_in_use(self):
        """All or nothing: the address that is free is let go again."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            path = self.path("s")
            self.assert_refuses(f"127.0.0.1:{port}", listen=[
                "unix:" + path, f"127.0.0.1:{port}"])
            self.assertFalse(os.path.exists(path), f"{path} was left behind")

    def test_missing_configuration_file(self):
        path = self.path("missing.conf")
        self.assert_refuses(path, options=["--config", path])

    def test_missing_folder_of_a_unix_socket(self):
        path = self.path("missing/s")
        self.assert_refuses(path, listen=["unix:" + path])

    def test_low_port_without_permission(self):
        first = int(pathlib.Path(
            "/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
        if first <= 7:
            self.skipTest("here anyone may listen on port 7")
        prefix = ()
        if os.geteuid() == 0:
            self.need_tool("setpriv")
            prefix = ("setpriv", "--bounding-set=-net_bind_service",
                      "--inh-caps=-net_bind_service")
        log = self.assert_refuses(
            "127.0.0.1:7", listen=["127.0.0.1:7"], prefix=prefix)
        self.assertRegex(log, "(?i)permission|privilege")


class UnixSockets(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.socket_path = self.path("s")
        self.listen = ["unix:" + self.socket_path]

    def test_is_removed_at_the_end(self):
        self.start_echod(listen=self.listen).stop()
        self.assertFalse(os.path.lexists(self.socket_path))

    def test_stale_one_is_replaced(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.socket_path)
            stale.listen()
        self.assert_serves(self.start_echod(listen=self.listen).address)

    def test_one_of_a_killed_echod_is_replaced(self):
        echod = self.start_echod(listen=self.listen)
        echod.kill()
        self.assertTrue(os.path.lexists(self.socket_path))
        self.assert_serves(self.start_echod(listen=self.listen).address)

    def test_other_file_is_left_alone(self):
        file = pathlib.Path(self.socket_path)
        file.write_text("precious\n")
        StartErrors.assert_refuses(self, self.socket_path, listen=self.listen)
        self.assertEqual(file.read_text(), "precious\n")


if __name__ == "__main__":
    harness.main()
