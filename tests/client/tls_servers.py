# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""TLS servers for the tests of echo-client, and certificates for them.

A behaviour of echo_servers becomes one over TLS by speaking(); other programs
that speak TLS are run by Program.
"""

import glob
import os
import socket
import ssl
import subprocess
import tempfile
import time

import client_program
import echo_servers as servers

SOURCE = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
SCRIPT = os.path.join(SOURCE, "tools", "make-certs.sh")

# Where it does not matter which, and the client is slow.
SOME_VERSIONS = ("1.2", "1.3") if client_program.SCALE < 10 else ("1.3",)

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

# For openssl ca, which alone can date a certificate as one likes.
CA_SETTINGS = """\
[ca]
default_ca = odd
[odd]
new_certs_dir = {folder}
database = {folder}/index
rand_serial = yes
default_md = sha256
policy = policy
[policy]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = {name}
[server]
subjectAltName = DNS:localhost,IP:127.0.0.1
[plain]
basicConstraints = CA:FALSE
[authority]
basicConstraints = critical,CA:TRUE
"""


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True,
                   stdin=subprocess.DEVNULL)


class Certificates:
    """A folder of those that make-certs.sh makes, and of odd ones."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.ca = self.path("ca.pem")
        self.make()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def pair(self, name="server"):
        return self.path(name + ".pem"), self.path(name + ".key")

    def make(self, *options):
        subprocess.run(["sh", SCRIPT, *options, self.folder.name], check=True,
                       stdin=subprocess.DEVNULL)

    def settings(self, name):
        """What openssl ca is called with."""
        path = self.path("odd.cnf")
        with open(path, "w", encoding="ascii") as file:
            file.write(CA_SETTINGS.format(folder=self.folder.name, name=name))
        with open(self.path("index"), "w", encoding="ascii"):
            pass
        return path

    def make_odd(self, name, kind="server", begin="20200101000000Z",
                 end="20491231235959Z", by="ca", subject="localhost"):
        """Makes a pair of any kind and time, signed by any other."""
        settings = self.settings(subject)
        certificate, key = self.pair(name)
        request = self.path(name + ".request")
        openssl("req", "-new", "-config", settings, "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key, "-out", request)
        signer = ["-selfsign", "-keyfile", key] if by == name else \
            ["-cert", self.path(by + ".pem"), "-keyfile",
             self.path(by + ".key")]
        openssl("ca", "-batch", "-notext", "-config", settings, *signer, "-in",
                request, "-startdate", begin, "-enddate", end, "-extensions",
                kind, "-out", certificate)

    def join(self, name, *others):
        """Puts certificates behind each other in one file."""
        with open(self.path(name), "wb") as joined:
            for other in others:
                with open(self.path(other), "rb") as file:
                    joined.write(file.read())
        return self.path(name)

    def clean_up(self):
        self.folder.cleanup()


def context(pair, versions=("1.2", "1.3"), alpn=(), client_ca=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*pair)
    made.minimum_version = VERSIONS[versions[0]]
    made.maximum_version = VERSIONS[versions[-1]]
    if alpn:
        made.set_alpn_protocols(list(alpn))
    if client_ca:
        made.load_verify_locations(client_ca)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def shake_hands(sock):
    """Sees to it that an alert arrives, and is not overtaken by a RST."""
    try:
        sock.do_handshake()
    except ssl.SSLError:
        # From here on Python takes the connection for a plain one.
        sock.shutdown(socket.SHUT_WR)
        servers.silent(sock)
        raise


def speaking(tls, behaviour=servers.echo, orderly=True, seen=None):
    """The behaviour over TLS; seen is given each connection first."""

    def behave(sock):
        with tls.wrap_socket(sock, server_side=True,
                             do_handshake_on_connect=False) as wrapped:
            shake_hands(wrapped)
            if seen:
                seen(wrapped)
            behaviour(wrapped)
            if orderly:
                wrapped.unwrap()

    return behave


def all_at_the_end(sock):
    """Echoes when the end of the stream has come, and not before."""
    sock.sendall(servers.receive_all(sock))


def cutting_after(size, echoed):
    """Reads so much, echoes some of it, and then cuts TLS off."""

    def behave(sock):
        sock.sendall(servers.receive_exactly(sock, size)[:echoed])
        sock.shutdown(socket.SHUT_WR)  # as in shake_hands
        servers.silent(sock)

    return behave


def listening_port(pid):
    """The port that a process listens on, or None."""
    sockets = set()
    for descriptor in glob.glob(f"/proc/{pid}/fd/*"):
        try:
            sockets.add(os.readlink(descriptor))
        except OSError:
            pass
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in table.readlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                return int(words[1].rpartition(":")[2], 16)
    return None


class Program:
    """Runs a program that listens on a port of its choice."""

    def __init__(self, *command, loop=False):
        self.command = command
        self.loop = loop  # its output is its input
        self.process = None

    def start(self):
        if not self.loop:
            return subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        read, write = os.pipe()
        try:
            return subprocess.Popen(self.command, stdin=read, stdout=write,
                                    stderr=subprocess.DEVNULL)
        finally:
            os.close(read)
            os.close(write)

    def __enter__(self):
        self.process = self.start()
        deadline = time.monotonic() + 60
        while (port := listening_port(self.process.pid)) is None:
            if self.process.poll() is not None:
                raise AssertionError(f"{self.command} has ended")
            if time.monotonic() > deadline:
                self.__exit__()
                raise AssertionError(f"{self.command} does not listen")
            time.sleep(0.01)
        self.address = f"127.0.0.1:{port}"
        self.name = f"localhost:{port}"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


class Case(client_program.Case):
    """A test with certificates, and Python's TLS server in this process."""

    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.clean_up)
        cls.ca = cls.certificates.ca

    def serving(self, behaviour=servers.echo, pair="server", orderly=True,
                seen=None, family=socket.AF_INET, **settings):
        made = context(self.certificates.pair(pair), **settings)
        return servers.Server(speaking(made, behaviour, orderly, seen), family)

    def call(self, server, *arguments, host="localhost", **options):
        """Runs the client with the right authority by the server's name."""
        return client_program.run(
            "--tls", "--ca", self.ca, *arguments[:-1],
            f"{host}:{server.port}", *arguments[-1:], **options)

    def failed(self, server, reason, client, host="localhost"):
        self.check(client, client_program.UNREACHABLE, b"",
                   f"echo-client: no TLS with {host}:{server.port}: "
                   f"{reason}\n")
