#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""echo-load against servers that are wrong in one way each: whatever they do,
the exit status tells, and the first difference is named.

The variables are those of load_program.py.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load_servers as servers  # noqa: E402
from load_program import (  # noqa: E402
    FAILED, GOOD, WRONG, Case, Report, harness, run)
from load_servers import Server  # noqa: E402

SIZE = 64
# So that the last byte of a message is none that a server guesses.
SEED = ("--seed", "1")


class Wrong(Case):
    """Each kind of wrong echo."""

    def load(self, server, count, *options, connections=1):
        """So many messages, the last of which is answered wrongly."""
        load = run("--json", "--connections", connections, "--size", SIZE,
                   "--count", count, *SEED, *options, server.address)
        self.check(load, WRONG)
        return load

    def check_difference(self, load, offset, expected, received,
                         connection=0):
        """The report and the message on standard error name it."""
        report = Report(load)
        told = report.run["difference"]
        self.assertEqual(
            (told["connection"], told["offset"], told["expected"],
             told["received"]), (connection, offset, expected, received))
        message, within = divmod(offset, SIZE)
        self.assertEqual((told["message"], told["within"]),
                         (message, within))
        for part in (f"connection {connection}", f"message {message}",
                     f"byte {within}", f"0x{expected:02x}",
                     f"0x{received:02x}"):
            self.assertIn(part, told["text"])
        self.assertIn(told["text"], load.err)
        self.assertGreater(report.counters["messages_wrong"], 0)
        return report

    def check_wrong(self, wrong, count, *options):
        """A server that keeps its first wrong byte."""
        with Server(wrong) as server:
            load = self.load(server, count, *options)
        return self.check_difference(load, *wrong.first)

    def check_changed(self, change, offset=40, number=5):
        """One message of many is changed, at a place after its header."""
        places = []

        def answer(at, data):
            place = offset
            while data[place] == data[place + 1]:
                place += 1
            places.append(place)
            return change(data, place) if at == number else data

        wrong = servers.Wrong(SIZE, answer)
        report = self.check_wrong(wrong, number + 1)
        self.assertEqual(report.counters["messages_received"], number)
        return wrong.first[0] - number * SIZE - places[number]

    def test_two_swapped_bytes(self):
        self.assertEqual(self.check_changed(servers.swap), 0)

    def test_a_dropped_byte(self):
        self.assertEqual(self.check_changed(servers.drop), 0)

    def test_a_doubled_byte(self):
        self.assertEqual(self.check_changed(servers.double), 1)

    def test_the_first_bit_of_all(self):
        self.check_wrong(servers.Wrong(
            SIZE, lambda at, data: bytes([data[0] ^ 1]) + data[1:]), 1)

    def test_a_swapped_header(self):
        """When the message was due is compared as all else is."""
        self.check_wrong(servers.Wrong(
            SIZE, lambda at, data: data[:24] + bytes(8) + data[32:] if at
            else data), 2)

    def test_an_old_message_again(self):
        self.check_wrong(servers.repeating(SIZE, 3), 4)

    def test_messages_without_a_header(self):
        """The bytes alone tell an old message from a new one."""
        wrong = servers.repeating(9, 3)
        with Server(wrong) as server:
            load = self.load(server, 4, "--size", 9)
        self.assertEqual(Report(load).run["difference"]["offset"],
                         wrong.first[0])

    def test_another_connections_message(self):
        with Server(servers.Crossing(SIZE)) as server:
            load = self.load(server, 2, connections=2)
        told = Report(load).run["difference"]
        self.assertIn(told["connection"], (0, 1))
        # The header has the connection's number in its ninth byte.
        self.assertEqual((told["message"], told["offset"]), (0, 8))
        self.assertEqual((told["expected"], told["received"]),
                         (told["connection"], 1 - told["connection"]))

    def test_the_connection_is_named(self):
        def behave(sock):
            for data in servers.messages(sock, SIZE):
                number = servers.HEADER.unpack_from(data)[2]
                if number == 2:
                    data = data[:-1] + bytes([data[-1] ^ 0x80])
                sock.sendall(data)

        with Server(behave) as server:
            load = self.load(server, 100, connections=4)
        told = Report(load).run["difference"]
        self.assertEqual((told["connection"], told["offset"]), (2, SIZE - 1))
        self.assertEqual(told["expected"] ^ told["received"], 0x80)

    def test_a_server_that_speaks_first(self):
        with Server(servers.greeting(b"220 ready\r\n")) as server:
            load = self.load(server, 1)
        report = Report(load)
        told = report.run["difference"]
        self.assertEqual((told["connection"], told["offset"],
                          told["received"]), (0, 0, ord("2")))

    def test_a_server_that_speaks_tls(self):
        with Server(servers.refusing) as server:
            load = self.load(server, 1)
        self.assertRegex(Report(load).run["difference"]["text"],
                         "byte 0: .* 0x15; the server speaks TLS: use --tls$")

    def test_a_server_that_guesses_the_last_byte(self):
        self.check_wrong(servers.Guessing(SIZE), 1)

    def test_an_answer_before_the_question(self):
        """It is right, but came before it was sent."""
        recording = servers.Recording()
        options = ("--seed", 7, "--size", 16)
        with Server(recording) as server:
            self.measure("--connections", 1, "--count", 2, *options,
                         server.address)
        stream = bytes(recording.streams[0])
        self.assertEqual(len(stream), 32)
        with Server(servers.foreseeing(stream, 16)) as server:
            load = self.load(server, 2, *options)
        told = Report(load).run["difference"]
        self.assertEqual((told["offset"], told["received"]),
                         (16, stream[16]))
        self.assertIsNone(told["expected"])

    def test_more_at_the_end(self):
        """Surplus is found though nothing more is waited for."""
        with Server(servers.Wrong(SIZE, lambda at, data: data + b"!")) \
                as server:
            load = self.load(server, 1)
        told = Report(load).run["difference"]
        self.assertEqual((told["offset"], told["received"]),
                         (SIZE, ord("!")))
        self.assertIsNone(told["expected"])

    def test_pipelined_messages(self):
        self.check_wrong(servers.repeating(SIZE, 7), 8, "--depth", 8)

    def test_an_open_loop(self):
        self.check_wrong(servers.repeating(SIZE, 7), 8, "--rate", "2k")

    def test_a_connection_a_message(self):
        def flipped(at, data):
            return data[:50] + bytes([data[50] ^ 2]) + data[51:]

        self.check_wrong(servers.Wrong(SIZE, flipped), 1, "--mode", "churn")

    def test_idle_connections(self):
        """They are tried at the end."""
        wrong = servers.Wrong(SIZE, lambda at, data: data[:-1] +
                              bytes([data[-1] ^ 1]))
        with Server(wrong) as server:
            load = run("--json", "--mode", "idle", "--connections", 1,
                       "--size", SIZE, "--duration", 0.2, server.address)
        self.check(load, WRONG)
        self.check_difference(load, *wrong.first)

    def test_a_long_stream(self):
        def flip(at, data):
            return data[:-1] + bytes([data[-1] ^ 1]) if at == 9 else data

        wrong = servers.Wrong(10000, flip)
        with Server(wrong) as server:
            load = run("--json", "--connections", 1, "--mode", "bulk",
                       "--bytes", "256k", server.address)
        self.check(load, WRONG)
        told = Report(load).run["difference"]
        self.assertEqual((told["offset"], told["expected"],
                          told["received"]), wrong.first)

    def test_verification_can_be_switched_off(self):
        def flipped(at, data):
            return bytes(len(data))

        with Server(servers.Wrong(SIZE, flipped)) as server:
            report = self.measure("--no-verify", "--connections", 1,
                                  "--count", 10, server.address)
        self.echoes(report, 10)


class Lost(Case):
    """Servers whose echo does not come back whole."""

    def load(self, behaviour, count, *options, status=GOOD, connections=1):
        with Server(behaviour) as server:
            return self.measure(
                "--connections", connections, "--size", SIZE, "--count",
                count, *options, server.address, status=status)

    def lost(self, report, counter, text, received, unanswered=1):
        self.assertEqual(report.errors(), {
            counter: 1, "messages_unanswered": unanswered})
        self.assertEqual(report.counters["messages_received"], received)
        self.assertIsNone(report.run["difference"])
        self.assertFalse(report.run["verdict"]["valid"])
        error, = report.run["errors"]
        self.assertEqual((error["kind"], error["count"]), (counter, 1))
        self.assertIn(text, error["text"])

    def test_a_truncated_message(self):
        """What is missing at the end of a stream is a wrong echo, too."""
        self.lost(self.load(servers.truncating(SIZE, 3), 4, status=WRONG),
                  "end_errors", "ended", 3)

    def test_a_server_that_closes(self):
        self.lost(self.load(servers.ending_after(SIZE, 3), 4, status=WRONG),
                  "end_errors", "ended", 3)

    def test_a_server_that_closes_among_messages(self):
        """All that are under way are unanswered."""
        self.lost(self.load(servers.closing_after(3 * SIZE), 8, "--depth", 8,
                            status=WRONG), "end_errors", "ended", 3, 5)

    def test_a_server_that_resets(self):
        self.lost(self.load(servers.ending_after(SIZE, 3, servers.reset), 4),
                  "reset_errors", "reset", 3)

    def test_a_server_that_never_answers(self):
        self.lost(self.load(servers.silent, 1, "--timeout", 0.3,
                            status=FAILED), "timeout_errors", "300", 0)

    def test_a_server_that_never_accepts(self):
        """The kernel has connected; that is no echo."""
        with servers.Unaccepting() as server:
            report = self.measure("--connections", 1, "--timeout", 0.3,
                                  "--count", 1, server.address, status=FAILED)
        self.lost(report, "timeout_errors", "300", 0)

    def test_connections_that_do_not_come(self):
        with servers.Unanswering() as server:
            load = run("--connections", 1, "--timeout", 0.3, "--count", 1,
                       server.address)
        self.check(load, FAILED)
        self.assertIn("300", load.err)

    def test_nobody_listens(self):
        """No run begins then, in no mode."""
        for mode in (["closed"], ["open", "--rate", 1000], ["churn"],
                     ["churn", "--rate", 1000],
                     ["handshakes", "--tls", "--insecure"], ["bulk"],
                     ["idle"]):
            with self.subTest(mode), servers.Refusing() as server:
                load = run("--connections", 3, "--threads", 2, "--mode",
                           *mode, server.address)
                self.check(load, FAILED)
                self.assertEqual(load.out, "")
                self.assertRegex(load.err, "^echo-load: cannot connect to "
                                 ".*: Connection refused.*\n$")

    def test_looking_for_the_server_counts_nowhere(self):
        """With churn it takes a connection of its own."""
        seen = []

        def behave(sock):
            seen.append(sock)
            servers.echo(sock)

        with Server(behave) as server:
            report = self.measure("--mode", "churn", "--connections", 2,
                                  "--count", 6, server.address)
        self.echoes(report, 6)
        self.assertEqual(len(seen), 7)
        for name in ("opened", "closed"):
            self.assertEqual(report.counters["connections_" + name], 6)
        self.assertEqual(report.times["connect"]["count"], 6)

    def test_the_others_go_on(self):
        """One connection of four is lost, and made again."""
        lost = []

        def behave(sock):
            for number, data in enumerate(servers.messages(sock, SIZE)):
                if servers.HEADER.unpack_from(data)[2] == 1 and \
                        number == 2 and not lost:
                    lost.append(number)
                    servers.reset(sock)
                    return
                sock.sendall(data)

        report = self.load(behave, 400, connections=4)
        self.lost(report, "reset_errors", "reset", 399)
        self.assertEqual(report.errors()["messages_unanswered"], 1)

    def test_a_slow_server_is_right(self):
        with Server(servers.slow(0.02)) as server:
            report = self.measure("--connections", 2, "--count", 10,
                                  server.address)
        self.echoes(report, 10)
        self.assertGreaterEqual(report.times["service"]["min"], 0.02e9)


if __name__ == "__main__":
    harness.main()
