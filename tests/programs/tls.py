# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the tests of TLS share: certificates of their own, an echod that speaks
TLS, and a client that can end its half of a connection."""
import os
import select
import shutil
import ssl
import subprocess
import tempfile

import harness
from harness import KIB, patience

NAMES = "DNS:localhost,IP:127.0.0.1"


def openssl(*arguments, folder, **options):
    """Runs openssl there; what it printed."""
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          timeout=patience(30), **options).stdout


class Authority:
    """An authority, ca.pem, and certificates of it in a folder."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = folder, name
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj",
                 f"/CN={name}", "-keyout", f"{name}.key", "-out",
                 f"{name}.pem")

    def run(self, *arguments):
        return openssl(*arguments, folder=self.folder)

    def make(self, name, alternative=NAMES, key="ec", days=5, path=None):
        """Makes NAME.pem and NAME.key, with NAME as the CN."""
        path = path or name
        kind = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
                "rsa": ["rsa:2048"]}[key]
        self.run("req", "-newkey", *kind, "-nodes", "-subj", f"/CN={name}",
                 "-keyout", f"{path}.key", "-out", "request")
        with open(os.path.join(self.folder, "extensions"), "w",
                  encoding="ascii") as file:
            file.write(f"subjectAltName={alternative}\n")
        self.run("x509", "-req", "-in", "request", "-CA", f"{self.name}.pem",
                 "-CAkey", f"{self.name}.key", "-CAcreateserial", "-days",
                 str(days), "-extfile", "extensions", "-out", f"{path}.pem")


class Client:
    """
    A TLS connection, driven by one thread: it sends and receives at the same
    time, and its sending side can end first, which Python's ssl sockets can't.
    """

    def __init__(self, sock, context, server_name="localhost"):
        self.sock = sock
        sock.setblocking(False)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing,
                                    server_hostname=server_name)
        self.unsent = b""
        self.run(self.tls.do_handshake)

    def flush(self):
        """Sends what the socket takes."""
        self.unsent += self.outgoing.read()
        if self.unsent:
            try:
                self.unsent = self.unsent[self.sock.send(self.unsent):]
            except BlockingIOError:
                pass

    def wait(self):
        """Waits for the socket, and receives what there is."""
        self.flush()
        readable, writable, _ = select.select(
            [self.sock], [self.sock] if self.unsent else [], [], patience(20))
        if not readable and not writable:
            raise TimeoutError("nothing more comes from echod")
        if readable:
            data = self.sock.recv(256 * KIB)
            if data:
                self.incoming.write(data)
            else:
                self.incoming.write_eof()

    def read_all(self):
        """What has come; b"" alone at the peer's end."""
        data = bytearray()
        while True:
            try:
                part = self.tls.read(256 * KIB)
            except ssl.SSLZeroReturnError:
                part = b""
            except ssl.SSLWantReadError:
                return bytes(data) or None
            if not part:
                return bytes(data)
            data += part

    def run(self, function, *arguments):
        """Calls the function until it does not want more."""
        while True:
            try:
                result = function(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.wait()

    def end(self):
        """Sends close_notify, once all that has come has been read."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass

    def exchange(self, data, end=False):
        """
        Sends the data, then its end if that is wanted, and receives as much, or
        up to the peer's end.
        """
        echo, sent, ended = bytearray(), 0, False
        while end or len(echo) < len(data):
            if sent < len(data) and len(self.unsent) < 64 * KIB:
                sent += self.tls.write(data[sent:sent + 16 * KIB])
            self.flush()
            part = self.read_all()
            if part == b"":
                break
            echo += part or b""
            if sent == len(data) and end and not ended:
                self.end()
                ended = True
            if part is None and (sent == len(data) or self.unsent):
                self.wait()
        return bytes(echo)


class TestCase(harness.TestCase):
    """A test with certificates, in the folder self.files."""

    @classmethod
    def setUpClass(cls):
        cls.files = tempfile.mkdtemp(prefix="echod.")
        cls.addClassCleanup(shutil.rmtree, cls.files)
        cls.authority = Authority(cls.files)
        cls.authority.make("server")

    def file(self, name):
        return os.path.join(self.files, name)

    def setting(self, name, value):
        """A line for a setting; lists are files if they end in .pem, .key."""
        if isinstance(value, (list, tuple)):
            return name + " = { " + ", ".join(
                f'"{item}"' for item in value) + " }"
        return f'{name} = "{value}"'

    def start_tls(self, workers=1, log_level="debug", **settings):
        """An echod with one listener that speaks TLS."""
        settings = {"tls": "yes", "tls_certificate": self.file("server.pem"),
                    "tls_key": self.file("server.key"), **settings}
        lines = "\n".join(self.setting(*row) for row in settings.items())
        return self.start_echod(config=(
            f"workers = {workers}\nlog_level = {log_level}\n"
            f'listener "secure" {{\nlisten = "127.0.0.1:0"\n{lines}\n}}\n'))

    def context(self, version=None, certificate=None, alpn=()):
        """What a client is to be like."""
        context = ssl.create_default_context(cafile=self.file("ca.pem"))
        if version:
            context.minimum_version = context.maximum_version = version
        if certificate:
            context.load_cert_chain(self.file(certificate + ".pem"),
                                    self.file(certificate + ".key"))
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    def connect_tls(self, address, context=None, server_name="localhost",
                    session=None):
        sock = self.connect(address)
        wrapped = (context or self.context()).wrap_socket(
            sock, server_hostname=server_name, session=session)
        self.addCleanup(wrapped.close)
        return wrapped

    def assert_echoes(self, sock, data=b"hello\n"):
        sock.sendall(data)
        self.assert_same(harness.receive(sock, len(data)), data)

    def assert_serves_tls(self, address, **options):
        with self.connect_tls(address, **options) as sock:
            self.assert_echoes(sock)

    def s_client(self, address, version, *options):
        """What openssl says of a connection that echoes a line."""
        process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{address.port}",
             "-" + version, "-CAfile", "ca.pem", *options], cwd=self.files,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        try:
            process.stdin.write("hello\n")
            process.stdin.flush()
            text = ""
            # The ticket comes before the echo.
            while "\nhello\n" not in text:
                line = process.stdout.readline()
                self.assertTrue(line, text)
                text += line
            process.stdin.write("Q\n")
            process.stdin.flush()
            return text + process.communicate(timeout=patience(20))[0]
        finally:
            process.kill()
            process.wait()

    def refused(self, address, **options):
        """Why a client gets no echo; None if it does."""
        try:
            self.assert_serves_tls(address, **options)
        except (ssl.SSLError, ConnectionResetError, BrokenPipeError) as error:
            return error
        except AssertionError:  # the end of the stream comes instead
            return "closed"
        return None


VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
