#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Peers that never finish a handshake of TLS, or try to harm echod by one: each
is counted with a reason, costs little memory, and keeps nobody waiting."""
import contextlib
import pathlib
import re
import resource
import socket
import ssl
import threading

import harness
import tls
import tls_records as records
from harness import KIB, MIB, patience, payload, scaled, wait_until
from tls import VERSIONS
from tls_records import (
    ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, USUAL, extension, hello, message,
    plain, vector)

# The largest hello that OpenSSL takes.
LARGEST_HELLO = 131396


class Hostile(tls.TestCase):
    deadline = 120

    def setUp(self):
        super().setUp()
        # A thousand sockets, here and in echod.
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE,
                        (soft, hard))

    def good_hello(self, version=None, server_name="localhost", **options):
        """The bytes of a client's hello: a record."""
        outgoing = ssl.MemoryBIO()
        client = self.context(version, **options).wrap_bio(
            ssl.MemoryBIO(), outgoing, server_hostname=server_name)
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        return outgoing.read()

    def answer(self, address, data):
        """What echod says to that, and to the end that follows."""
        with address.connect() as sock:
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                return harness.receive(sock)
            except (ConnectionResetError, BrokenPipeError, OSError):
                return b""

    def counts(self, echod):
        """Ends echod; its numbers by name."""
        echod.stop()
        line = re.search(r"TLS handshakes: (\d+).*?(?:; failed: (.*))?\n",
                         echod.log())
        counts = {name: int(count) for count, name in re.findall(
            r"(\d+) (\w+)", line[2] or "")}
        return {"good": int(line[1]), **counts}

    def assert_resident(self, echod, before, most):
        """echod has not grown by more than that."""
        if not harness.instrumented():
            self.assertLess(echod.resident() - before, most)


class Silent(Hostile):
    def test_who_never_says_hello(self):
        """And others who stop in the midst of one."""
        count = scaled(1000, least=20)
        seconds = patience(2)
        echod = self.start_tls(tls_handshake_timeout=f"{seconds}s")
        self.assert_serves_tls(echod.address)
        before = echod.resident()
        silent = [self.connect(echod.address) for _ in range(count)]
        self.assert_serves_tls(echod.address)
        self.assert_resident(echod, before, count * 8 * KIB + MIB)
        for sock in silent[::10]:
            sock.sendall(b"\x16\x03\x01")
        for _ in range(5):
            self.assert_serves_tls(echod.address)
        self.assert_resident(echod, before, count * 16 * KIB + MIB)
        for sock in silent:
            sock.settimeout(patience(20))
            with contextlib.suppress(ConnectionResetError):
                self.assertLess(len(harness.receive(sock)), 20)
        self.assertEqual(self.counts(echod), {"good": 7, "timeout": count})
        # Ten in ten seconds, however many there are.
        self.assertIn(echod.log().count("reason=timeout"), range(10, 21))

    def test_who_has_nothing_to_say(self):
        """After the handshake and some bytes, which is idleness, no attack."""
        count = scaled(200, least=20)
        echod = self.start_tls()
        self.assert_serves_tls(echod.address)
        before = echod.resident()
        idle = [self.connect_tls(echod.address) for _ in range(count)]
        for sock in idle:
            self.assert_echoes(sock)
        # OpenSSL's own 14, and the buffers of 64 that were used last.
        self.assert_resident(echod, before, count * 16 * KIB + 4 * MIB)
        self.assert_echoes(idle[0], payload(16 * KIB))
        self.assert_echoes(idle[-1], payload(16 * KIB))

    def test_trickle(self):
        """The timer is for the whole handshake, whatever comes meanwhile."""
        echod = self.start_tls(tls_handshake_timeout=f"{patience(1)}s")
        sock = self.connect(echod.address)
        over = threading.Event()

        def trickle():
            with contextlib.suppress(OSError):
                sock.sendall(plain(HANDSHAKE, message(1, b"", 100000)[:4]))
                while not over.wait(0.01):
                    sock.sendall(plain(HANDSHAKE, b"x"))

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            sock.settimeout(patience(20))
            with contextlib.suppress(ConnectionResetError):
                self.assertLess(len(harness.receive(sock)), 20)
        finally:
            over.set()
            thread.join()
        self.assertEqual(self.counts(echod), {"good": 0, "timeout": 1})

    def test_large_hellos_that_stop(self):
        """A hello that says that it is large takes so much, and no more."""
        count = scaled(100, least=5)
        echod = self.start_tls()
        self.assert_serves_tls(echod.address)
        before = echod.resident()
        for _ in range(count):
            sock = self.connect(echod.address)
            sock.sendall(b"".join(
                plain(HANDSHAKE, part) for part in (
                    message(1, bytes(16000), LARGEST_HELLO),
                    *5 * [bytes(16000)])))
        self.assert_serves_tls(echod.address)
        wait_until(lambda: echod.open_files() > count, 10, "connections")
        self.assert_resident(echod, before, count * 256 * KIB + MIB)

    def test_half_of_a_handshake(self):
        """Those who go once the server has done its work."""
        count = scaled(200, least=10)
        echod = self.start_tls()
        data = self.good_hello()
        for i in range(count):
            with echod.address.connect() as sock:
                sock.sendall(data)
                if i % 2:
                    self.assertGreater(len(sock.recv(64 * KIB)), 500)
            if i % 50 == 0:
                self.assert_serves_tls(echod.address)
        counts = self.counts(echod)
        self.assertEqual(counts.pop("good"), -(-count // 50))
        self.assertEqual(counts, {"closed": count})


class Garbage(Hostile):
    """At every point."""

    def shake(self, address, version, at, change):
        """
        A handshake whose byte number at, as far as the client's go, is another,
        or is where the client stops.  Returns whether it was over before.
        """
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self.clients[version].wrap_bio(
            incoming, outgoing, server_hostname="localhost")
        sent, done = 0, False
        with address.connect() as sock:
            while not done:
                try:
                    client.do_handshake()
                    done = True
                except ssl.SSLWantReadError:
                    pass
                part = outgoing.read()
                if sent + len(part) > at:
                    sock.sendall(change(part, at - sent))
                    return self.end(sock)
                sock.sendall(part)
                sent += len(part)
                if not done:
                    incoming.write(sock.recv(64 * KIB))
        return True

    def end(self, sock):
        """echod is done with it, and has not said much."""
        with contextlib.suppress(ConnectionResetError, OSError):
            sock.shutdown(socket.SHUT_WR)
            self.assertLess(len(harness.receive(sock)), 4 * KIB)
        return False

    def everywhere(self, change):
        """Does that at each byte; how often."""
        echod = self.start_tls()
        self.clients = {version: self.context(version) for version in VERSIONS}
        times = over = 0
        step = harness.SCALE
        for version in VERSIONS:
            at = 0
            while not self.shake(echod.address, version, at, change):
                at += step
                times += 1
                if times == 5:
                    before = echod.resident()
            over += 1
            self.assertGreater(at, 250, version.name)
        self.assert_resident(echod, before, 2 * MIB)
        self.assert_serves_tls(echod.address)
        counts = self.counts(echod)
        self.assertEqual(counts.pop("good"), over + 1)
        self.assertEqual(sum(counts.values()), times)
        return counts

    def test_a_byte_is_another(self):
        counts = self.everywhere(lambda part, at: part[:at] + bytes(
            [part[at] ^ 0xff]) + part[at + 1:])
        self.assertGreater(counts["malformed"], 100 // harness.SCALE)
        if harness.SCALE == 1:
            self.assertIn("not_tls", counts)
            self.assertIn("unsupported", counts)
        self.assertLessEqual(set(counts), {
            "malformed", "not_tls", "unsupported", "closed", "alert"})

    def test_the_rest_is_garbage(self):
        self.everywhere(lambda part, at: part[:at] + payload(300))

    def test_the_rest_is_missing(self):
        counts = self.everywhere(lambda part, at: part[:at])
        self.assertEqual(list(counts), ["closed"])

    def test_who_speaks_no_tls_is_told(self):
        """By an alert: fatal, unexpected message."""
        echod = self.start_tls()
        for data in (b"hello\n", b"GET / HTTP/1.1\r\n\r\n", payload(64)):
            with self.subTest(data=data):
                self.assertEqual(self.answer(echod.address, data),
                                 plain(ALERT, b"\x02\x0a"))

    def test_records_that_are_none(self):
        """What they are is told from how they begin."""
        good = self.good_hello()
        cases = (
            (b"GET / HTTP/1.1\r\n\r\n", "not_tls", "http request"),
            (b"PUT / HTTP/1.1\r\n\r\n", "not_tls", "http request"),
            (b"CONNECT a:1 HTTP/1.1\r\n\r\n", "not_tls", "https proxy"),
            (b"hello\n", "not_tls", "wrong version number"),
            (payload(3000), "not_tls", ""),
            (bytes(3000), "not_tls", ""),
            # SSL 2 and 3, which nobody speaks any more.
            (b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(40),
             "unsupported", "unknown protocol"),
            # Records of no bytes, warnings, and what else costs nothing.
            (5000 * plain(HANDSHAKE, b""), "malformed|not_tls", "too small"),
            (5000 * plain(ALERT, b"\x01\x5a"), "malformed",
             "unexpected message"),
            (good + 5000 * plain(ALERT, b"\x01\x5a"), "malformed",
             "too many warn|unknown alert|unexpected"),
            (good + plain(ALERT, b"\x02\x28"), "alert",
             "handshake failure"),
            (good + plain(ALERT, b"\x02"), "malformed", "invalid alert"),
            (5000 * plain(CHANGE_CIPHER_SPEC, b"\x01"), "malformed", ""),
            (good + 5000 * plain(CHANGE_CIPHER_SPEC, b"\x01"), "malformed",
             "too small|too many|unexpected"),
            (plain(records.DATA, b"hello"), "malformed|not_tls", ""),
            (plain(99, b"hello"), "malformed|not_tls", ""),
            (plain(HANDSHAKE, b"", length=65535), "malformed|not_tls",
             "length too long"),
            # Messages that are none.
            (plain(HANDSHAKE, message(1, b"", 0xffffff)), "malformed",
             "excessive message size"),
            (plain(HANDSHAKE, message(1, bytes(100))), "malformed", ""),
            (plain(HANDSHAKE, message(1, b"")), "malformed", ""),
            (plain(HANDSHAKE, message(20, bytes(32))), "malformed",
             "unexpected message"),
            (good + good, "malformed", "bad record type|unexpected"),
        )
        # Of ten lines in ten seconds the rest would be left out.
        for i, (data, reason, said) in enumerate(cases):
            if i % 8 == 0:
                echod = self.start_tls()
            with self.subTest(data=data[:20], length=len(data)):
                before = len(echod.log())
                self.assertLess(len(self.answer(echod.address, data)), 4 * KIB)
                line = wait_until(lambda b=before: re.search(
                    r"failed: (.*) listener=.* reason=(\w+)\n",
                    echod.log()[b:]), 10, "a line")
                self.assertRegex(line[1], f"({said})")
                self.assertRegex(line[2], f"^({reason})$")
                self.assert_serves_tls(echod.address)


def extend(kind, data):
    return hello(*USUAL, extension(kind, data))


def name(data, kind=0):
    """An extension's list with one server's name."""
    return vector(bytes([kind]) + vector(data))


class Extensions(Hostile):
    """What a hello can say; None is a reason to answer it."""

    cases = (
        (hello(*USUAL), None),
        # Names of servers.
        (extend(0, name(b"localhost")), None),
        (extend(0, name(b"x" * 255)), None),
        (extend(0, name(b"x" * 256)), "malformed"),
        (extend(0, name(b"x" * 60000)), "malformed"),
        (extend(0, name(b"local\0host")), "malformed"),
        (extend(0, name(b"\0")), "malformed"),
        (extend(0, name(b"")), None),
        (extend(0, name(b"127.0.0.1")), None),
        (extend(0, name(b"\x1b[2J\n\xff\"")), None),
        (extend(0, name(b".")), None),
        (extend(0, name(b"*.localhost")), None),
        (extend(0, name(b"x", kind=1)), "malformed"),
        (extend(0, vector(b"")), "malformed"),
        (extend(0, b""), "malformed"),
        (extend(0, vector(b"\0" + vector(b"x", 2))), "malformed"),
        # Protocols.
        (extend(16, vector(b"\2h2")), "unsupported"),
        (extend(16, vector(b"\2h2\4echo")), None),
        (extend(16, vector(b"\xff" + 255 * b"x" + b"\4echo")), None),
        (extend(16, vector(30000 * b"\1x" + b"\4echo")), None),
        (extend(16, vector(b"\5echo")), "malformed"),
        (extend(16, vector(b"\4echo\0")), "malformed"),
        (extend(16, vector(b"\4echo", 6)), "malformed"),
        (extend(16, vector(b"")), "malformed"),
        (extend(16, b""), "malformed"),
        # Tickets and sessions of nobody's.
        (extend(35, b"x"), None),
        (extend(35, payload(160)), None),
        (extend(35, payload(60000)), None),
        (hello(*USUAL, session=payload(32)), None),
        (hello(*USUAL, session=payload(33)), "malformed"),
        # Lists that are long, or none.
        (hello(*USUAL, ciphers=b"\x11\x22" * 32000 + b"\xc0\x2b"), None),
        (hello(*USUAL, ciphers=b""), "malformed"),
        (hello(*USUAL, ciphers=b"\xc0"), "malformed"),
        (hello(*USUAL, ciphers=b"\0\5"), "unsupported"),
        (hello(extension(10, vector(256 * b"\0\x17")), USUAL[1]), None),
        (hello(extension(10, vector(257 * b"\0\x17")), USUAL[1]),
         "malformed"),
        (hello(extension(10, vector(30000 * b"\0\x17")), USUAL[1]),
         "malformed"),
        (hello(USUAL[0], extension(13, vector(30000 * b"\4\3"))), None),
        (hello(USUAL[0], extension(13, vector(b"\4"))), "malformed"),
        (extend(43, b"\2\3\5"), "unsupported"),
        (extend(43, b"\2\3"), "malformed"),
        (hello(*USUAL, extension(43, b"\2\3\4"), extension(51, vector(
            8000 * b"\x11\x11\0\1x")), ciphers=b"\x13\1"), "malformed"),
        (hello(*USUAL, *(extension(60000 + i % 5000, b"x")
                         for i in range(5000))), None),
        (hello(*USUAL, *USUAL), "malformed"),
        (extend(65281, b"\1x"), "malformed"),
    )

    def test_each(self):
        for i, (data, reason) in enumerate(self.cases):
            if i % 10 == 0:
                echod = self.start_tls(tls_alpn=["echo"])
                self.assert_serves_tls(echod.address)
            with self.subTest(data=data[:150].hex(), length=len(data)):
                before = len(echod.log())
                answer = self.answer(echod.address, data)
                line = wait_until(lambda b=before: re.search(
                    r"failed: (.*) listener=.* reason=(\w+)\n",
                    echod.log()[b:]), 10, "a line")
                self.assertEqual(line[2], reason or "closed", line[1])
                # An alert, or hello, certificate and what follows.
                (self.assertGreater if reason is None else
                 self.assertLess)(len(answer), 20, line[1])


class Tickets(Hostile):
    """A ticket that is not echod's, or not any more, is no ticket."""

    def damage(self, ticket):
        yield ticket[:-1] + bytes([ticket[-1] ^ 1])         # its hash
        yield ticket[:40] + bytes([ticket[40] ^ 1]) + ticket[41:]  # itself
        yield bytes([ticket[0] ^ 1]) + ticket[1:]           # the key's name
        yield payload(len(ticket))

    def test_garbled(self):
        echod = self.start_tls()
        for version in ("tls1_2", "tls1_3"):
            self.s_client(echod.address, version, "-sess_out", "good")
            self.assertIn("Reused, TLSv1", self.s_client(
                echod.address, version, "-sess_in", "good"))
            text = pathlib.Path(self.file("good")).read_text("ascii")
            session = ssl.PEM_cert_to_DER_cert(text.replace(
                "SSL SESSION PARAMETERS", "CERTIFICATE"))
            said = tls.openssl("sess_id", "-in", "good", "-noout", "-text",
                               folder=self.files)
            ticket = self.ticket(said)
            self.assertEqual(session.count(ticket), 1)
            for bad in self.damage(ticket):
                pathlib.Path(self.file("bad")).write_text(
                    ssl.DER_cert_to_PEM_cert(session.replace(
                        ticket, bad)).replace(
                            "CERTIFICATE", "SSL SESSION PARAMETERS"))
                self.assertIn("New, TLSv1", self.s_client(
                    echod.address, version, "-sess_in", "bad"))
        self.assertEqual(self.counts(echod), {"good": 12})

    def ticket(self, said):
        """The bytes of a dump."""
        lines = re.findall(r"(?m)^    [0-9a-f]{4} - (.{47})",
                           said.partition("TLS session ticket:")[2])
        return bytes.fromhex("".join(lines).replace("-", " "))


class Certificates(Hostile):
    """Clients' certificates that are large, or many."""

    def test_a_chain_that_is_long(self):
        echod = self.start_tls(tls_client_certificate="required",
                               tls_client_ca=self.file("ca.pem"))
        self.authority.make("alice")
        one = pathlib.Path(self.file("alice.pem")).read_text("ascii")
        before = echod.resident()
        for count, good in ((9, True), (100, True), (300, False)):
            pathlib.Path(self.file("many.pem")).write_text(one * count)
            pathlib.Path(self.file("many.key")).write_text(pathlib.Path(
                self.file("alice.key")).read_text("ascii"))
            for version in VERSIONS:
                with self.subTest(count=count, version=version.name):
                    refused = self.refused(echod.address, context=self.context(
                        version, "many"))
                    (self.assertFalse if good else self.assertTrue)(
                        refused, refused)
        self.assert_resident(echod, before, 4 * MIB)
        self.assertEqual(self.counts(echod), {"good": 4, "malformed": 2})

    def test_one_that_is_large(self):
        echod = self.start_tls(tls_client_certificate="required",
                               tls_client_ca=self.file("ca.pem"))
        before = echod.resident()
        for names, good in ((1000, True), (8000, False)):
            self.authority.make("large", alternative=",".join(
                f"DNS:{i}.large.test" for i in range(names)))
            for version in VERSIONS:
                with self.subTest(names=names, version=version.name):
                    refused = self.refused(echod.address, context=self.context(
                        version, "large"))
                    (self.assertFalse if good else self.assertTrue)(
                        refused, refused)
        self.assert_resident(echod, before, 4 * MIB)
        self.assertEqual(self.counts(echod), {"good": 2, "malformed": 2})


if __name__ == "__main__":
    harness.main()
