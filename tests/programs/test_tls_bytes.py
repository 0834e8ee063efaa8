#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Many bytes over TLS, in both versions: all come back, whole and in order."""
import hashlib
import subprocess

import harness
import tls
from harness import KIB, MIB, patience, payload, scaled, wait_until
from tls import VERSIONS

ECHO_CLIENT = harness.find_program(
    "echo-client", "src/client", "ECHO_CLIENT")
RECORD = 16 * KIB


class Bytes(tls.TestCase):
    deadline = 120

    def client(self, echod, version, **options):
        return tls.Client(self.connect(echod.address, **options),
                          self.context(version))

    def test_100_mib(self):
        """And then the end, each way, by checksum."""
        echod = self.start_tls()
        data = payload(scaled(100 * MIB))
        checksum = hashlib.sha256(data).hexdigest()
        for version in VERSIONS:
            with self.subTest(version=version.name):
                echo = self.client(echod, version).exchange(data, end=True)
                self.assertEqual(len(echo), len(data))
                self.assertEqual(hashlib.sha256(echo).hexdigest(), checksum)
        echod.stop()
        self.assertNotIn("ended badly", echod.log())

    def test_100_mib_by_echo_client(self):
        self.need(ECHO_CLIENT, "echo-client was not built")
        echod = self.start_tls()
        data = payload(scaled(100 * MIB))
        for version in ("1.2", "1.3"):
            with self.subTest(version=version):
                done = subprocess.run(
                    [ECHO_CLIENT, "--tls", "--ca", self.file("ca.pem"),
                     "--tls-min", version, "--tls-max", version,
                     echod.address.text], input=data, capture_output=True,
                    check=False, timeout=patience(60))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(len(done.stdout), len(data))
                self.assertEqual(hashlib.sha256(done.stdout).hexdigest(),
                                 hashlib.sha256(data).hexdigest())

    def test_half_close_with_32_mib_to_send(self):
        """The end has come, and 32 MiB still wait for who sent it."""
        size = scaled(32 * MIB)
        echod = self.start_tls(high_water="64M", send_buffer="16k")
        data = payload(size)
        for version in VERSIONS:
            with self.subTest(version=version.name):
                client = self.client(echod, version, receive_buffer=4 * KIB)
                sent = 0
                while sent < size:
                    sent += client.tls.write(data[sent:sent + RECORD])
                    while client.outgoing.pending or client.unsent:
                        client.flush()
                client.end()
                while client.outgoing.pending or client.unsent:
                    client.flush()
                wait_until(lambda c=client: harness.taken(c.sock), 20,
                           "echod takes everything")
                echo = bytearray()
                while (part := client.read_all()) != b"":
                    if part is None:
                        client.wait()
                    else:
                        echo += part
                self.assert_same(bytes(echo), data)
        echod.stop()
        self.assertNotIn("ended badly", echod.log())

    def test_sizes_of_records(self):
        """What the client writes at a time is a record, up to 16 KiB."""
        echod = self.start_tls()
        sizes = [*range(1, 70), *range(500, RECORD, 997), 4095, 4096, 4097,
                 RECORD - 1, RECORD, RECORD + 1, 2 * RECORD, 65535, 65536,
                 MIB, 1, 3 * MIB + 1, 1]
        for version in VERSIONS:
            client = self.client(echod, version)
            for size in sizes:
                data = payload(size, seed=size)
                written = 0
                echo = bytearray()
                while len(echo) < size:
                    if written < size:
                        written += client.tls.write(data[written:])
                    client.flush()
                    part = client.read_all()
                    echo += part or b""
                    if part is None and (written == size or client.unsent):
                        client.wait()
                self.assert_same(bytes(echo), data, f"{version.name} {size}")

    def test_records_of_one_byte(self):
        """Thousands, sent at once, so that they are received together."""
        echod = self.start_tls()
        data = payload(scaled(10000))
        for version in VERSIONS:
            client = self.client(echod, version)
            for i in range(len(data)):
                client.tls.write(data[i:i + 1])
            client.flush()
            echo = client.exchange(b"", end=False)
            while len(echo) < len(data):
                echo += client.run(client.tls.read, 64 * KIB)
            self.assert_same(echo, data, version.name)


if __name__ == "__main__":
    harness.main()
