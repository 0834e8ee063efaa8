#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Peers that have shaken hands, and then break the rules of TLS, record by
record: echod ends each, counts it, and serves the others."""
import re
import socket
import threading

import harness
import tls
import tls_records as records
from harness import KIB, MIB, patience, payload, scaled, wait_until
from tls import VERSIONS
from tls_records import ALERT, DATA, HANDSHAKE, WARNING, message, plain

OLD, NEW = VERSIONS

# What a client sends, and which error echod finds: for each version, or where
# they differ.
BAD = {
    "a record that is none": ("wrong version number", lambda f: [
        b"GET / HTTP/1.1\r\n\r\n"]),
    "one of a kind that there is not": ("unexpected record|bad record type",
                                        lambda f: [f.record(99, b"x")]),
    "one with a byte changed": ("bad record mac", lambda f: [
        bytes([*(record := f.record(DATA, b"hello"))[:-1], record[-1] ^ 1])]),
    "one that comes again": ("bad record mac",
                             lambda f: 2 * [f.record(DATA, b"hello")]),
    "one that is not encrypted": (
        "bad record mac|length too (short|small)|unexpected|bad record type",
        lambda f: [plain(DATA, bytes(40))]),
    # Some releases of OpenSSL take one that is shorter than what it is
    # authenticated by for an error of their own.
    "an alert that is not encrypted": (
        "bad record mac|length too|unexpected|bad record type|internal error",
        lambda f: [plain(ALERT, b"\1\0")]),
    "more than a record may hold": ("packet length too long|data length",
                                    lambda f: [plain(DATA, b"", length=65535)]),
    "more than one may hold, encrypted": (
        "length too long|too long",
        lambda f: [f.record(DATA, bytes(records.MOST + 1))]),
    "nothing but padding": ("bad record type|unexpected record", lambda f: [
        f.record(0, b"", padding=50)]),
    "messages without a byte": (
        "bad length|record too small",
        lambda f: [f.record(HANDSHAKE, b"") for _ in range(40)]),
    "a message of 16 MiB": (
        "excessive message size|unexpected message|bad hello|no renegotiation",
        lambda f: [f.record(HANDSHAKE, message(1, b"x" * 30, 0xffffff))]),
    "the end of a handshake": (
        "unexpected message",
        lambda f: [f.record(HANDSHAKE, message(records.FINISHED, bytes(32)))]),
    "a fatal alert": (r'alert \\"internal error\\"',
                      lambda f: [f.record(ALERT, b"\2\x50")]),
    "an alert without a name": ("alert number 99",
                                lambda f: [f.record(ALERT, b"\2\x63")]),
    "half an alert": ("invalid alert", lambda f: [f.record(ALERT, b"\1")]),
    "warnings without end": ("too many warn alerts", lambda f: [
        f.record(ALERT, bytes([WARNING, records.USER_CANCELED]))
        for _ in range(40)]),
    "records of no bytes without end": ("record too small", lambda f: [
        f.record(DATA, b"") for _ in range(40)]),
}


class Records(tls.TestCase):
    deadline = 120

    def start(self, **settings):
        return self.start_tls(**records.SETTINGS, **settings)

    def forge(self, echod, version, **options):
        return records.Forger(self.connect(echod.address, **options),
                              self.context(version), self.folder)

    def ends(self, sock):
        """Whether echod ends the connection, with an alert at most."""
        try:
            return len(harness.receive(sock)) < 4 * KIB
        except (ConnectionResetError, BrokenPipeError):
            return True

    def test_good_ones(self):
        """The hand makes good records as well, of each size."""
        echod = self.start()
        for version in VERSIONS:
            forger = self.forge(echod, version)
            forger.send(*(forger.record(DATA, payload(size))
                          for size in (1, 2, 0, 1000, records.MOST)))
            if forger.new:
                forger.send(forger.record(DATA, b"x", padding=1000),
                            forger.update_keys(), forger.record(DATA, b"y"))
            forger.send(forger.record(ALERT, b"\1\0"))
            forger.sock.shutdown(socket.SHUT_WR)
            self.assertGreater(len(harness.receive(forger.sock)),
                               records.MOST + 1000)
            size = 17387 + 2 * forger.new
            wait_until(lambda n=size: re.search(
                rf"closed .* in={n} out={n} \S+ reason=client_closed tls=",
                echod.log()), 10, "the end")

    def test_bad_ones(self):
        echod = self.start()
        for version in VERSIONS:
            for name, (said, make) in BAD.items():
                with self.subTest(version=version.name, what=name):
                    before = len(echod.log())
                    forger = self.forge(echod, version)
                    try:
                        forger.send(*make(forger))
                    except (ConnectionResetError, BrokenPipeError):
                        pass
                    self.assertTrue(self.ends(forger.sock))
                    line = wait_until(lambda b=before: re.search(
                        "closed .*\n", echod.log()[b:]), 10, "the end")
                    self.assertRegex(line[0], said)
        self.assert_serves_tls(echod.address)
        echod.stop()
        log = echod.log()
        counted = re.search("TLS connections that ended badly: (.*)", log)[1]
        # The last one is that of the good client, which hangs up.
        self.assertEqual(counted, f"1 truncated, 4 alert, "
                         f"{2 * len(BAD) - 4} broken")

    def send_until_it_ends(self, forger, make):
        """Sends what that makes, and reads nothing, until echod has had
        enough of it."""
        forger.sock.settimeout(patience(10))
        try:
            for _ in range(10000):
                forger.send(make())
        except (ConnectionResetError, BrokenPipeError):
            return True
        except TimeoutError:
            pass
        return False

    def check_answers(self, version, make):
        """Who has echod answer and answer, and never reads, is lost; others
        are served meanwhile."""
        echod = self.start(send_buffer="16k")
        self.assert_serves_tls(echod.address)
        before = echod.resident()
        forger = self.forge(echod, version, receive_buffer=4 * KIB)
        sender = threading.Thread(target=self.send_until_it_ends, args=(
            forger, lambda: make(forger)))
        sender.start()
        for _ in range(5):
            self.assert_serves_tls(echod.address)
        wait_until(lambda: "asks for answers and does not take them" in
                   echod.log(), 20, "the end")
        sender.join()
        if not harness.instrumented():
            self.assertLess(echod.resident() - before, MIB)

    def test_new_keys_without_end(self):
        self.check_answers(NEW, lambda forger: b"".join(
            forger.update_keys(request=True) for _ in range(20)))

    def test_renegotiation_without_end(self):
        # It is refused before it is read.
        hello = message(1, b"")
        self.check_answers(OLD, lambda forger: b"".join(
            forger.record(HANDSHAKE, hello) for _ in range(5)))

    def test_who_never_reads(self):
        """What waits for each of many is a queue of bounded size."""
        count = scaled(50, least=5)
        echod = self.start(send_buffer="16k")
        self.assert_serves_tls(echod.address)
        before = echod.resident()
        data = payload(256 * KIB)
        clients = []
        for i in range(count):
            sock = self.connect(echod.address, receive_buffer=4 * KIB)
            client = tls.Client(sock, self.context(VERSIONS[i % 2]))
            client.tls.write(data)
            client.flush()
            clients.append(client)
        self.assert_serves_tls(echod.address)

        def stuck():
            moved = 0
            for client in clients:
                left = len(client.unsent)
                client.flush()
                moved += left - len(client.unsent)
            return moved == 0

        wait_until(stuck, 20, "echod takes no more")
        self.assert_serves_tls(echod.address)
        if not harness.instrumented():
            # The queue, what OpenSSL has read, and its own.
            self.assertLess(echod.resident() - before, count * 200 * KIB)
        # Who begins to read gets all of it.
        self.assert_same(self.rest(clients[0], len(data)), data)
        self.assert_same(self.rest(clients[1], len(data)), data)

    def rest(self, client, size):
        echo = bytearray()
        while len(echo) < size:
            echo += client.run(client.tls.read, 64 * KIB)
        return bytes(echo)


if __name__ == "__main__":
    harness.main()
