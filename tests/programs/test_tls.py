#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""TLS of echod: certificates, resumption, reload, byte for byte."""
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading

import harness
import tls
from harness import KIB, MIB, patience, payload, scaled, wait_until
from tls import VERSIONS


def common_name(sock):
    return dict(pair for part in sock.getpeercert()["subject"]
                for pair in part)["commonName"]


class Names(tls.TestCase):
    """The certificate is the one for the name that the client asks for."""

    def test_names(self):
        self.authority.make("wild", "DNS:*.wild.test", key="rsa")
        self.authority.make("exact", "DNS:exact.wild.test")
        echod = self.start_tls(
            tls_certificate=[self.file(f"{name}.pem")
                             for name in ("server", "wild", "exact")],
            tls_key=[self.file(f"{name}.key")
                     for name in ("server", "wild", "exact")])
        for version in VERSIONS:
            context = self.context(version)
            for name, expected in (("localhost", "server"),
                                   ("a.wild.test", "wild"),
                                   ("B.Wild.Test", "wild"),
                                   ("exact.wild.test", "exact")):
                with self.subTest(version=version.name, name=name):
                    sock = self.connect_tls(echod.address, context, name)
                    self.assertEqual(common_name(sock), expected)
                    self.assert_echoes(sock)
            context.check_hostname = False
            for name in ("other.test", "wild.test", "a.b.wild.test", None):
                with self.subTest(version=version.name, name=name):
                    sock = self.connect_tls(echod.address, context, name)
                    self.assertEqual(common_name(sock), "server")
        echod.stop()
        self.assertRegex(
            echod.log(), r"opened listener=secure peer=\S+ connection=\d+ "
            r"tls=TLSv1\.3 cipher=TLS_AES_256_GCM_SHA384 group=X25519 "
            r"server_name=a\.wild\.test\n")

    def test_names_that_are_none(self):
        """Nothing in them passes for something else in the log."""
        echod = self.start_tls()
        for name, told in (("127.0.0.1", "127.0.0.1"), (255 * "x", 255 * "x"),
                           ("*.x_y-z.", "*.x_y-z."),
                           ('x", client="CN=root\n\x1b[2J',
                            r'"x\", client=\"CN=root\x0a\x1b[2J"')):
            self.s_client(echod.address, "tls1_3", "-servername", name)
            line = wait_until(lambda t=told: re.search(
                "opened .* group=X25519 server_name=" + re.escape(t) + "\n",
                echod.log()), 10, told)
            self.assertNotIn(" client=", line[0].replace(told, ""))
        self.assertEqual(len(re.findall("(?m)^.*opened ", echod.log())), 4)


class Clients(tls.TestCase):
    """Clients' certificates: who must show one, and which are good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority.make("alice", "email:alice@mail.test")
        cls.authority.make("bob", "DNS:bob.test")
        tls.Authority(cls.files, "other").make("stranger")
        cls.authority.make('x" \x1b[2J\n; it is "alice', path="evil",
                           alternative="URI:a b\x07\x1b,DNS:" + 200 * "n")
        cls.authority.make("carol", path="many", alternative=",".join(
            f"DNS:{i}.test" for i in range(9)))

    def check(self, good, bad, **settings):
        echod = self.start_tls(tls_client_ca=self.file("ca.pem"), **settings)
        for version in VERSIONS:
            for certificate in good + bad:
                with self.subTest(version=version.name, client=certificate):
                    refused = self.refused(echod.address, context=self.context(
                        version, certificate))
                    (self.assertTrue if certificate in bad else
                     self.assertFalse)(refused, refused)
        echod.stop()
        log = echod.log()
        self.assertEqual(len(re.findall(r"reason=verification", log)),
                         2 * len(bad), log)
        return log

    def test_required(self):
        log = self.check(["alice", "bob"], [None, "stranger"],
                         tls_client_certificate="required")
        self.assertIn("the peer has no certificate, which is required", log)
        self.assertIn("the client's certificate is refused: unable to get "
                      "local issuer certificate; it is \"CN=stranger\", for "
                      '"stranger", "localhost" listener=secure ', log)
        self.assertRegex(log, r'opened .* client="CN=alice"\n')

    def test_wanted(self):
        self.check(["alice", None], ["stranger"],
                   tls_client_certificate="wanted")

    def test_names(self):
        log = self.check(["alice"], ["bob", "evil", "many", None],
                         tls_client_certificate="required",
                         tls_client_names=["alice@mail.test", "*.other.test"])
        for told in ('"CN=bob", for "bob", "bob.test" listener',
                     '"CN=carol", for "carol", ' + ", ".join(
                         f'"{i}.test"' for i in range(5)) +
                     " and 4 more listener",
                     # Nothing of it ends the quotation or the line.
                     r'"CN=x\\? \\1B[2J\\0A\\; it is \\?alice", for '
                     '"x? ?[2J?; it is ?alice", '
                     '"a b??", "' + 100 * "n" + '..." listener'):
            self.assertEqual(log.count(
                "the client's certificate is refused: none of its names is in "
                "tls_client_names; it is " + told), 2, log + told)

    def test_expired(self):
        self.authority.make("late", days=-1)
        log = self.check(["alice"], ["late"],
                         tls_client_certificate="required")
        self.assertIn("is refused: certificate has expired; it is "
                      '"CN=late", for', log)

    def test_off(self):
        self.check(["alice", "stranger", None], [])


class Protocols(tls.TestCase):
    def test_versions(self):
        old, new = VERSIONS
        for name, value, good, bad in (
                ("tls_minimum_version", "1.3", new, old),
                ("tls_maximum_version", "1.2", old, new)):
            with self.subTest(setting=name):
                echod = self.start_tls(access_log="yes", **{name: value})
                self.assert_serves_tls(
                    echod.address, context=self.context(good))
                self.assertTrue(self.refused(
                    echod.address, context=self.context(bad)))
                echod.stop()
                self.assertIn("reason=unsupported", echod.log())
                self.assertRegex(
                    echod.log(), r"info: connection closed .* in=6 out=6 .* "
                    rf"reason=truncated .* tls=TLSv{value}\n")

    def test_alpn(self):
        echod = self.start_tls(tls_alpn=["echo", "other"])
        for offered, chosen in ((["other", "echo"], "echo"),
                                (["h2", "other"], "other"), ([], None)):
            sock = self.connect_tls(
                echod.address, self.context(alpn=offered))
            self.assertEqual(sock.selected_alpn_protocol(), chosen)
            self.assert_echoes(sock)
        self.assertTrue(self.refused(
            echod.address, context=self.context(alpn=["h2"])))

    def test_ciphers(self):
        echod = self.start_tls(tls_ciphers="ECDHE+CHACHA20",
                               tls_cipher_suites="TLS_AES_128_GCM_SHA256")
        for version, cipher in zip(VERSIONS, (
                "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_AES_128_GCM_SHA256")):
            sock = self.connect_tls(echod.address, self.context(version))
            self.assertEqual(sock.cipher()[0], cipher)

    def test_groups(self):
        # An ECDSA certificate would need a group of its own.
        self.authority.make("rsa", key="rsa")
        echod = self.start_tls(tls_groups="P-384",
                               tls_certificate=self.file("rsa.pem"),
                               tls_key=self.file("rsa.key"))
        for version in VERSIONS:
            for group, good in (("secp384r1", True), ("prime256v1", False)):
                context = self.context(version)
                context.set_ecdh_curve(group)
                refused = self.refused(echod.address, context=context)
                self.assertEqual(not refused, good, (version, group, refused))
        echod.stop()
        self.assertRegex(echod.log(), r"opened .* group=(P-384|secp384r1) ")
        self.assertIn("; failed: 2 unsupported\n", echod.log())


class Resumption(tls.TestCase):
    def session(self, sock):
        """The session; TLS 1.3's comes with the first bytes."""
        self.assert_echoes(sock)
        return sock.session

    def test_by_every_worker(self):
        echod = self.start_tls(workers=2)
        for version in VERSIONS:
            context = self.context(version)
            first = self.connect_tls(echod.address, context)
            self.assertFalse(first.session_reused)
            session = self.session(first)
            for _ in range(8):
                sock = self.connect_tls(
                    echod.address, context, session=session)
                self.assertTrue(sock.session_reused, version.name)
                session = self.session(sock)
        echod.stop()
        self.assertIn('listener "secure": TLS handshakes: 18, of them 16 '
                      "resumed, 9 by TLS 1.2\n", echod.log())

    def key_name(self, path):
        """The name of the key that a session's ticket is encrypted with."""
        text = tls.openssl("sess_id", "-in", path, "-noout", "-text",
                           folder=self.files)
        return re.search(r"TLS session ticket:\s+0000 - (.{47})", text)[1]

    def check_rotation(self, version):
        seconds = 2 + harness.SCALE // 5
        echod = self.start_tls(tls_ticket_interval=f"{seconds}s")
        self.s_client(echod.address, version, "-sess_out", "first")
        first = self.key_name("first")

        def rotated():
            self.s_client(echod.address, version, "-sess_out", "next")
            return self.key_name("next") != first

        wait_until(rotated, 10, "tickets by another key")
        said = self.s_client(echod.address, version, "-sess_in", "first")
        self.assertIn("Reused, TLSv1", said, "by the key before")
        wait_until(lambda: "Reused, TLSv1" not in self.s_client(
            echod.address, version, "-sess_in", "first"), 10,
            "the first key is forgotten")

    def test_rotation(self):
        self.check_rotation("tls1_2")

    def test_rotation_with_tls_1_3(self):
        self.check_rotation("tls1_3")

    def test_off(self):
        echod = self.start_tls(tls_tickets="no")
        for version in VERSIONS:
            context = self.context(version)
            first = self.connect_tls(echod.address, context)
            self.assert_echoes(first)
            if first.session and first.session.has_ticket:
                self.fail("there is a ticket")


class Staple(tls.TestCase):
    def test_staple(self):
        run = self.authority.run
        serial = run("x509", "-in", "server.pem", "-noout", "-serial")
        pathlib.Path(self.file("index")).write_text(
            f"V\t491231235959Z\t\t{serial.strip().partition('=')[2]}\t"
            "unknown\t/CN=server\n")
        run("ocsp", "-issuer", "ca.pem", "-cert", "server.pem", "-reqout",
            "ocsp.request", "-no_nonce")
        run("ocsp", "-index", "index", "-rsigner", "ca.pem", "-rkey", "ca.key",
            "-CA", "ca.pem", "-reqin", "ocsp.request", "-respout", "staple",
            "-ndays", "2")
        echod = self.start_tls(tls_ocsp_staple=self.file("staple"))
        for version in ("-tls1_2", "-tls1_3"):
            said = subprocess.run(
                ["openssl", "s_client", "-status", version, "-CAfile",
                 "ca.pem", "-connect", f"127.0.0.1:{echod.address.port}"],
                cwd=self.files, input="Q\n", capture_output=True, text=True,
                check=True, timeout=patience(20)).stdout
            self.assertIn("OCSP Response Status: successful", said)
            self.assertIn("Cert Status: good", said)


class Reload(tls.TestCase):
    def setUp(self):
        super().setUp()
        self.authority.make("server")
        self.authority.make("renewed")

    def install(self, name):
        """Puts another certificate and key in the place of the server's."""
        for end in ("pem", "key"):
            shutil.copy(self.file(f"{name}.{end}"), self.file("new"))
            pathlib.Path(self.file("new")).rename(self.file(f"server.{end}"))

    def name_now(self, echod):
        with self.connect_tls(echod.address) as sock:
            self.assert_echoes(sock)
            return common_name(sock)

    def load(self, echod, until, problems):
        """Connects and echoes, again and again."""
        context = self.context()
        while not until.is_set():
            try:
                with socket.create_connection(
                        echod.address.name, patience(20)) as plain, \
                        context.wrap_socket(
                            plain, server_hostname="localhost") as sock:
                    self.assert_echoes(sock, payload(20 * KIB))
            except Exception as error:  # pylint: disable=broad-except
                problems.append(repr(error))
                return

    def test_under_load(self):
        echod = self.start_tls(workers=2)
        until, problems = threading.Event(), []
        threads = [threading.Thread(target=self.load, args=(
            echod, until, problems)) for _ in range(3)]
        old = [self.connect_tls(echod.address) for _ in range(10)]
        for thread in threads:
            thread.start()
        try:
            self.assertEqual(self.name_now(echod), "server")
            self.install("renewed")
            echod.signal(signal.SIGHUP)
            wait_until(lambda: self.name_now(echod) == "renewed", 20,
                       "the renewed certificate")
        finally:
            until.set()
            for thread in threads:
                thread.join()
        self.assertEqual(problems, [])
        for sock in old:
            self.assert_echoes(sock, payload(100 * KIB))
        wait_until(lambda: "reloaded: certificates and keys" in echod.log(),
                   10, "the reload's line")

    def test_bad_ones_leave_the_old(self):
        echod = self.start_tls()
        for break_it, said in (
                (lambda: pathlib.Path(self.file("server.pem")).unlink(),
                 "server.pem: No such file"),
                (lambda: self.authority.make("renewed", path="server", days=-1),
                 "expired on"),
                (lambda: shutil.copy(self.file("renewed.pem"),
                                     self.file("server.pem")),
                 "the key does not belong to the certificate")):
            break_it()
            before = echod.log().count("not reloaded")
            echod.signal(signal.SIGHUP)
            wait_until(lambda: echod.log().count("not reloaded") > before, 10,
                       "that nothing was reloaded")
            self.assertRegex(echod.log(), r"echod\.conf:\d+: listener "
                             rf'"secure": tls_\w+: .*{said}')
            self.assertEqual(self.name_now(echod), "server")

    def test_sessions_outlive_it(self):
        echod = self.start_tls()
        context = self.context()
        first = self.connect_tls(echod.address, context)
        self.assert_echoes(first)
        self.install("renewed")
        echod.signal(signal.SIGHUP)
        wait_until(lambda: "reloaded: " in echod.log(), 10, "the reload")
        again = self.connect_tls(echod.address, context,
                                 session=first.session)
        self.assertTrue(again.session_reused)
        self.assert_echoes(again)


class Bytes(tls.TestCase):
    """Byte for byte, in both versions."""

    def check(self, size, end):
        echod = self.start_tls()
        data = payload(size)
        for version in VERSIONS:
            with self.subTest(version=version.name, size=size):
                client = tls.Client(self.connect(echod.address),
                                    self.context(version))
                self.assert_same(client.exchange(data, end), data)

    def test_16_mib(self):
        self.check(scaled(16 * MIB), False)

    def test_half_close(self):
        """The end is sent at once; the echo is whole, then comes the end."""
        for size in (0, 1, scaled(16 * MIB)):
            self.check(size, True)

    def test_half_close_with_much_to_send(self):
        """echod has taken the end while most of the echo waits in it."""
        echod = self.start_tls(send_buffer="16k", high_water="256k")
        data = payload(200 * KIB)
        for version in VERSIONS:
            with self.subTest(version=version.name):
                sock = self.connect(echod.address, receive_buffer=4 * KIB)
                client = tls.Client(sock, self.context(version))
                client.tls.write(data)
                client.end()
                while client.outgoing.pending or client.unsent:
                    client.flush()
                wait_until(lambda: harness.taken(sock), 10,
                           "echod takes everything")
                self.assert_same(client.exchange(b"", end=False) +
                                 self.rest(client), data)

    def rest(self, client):
        """What comes up to the end."""
        echo = bytearray()
        while True:
            try:
                part = client.run(client.tls.read, 64 * KIB)
            except ssl.SSLZeroReturnError:
                part = b""
            if not part:
                return bytes(echo)
            echo += part

    def test_stop_sends_what_was_received(self):
        echod = self.start_tls(send_buffer="16k", high_water="256k")
        clients = []
        data = payload(100 * KIB)
        for version in VERSIONS:
            sock = self.connect(echod.address, receive_buffer=4 * KIB)
            client = tls.Client(sock, self.context(version))
            client.tls.write(data)
            while client.outgoing.pending or client.unsent:
                client.flush()
            wait_until(lambda s=sock: harness.taken(s), 10,
                       "echod takes everything")
            clients.append(client)
        echod.signal(signal.SIGTERM)
        for client in clients:
            self.assert_same(self.rest(client), data)
            client.sock.close()
        self.assertEqual(echod.wait(20), 0)


class Check(tls.TestCase):
    """--check names file, line and setting."""

    def check(self, lines, status):
        config = pathlib.Path(self.path("f"))
        config.write_text('listener "a" {\ntls = yes\n' + lines + "\n}\n")
        done = subprocess.run(
            [*harness.WRAPPER, harness.ECHOD, "--check", "--config", config],
            capture_output=True, text=True, check=False,
            timeout=patience(20))
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr.replace(str(config), "f")

    def test_good(self):
        self.assertEqual(self.check(
            f'tls_certificate = "{self.file("server.pem")}"\n'
            f'tls_key = "{self.file("server.key")}"', 0), "")

    def test_bad(self):
        self.authority.make("other")
        self.authority.make("old", days=-1)
        self.assertEqual(self.check(
            f'tls_certificate = "{self.file("server.pem")}"\n'
            f'tls_key = "{self.file("other.key")}"', 1),
            'f:4: listener "a": tls_key: '
            f'{self.file("other.key")}: the key does not belong to the '
            "certificate\n")
        self.assertEqual(self.check('tls_certificate = "/none"', 1),
                         'f:3: listener "a": tls_certificate: '
                         "/none: No such file or directory\n")
        self.assertRegex(self.check(
            f'tls_certificate = "{self.file("old.pem")}"\n'
            f'tls_key = "{self.file("old.key")}"', 1),
            "f:3: .*: the certificate of 'old' expired on ")

    def test_key_of_others(self):
        self.authority.make("open")
        pathlib.Path(self.file("open.key")).chmod(0o644)
        self.assertRegex(self.check(
            f'tls_certificate = "{self.file("open.pem")}"\n'
            f'tls_key = "{self.file("open.key")}"', 0),
            r'^warning: f:4: listener "a": tls_key: .* \(mode 0644\)')


if __name__ == "__main__":
    harness.main()
