# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The servers that are compared, a row each, and which of them are here."""

import dataclasses
import functools
import os
import shlex
import shutil
import subprocess
import sys

from . import certificate

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHONS = ("/usr/bin/python3", sys.executable)


@dataclasses.dataclass(frozen=True)
class Peer:
    """A server: how it is called, how it is started, and what it needs.

    A need is what is looked for and the Debian package that holds it: a
    program in PATH, a module of Python, or a file of the build."""
    name: str
    label: str
    command: str
    program: tuple = ()
    module: tuple = ()
    built: tuple = ()
    # The program in Go that has to be built first, as peers/NAME-go.
    go: str = ""
    # It is C, so that its allocations and instructions can be counted.
    counted: bool = False
    # A process a connection: it is left out where they are many.
    forks: bool = False
    # It speaks TLS, and so do the cases that it has a part in.
    tls: bool = False
    # The only cases that it has a part in, and those that it has none in.
    only: tuple = ()
    never: tuple = ()


PEERS = (
    Peer("epoll", "bare epoll", "{build}/bench/epoll-echo", counted=True),
    Peer("echod", "echod", "{echod} --listen 127.0.0.1:0 --workers 1",
         counted=True),
    Peer("await", "libawait alone", "{build}/bench/await-echo", counted=True),
    Peer("uring", "bare io_uring", "{build}/bench/peers/uring-echo",
         built=("bench/peers/uring-echo", "liburing-dev"), counted=True),
    Peer("bufferevent", "libevent bufferevents",
         "{build}/bench/peers/bufferevent-echo", counted=True),
    Peer("libuv", "libuv", "{build}/bench/peers/uv-echo",
         built=("bench/peers/uv-echo", "libuv1-dev"), counted=True),
    Peer("uvloop", "uvloop, protocol",
         "{python} {source}/peers/asyncio-echo.py --protocol --uvloop",
         module=("uvloop", "python3-uvloop")),
    Peer("go", "Go", "{build}/bench/peers/echo-go",
         program=("go", "golang-go"), go="echo"),
    Peer("node", "Node", "node {source}/peers/echo.js",
         program=("node", "nodejs")),
    Peer("asyncio-protocol", "asyncio, protocol",
         "{python} {source}/peers/asyncio-echo.py --protocol"),
    Peer("asyncio-streams", "asyncio, streams",
         "{python} {source}/peers/asyncio-echo.py"),
    Peer("socat", "socat, a process each", "sh {source}/peers/socat-echo.sh",
         program=("socat", "socat"), forks=True),
    # It stops for five seconds when children end while connections come.
    Peer("xinetd", "xinetd, a process each",
         "sh {source}/peers/xinetd-echo.sh", program=("xinetd", "xinetd"),
         forks=True, never=("churn",)),
    Peer("echod-2", "echod, two workers",
         "{echod} --listen 127.0.0.1:0 --workers 2", only=("workers",)),
    # With TLS: the floor, ours, and the others.
    Peer("tls-epoll", "bare OpenSSL on epoll",
         "{build}/bench/peers/tls-epoll-echo {pem}", tls=True, counted=True),
    Peer("tls-echod", "echod, TLS",
         "sh {source}/peers/echod-tls.sh {echod} {pem}", tls=True,
         counted=True),
    Peer("tls-await", "libawait alone, TLS",
         "{build}/bench/await-echo --tls {pem}", tls=True, counted=True),
    Peer("tls-bufferevent", "libevent_openssl",
         "{build}/bench/peers/tls-bufferevent-echo {pem}",
         built=("bench/peers/tls-bufferevent-echo", "libevent-dev"), tls=True,
         counted=True),
    Peer("tls-uvloop", "uvloop TLS, protocol",
         "{python} {source}/peers/asyncio-echo.py --protocol --uvloop "
         "--tls {pem}", module=("uvloop", "python3-uvloop"), tls=True),
    Peer("tls-go", "Go TLS", "{build}/bench/peers/echo-go {pem}",
         program=("go", "golang-go"), go="echo", tls=True),
    Peer("tls-node", "Node TLS", "node {source}/peers/echo.js {pem}",
         program=("node", "nodejs"), tls=True),
    Peer("tls-asyncio-protocol", "asyncio TLS, protocol",
         "{python} {source}/peers/asyncio-echo.py --protocol --tls {pem}",
         tls=True),
    Peer("tls-asyncio-streams", "asyncio TLS, streams",
         "{python} {source}/peers/asyncio-echo.py --tls {pem}", tls=True),
    Peer("tls-socat", "socat TLS, a process each",
         "sh {source}/peers/socat-echo.sh {pem}", program=("socat", "socat"),
         forks=True, tls=True),
)
NAMES = tuple(peer.name for peer in PEERS)
LABELS = {peer.name: peer.label for peer in PEERS}
# What the others are a ratio to, plain and with TLS.
FLOORS = {False: "epoll", True: "tls-epoll"}


@dataclasses.dataclass(frozen=True)
class Server:
    """A peer that is here."""
    peer: Peer
    environment: str
    arguments: str

    def line(self, wrapper=""):
        """A shell command that starts it, below another program or not."""
        words = [self.environment and "env " + self.environment, wrapper,
                 self.arguments]
        return " ".join(word for word in words if word)


def has_module(python, module):
    return subprocess.run([python, "-c", "import " + module],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


@functools.lru_cache(maxsize=None)
def find_python(module):
    """A Python that has the module, Debian's own rather than another."""
    return next((python for python in PYTHONS if os.path.exists(python) and
                 (not module or has_module(python, module))), None)


def find_echod(build):
    """The program itself, not libtool's script before it, which is no program
    that could be counted, and what its environment has to hold."""
    path = os.environ.get("ECHOD") or os.path.join(build, "src/echod/echod")
    folder = os.path.dirname(path)
    built = os.path.join(folder, ".libs/echod")
    if not os.path.exists(built):
        return path, ""
    libraries = os.path.join(os.path.dirname(folder), "await/.libs")
    return built, "LD_LIBRARY_PATH=" + shlex.quote(libraries)


def missing_package(peer, build):
    """The Debian package that is needed and not there, or None."""
    if peer.tls and shutil.which(certificate.PROGRAM) is None:
        return certificate.PACKAGE
    if peer.program and shutil.which(peer.program[0]) is None:
        return peer.program[1]
    if peer.module and find_python(peer.module[0]) is None:
        return peer.module[1]
    if peer.built and not os.path.exists(os.path.join(build, peer.built[0])):
        return peer.built[1]
    return None


def build_go(name, build):
    """A program in Go is built once."""
    source = os.path.join(SOURCE, "peers", name + ".go")
    program = os.path.join(build, "bench/peers", name + "-go")
    if not os.path.exists(program) or \
            os.path.getmtime(program) < os.path.getmtime(source):
        subprocess.run(["go", "build", "-o", program, source], check=True,
                       env={"GOCACHE": os.path.join(build, "bench/go-cache"),
                            **os.environ, "GO111MODULE": "off"})


def make_server(peer, build):
    """How to start a peer whose needs are met."""
    environment = ""
    echod, echod_environment = find_echod(build)
    if "{echod}" in peer.command:
        environment = echod_environment
    if peer.go:
        build_go(peer.go, build)
    pem = certificate.make(build) if peer.tls else ""
    return Server(peer, environment, peer.command.format(
        build=shlex.quote(build), source=shlex.quote(SOURCE),
        echod=shlex.quote(echod), pem=shlex.quote(pem),
        python=find_python(peer.module[0] if peer.module else "")))


def find(names, chosen, build):
    """Servers for those of the names that are here, if any of the chosen cases
    is for them, and the peers that are not, with the package that each
    needs."""
    servers, left_out = [], []
    for peer in PEERS:
        if peer.name not in names or \
                all(case.tls != peer.tls for case in chosen):
            continue
        package = missing_package(peer, build)
        if package:
            left_out.append({"peer": peer.name, "package": package})
        else:
            servers.append(make_server(peer, build))
    return servers, left_out


def that_take_part(servers, case):
    """Those that a case is for."""
    return [server for server in servers
            if server.peer.tls == case.tls and
            (not case.peers or server.peer.name in case.peers) and
            (not server.peer.only or case.name in server.peer.only) and
            case.name not in server.peer.never and
            not (server.peer.forks and case.connections > 100)]
