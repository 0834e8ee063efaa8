#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Tests of echo-client that numbers its echoes, as ping does."""

import os
import re
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import echo_servers as servers  # noqa: E402
from client_program import (  # noqa: E402
    DEADLINE, GOOD, LIMIT, LINE, TIMEOUT, UNREACHABLE, WRONG, Case, interrupt,
    run, start)
from echo_servers import Server  # noqa: E402

RTT = re.compile(r"rtt min/avg/max/mdev = "
                 r"(\d+\.\d{3})/(\d+\.\d{3})/(\d+\.\d{3})/(\d+\.\d{3}) ms")


class Ping(Case):
    def summary(self, client, sent, received, wrong=0):
        found = re.search(r"(?m)^(\d+) sent, (\d+) received, (\d+) wrong, "
                          r"(\S+)% missing, time \d+ ms$",
                          client.out.decode())
        self.assertIsNotNone(found, client.out)
        self.assertEqual(tuple(map(int, found.group(1, 2, 3))),
                         (sent, received, wrong), client.out)
        missing = 100 * (sent - received) / sent
        self.assertAlmostEqual(float(found.group(4)), missing, delta=0.5)

    def test_it_looks_like_ping(self):
        with Server() as server:
            client = run("-c", "3", "-i", "0.01", server.address)
        self.check(client, GOOD, err="")
        lines = client.out.decode().split("\n")
        self.assertEqual(lines[0], f"ECHO {server.address} "
                         f"({server.address}): 64 bytes of data.")
        for sequence in (1, 2, 3):
            found = LINE.fullmatch(lines[sequence])
            self.assertIsNotNone(found, lines[sequence])
            self.assertEqual(found.group(1, 2, 3),
                             ("64", server.address, str(sequence)))
        self.assertEqual(lines[4:6], ["", f"--- {server.address} echo "
                                      "statistics ---"])
        self.assertRegex(lines[6], r"\A3 sent, 3 received, 0 wrong, "
                         r"0% missing, time \d+ ms\Z")
        least, mean, most, deviation = map(
            float, RTT.fullmatch(lines[7]).groups())
        self.assertTrue(0 < least <= mean <= most, lines[7])
        self.assertLessEqual(deviation, most - least + 0.001)
        self.assertEqual(lines[8:], [""])

    def test_quiet_prints_only_the_summary(self):
        with Server() as server:
            client = run("-q", "-c", "3", "-i", "0", server.address)
        self.check(client, GOOD, err="")
        self.assertNotIn(b"seq=", client.out)
        self.summary(client, 3, 3)

    def test_sizes_from_one_byte_to_16_mebibytes(self):
        for size, count in (("1", 300), ("7", 10), ("8", 10), ("65537", 10),
                            ("16M", 2)):
            with self.subTest(size=size), Server() as server:
                client = run("-q", "-c", str(count), "-i", "0", "-s", size,
                             server.address)
                self.check(client, GOOD, err="")
                self.summary(client, count, count)

    def test_a_thousand_as_fast_as_they_return(self):
        with Server() as server:
            client = run("-c", "1000", "-i", "0", server.address)
        self.check(client, GOOD, err="")
        self.assertEqual(len(LINE.findall(client.out.decode())), 1000)
        self.summary(client, 1000, 1000)

    def test_the_interval_is_kept(self):
        with Server() as server:
            before = time.monotonic()
            client = run("-c", "4", "-i", "0.1", server.address)
            passed = time.monotonic() - before
        self.check(client, GOOD, err="")
        self.assertGreaterEqual(passed, 0.3)

    def test_without_a_count_it_goes_on_until_interrupted(self):
        with Server() as server, \
                start("-i", "0", server.address) as client:
            while b"seq=50 " not in client.stdout.readline():
                pass
            client.send_signal(signal.SIGINT)
            client.out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, err), (GOOD, b""))
        self.assertRegex(client.out.decode(), r"\d+ sent, \d+ received, "
                         r"0 wrong")
        self.assertRegex(client.out.decode(), RTT)

    def test_interrupted_between_two_echoes(self):
        with Server() as server, \
                start("-i", "1h", server.address) as client:
            client.stdout.readline()
            self.assertIn(b"seq=1 ", client.stdout.readline())
            interrupt(client)
            client.out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, err), (GOOD, b""))
        self.summary(client, 1, 1)

    def test_interrupted_before_the_first_echo(self):
        pausing = servers.Pausing(1)
        with Server(pausing) as server, \
                start("-c", "5", "-t", "0", server.address) as client:
            self.assertTrue(pausing.reached.wait(DEADLINE))
            interrupt(client)
            client.out, err = client.communicate(timeout=DEADLINE)
            pausing.released.set()
        self.assertEqual((client.returncode, err), (WRONG, b""))
        self.summary(client, 1, 0)

    def test_swapped_bytes_are_reported_and_the_run_goes_on(self):
        swapping = servers.Changing(64, 20, servers.swap)
        with Server(swapping) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=3)
        lines = client.err.splitlines()
        self.assertEqual(len(lines), 3, lines)
        for number, line in enumerate(lines):
            self.assertRegex(line, f"echo-client: {server.address}: seq="
                             f"{number + 1}: wrong echo at offset "
                             f"{swapping.places[number]}: sent 0x.* "
                             "received 0x.*")
        self.assertNotIn(b"rtt", client.out)

    def test_one_flipped_byte(self):
        with Server(servers.flipping(64 + 5)) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=1)
        self.assertIn("seq=2: wrong echo at offset 5: ", client.err)

    def test_a_dropped_byte(self):
        dropping = servers.Changing(64, 10, servers.drop)
        with Server(dropping) as server:
            client = run("-c", "3", "-i", "0", "-t", TIMEOUT, server.address)
        self.check(client, WRONG)
        self.summary(client, 1, 0)
        self.assertIn("seq=1: wrong echo at offset "
                      f"{dropping.places[0]}: ", client.err)
        self.assertIn(f"seq=1: no echo within {LIMIT}: 63 of 64 bytes came "
                      "back", client.err)

    def test_a_doubled_byte(self):
        doubling = servers.Changing(64, 10, servers.double)
        with Server(doubling) as server:
            client = run("-c", "1", server.address)
        self.check(client, WRONG)
        self.summary(client, 1, 1, wrong=1)
        self.assertIn("seq=1: wrong echo at offset "
                      f"{doubling.places[0] + 1}: ", client.err)

    def test_surplus_after_the_last_echo(self):
        with Server(servers.adding_after(64, b"!")) as server:
            client = run("-c", "1", server.address)
        self.check(client, WRONG)
        self.assertEqual(client.err, f"echo-client: {server.address}: seq=1: "
                         "wrong echo at offset 64: sent nothing, "
                         "received 0x21 '!'\n")

    def test_surplus_between_two_echoes(self):
        with Server(servers.adding_after(64, b"!")) as server:
            client = run("-c", "2", "-i", "0.3", server.address)
        self.check(client, WRONG)
        self.assertIn("seq=1: wrong echo at offset 64: sent nothing",
                      client.err)
        self.summary(client, 2, 2)

    def test_a_stale_echo_is_recognised(self):
        with Server(servers.repeating(64)) as server:
            client = run("-c", "3", "-i", "0", server.address)
        self.check(client, WRONG)
        self.summary(client, 3, 3, wrong=2)
        self.assertIn("seq=2: wrong echo at offset 0: ", client.err)
        self.assertIn("; this is the echo of seq=1\n", client.err)
        self.assertIn("; this is the echo of seq=2\n", client.err)

    def test_a_server_that_speaks_tls(self):
        with Server(servers.refusing) as server:
            client = run("-c", "3", server.address)
        self.check(client, WRONG)
        self.summary(client, 1, 0)
        self.assertIn("seq=1: wrong echo at offset 0: ", client.err)
        self.assertIn("; the server speaks TLS: use --tls\n", client.err)

    def test_no_echo_within_the_timeout(self):
        with Server(servers.silent) as server:
            client = run("-c", "3", "-t", TIMEOUT, server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=1: "
                   f"no echo within {LIMIT}: 0 of 64 bytes came back\n")
        self.summary(client, 1, 0)

    def test_a_connection_lost_in_mid_run(self):
        with Server(servers.closing_after(2 * 64 + 10)) as server:
            client = run("-c", "5", "-i", "0", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=3: "
                   "the server closed the connection: 10 of 64 bytes came "
                   "back\n")
        self.summary(client, 3, 2)

    def test_a_connection_reset_in_mid_run(self):
        with Server(servers.resetting_after(64)) as server:
            client = run("-c", "5", "-i", "0", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: seq=1: "
                   "connection lost (Connection reset by peer): 0 of 64 bytes "
                   "came back\n")
        self.summary(client, 1, 0)

    def test_a_connection_closed_between_two_echoes(self):
        with Server(servers.closing_after(64)) as server:
            client = run("-c", "5", "-i", "1h", server.address)
        self.check(client, WRONG, err=f"echo-client: {server.address}: the "
                   "server closed the connection between two echoes\n")
        self.summary(client, 1, 1)

    def test_not_connected_there_is_no_summary(self):
        with servers.Refusing() as server:
            client = run("-c", "3", server.address)
        self.check(client, UNREACHABLE, b"")

    def test_a_server_that_does_not_close_is_no_failure(self):
        holding = servers.Holding()
        with Server(holding) as server:
            client = run("-c", "2", "-i", "0", server.address)
            holding.released.set()
        self.check(client, GOOD, err="")
        self.summary(client, 2, 2)

    def test_output_that_nobody_reads_ends_it_quietly(self):
        with Server() as server, start("-i", "0", server.address) as client:
            client.stdout.readline()
            client.stdout.close()
            err = client.stderr.read()
            status = client.wait(DEADLINE)
        self.assertEqual((status, err), (-signal.SIGPIPE, b""))


    def test_a_full_disk_is_said_once(self):
        with Server() as server, open("/dev/full", "wb") as full:
            client = run("-c", "3", "-i", "0", server.address, stdout=full)
        self.check(client, WRONG, err="echo-client: standard output: "
                   "No space left on device\n")


if __name__ == "__main__":
    unittest.main()
