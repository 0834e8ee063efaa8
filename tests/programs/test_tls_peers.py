#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""TLS of echod: other people's clients, and a scanner."""
import pathlib
import re
import subprocess
import threading

import harness
import tls
from harness import patience, scaled


class Peers(tls.TestCase):
    """Other people's clients; each takes its input to echod, and prints what
    comes back."""

    commands = {
        "openssl": "openssl s_client -quiet -verify_return_error -CAfile "
                   "{ca} -connect 127.0.0.1:{port} {openssl}",
        "gnutls-cli": "gnutls-cli --logfile={log} --x509cafile={ca} "
                      "--priority=NORMAL:-VERS-ALL:+VERS-{gnutls} "
                      "--port {port} localhost",
        "socat": "socat -b 16384 -t 60 - OPENSSL:127.0.0.1:{port},cafile={ca},"
                 "{socat}",
    }
    versions = (
        {"openssl": "-tls1_2", "gnutls": "TLS1.2",
         "socat": "openssl-max-proto-version=TLS1.2"},
        {"openssl": "-tls1_3", "gnutls": "TLS1.3",
         "socat": "openssl-min-proto-version=TLS1.3"})

    def echo(self, command, data):
        """What the command prints, as many bytes as it was given."""
        pathlib.Path(self.path("sent")).write_bytes(data)
        with open(self.path("sent"), "rb") as sent:
            process = subprocess.Popen(
                "exec " + command, shell=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        # The input stays open, or s_client would leave at its end.
        feeding = threading.Thread(target=self.feed, args=(process, data))
        feeding.start()
        try:
            return process.stdout.read(len(data))
        finally:
            process.kill()
            process.wait()
            feeding.join()
            process.stdin.close()
            process.stdout.close()

    def feed(self, process, data):
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except BrokenPipeError:
            pass

    def check(self, peer):
        self.need_tool(peer)
        echod = self.start_tls()
        # Lines: s_client reads commands from the beginning of some.
        text = b"".join(b"a line of text, number %d\n" % i
                        for i in range(scaled(40000)))
        for fields in self.versions:
            command = self.commands[peer].format(
                ca=self.file("ca.pem"), port=echod.address.port,
                log=self.path("gnutls"), **fields)
            for data in (b"hello\n", text):
                with self.subTest(command=command, size=len(data)):
                    self.assert_same(self.echo(command, data), data)

    def end_first(self, peer):
        """The peer's input ends, and all of the echo comes before its end."""
        self.need_tool(peer)
        echod = self.start_tls()
        text = b"".join(b"a line of text, number %d\n" % i
                        for i in range(scaled(200000)))
        pathlib.Path(self.path("text")).write_bytes(text)
        for fields in self.versions:
            command = self.commands[peer].format(
                ca=self.file("ca.pem"), port=echod.address.port,
                log=self.path("gnutls"), **fields)
            with self.subTest(command=command), \
                    open(self.path("text"), "rb") as given:
                done = subprocess.run(
                    command, shell=True, stdin=given, capture_output=True,
                    check=False, timeout=patience(30))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assert_same(done.stdout, text)
        echod.stop()
        self.assertNotIn("ended badly", echod.log())

    def test_socat_ends_first(self):
        self.end_first("socat")

    def test_gnutls_cli_ends_first(self):
        self.end_first("gnutls-cli")

    def test_openssl(self):
        self.check("openssl")

    def test_gnutls_cli(self):
        self.check("gnutls-cli")

    def test_socat(self):
        self.check("socat")


class Renegotiation(tls.TestCase):
    def test_renegotiation(self):
        echod = self.start_tls()
        done = subprocess.run(
            ["openssl", "s_client", "-tls1_2", "-CAfile", "ca.pem",
             "-connect", f"127.0.0.1:{echod.address.port}"], cwd=self.files,
            input="R\nhello\n", capture_output=True, text=True, check=False,
            timeout=patience(20))
        self.assertIn("RENEGOTIATING", done.stderr)
        self.assertIn("no renegotiation", done.stderr)
        self.assert_serves_tls(echod.address)


class Scan(tls.TestCase):
    weak = re.compile(r"RC4|DES|MD5|NULL|EXP|anon|ADH|CBC|SHA$|TLSv1\.[01]|SSL")

    def test_sslscan_finds_nothing_weak(self):
        self.need_tool("sslscan")
        self.authority.make("rsa", key="rsa")
        echod = self.start_tls(
            tls_certificate=[self.file("server.pem"), self.file("rsa.pem")],
            tls_key=[self.file("server.key"), self.file("rsa.key")])
        said = subprocess.run(
            ["sslscan", "--no-colour", f"127.0.0.1:{echod.address.port}"],
            capture_output=True, text=True, check=True,
            timeout=patience(50)).stdout
        for line in ("SSLv2     disabled", "SSLv3     disabled",
                     "TLSv1.0   disabled", "TLSv1.1   disabled",
                     "TLSv1.2   enabled", "TLSv1.3   enabled",
                     "Session renegotiation not supported"):
            self.assertIn(line, said)
        ciphers = re.findall(
            r"^(?:Accepted|Preferred)\s+(\S+)\s+(\d+) bits\s+(\S+)", said, re.M)
        self.assertGreater(len(ciphers), 5, said)
        for version, bits, cipher in ciphers:
            self.assertNotRegex(f"{version} {cipher}", self.weak)
            self.assertGreaterEqual(int(bits), 128)
        self.assertNotRegex(said, r"(?m)^TLS\S+ vulnerable")


if __name__ == "__main__":
    harness.main()
