# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
What the tests of the programs share: an echod on ports of its own, data to
send, deadlines, and comparisons that show both sides.

Environment:
  ECHOD, ECHO_CLIENT   the programs; otherwise those of the build directory
                       that the test is run from
  ECHOD_WRAPPER        what echod runs under, as "valgrind -q"
  TEST_SCALE           divides sizes and counts, multiplies deadlines; 1
  CI                   "true" makes a failure of what would be skipped because
                       the machine lacks something

Exit status of a test: 0 good, 1 failed, 77 skipped as a whole.
"""
import ctypes
import hashlib
import os
import pathlib
import random
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SCALE = int(os.environ.get("TEST_SCALE", "1"))
WRAPPER = shlex.split(os.environ.get("ECHOD_WRAPPER", ""))
KIB, MIB = 1024, 1024 * 1024
NEW_NETWORK = 0x40000000  # CLONE_NEWNET

# What sanitizers and valgrind print when they have something to say.
REPORT = re.compile(
    r"^==\d+==|(ERROR|WARNING|FATAL): \w*Sanitizer|runtime error:", re.M)

# With this, more waits to be sent in echod than fits into the kernel.
LITTLE_KERNEL_MEMORY = """
workers = 1
listener "main" {
    listen = { "127.0.0.1:0" }
    send_buffer = 16k
    high_water = 256k
    low_water = 192k
}
"""


def scaled(amount, least=1):
    """A size or a count as this run is to use it."""
    return max(amount // SCALE, least)


def patience(seconds):
    """A time limit as this run is to use it."""
    return seconds * SCALE


def find_program(name, folder, variable):
    """The path of a program of the build; None if there is none."""
    places = [os.environ.get(variable), os.path.join(folder, name)]
    found = next((os.path.abspath(place) for place in places
                  if place and os.path.isfile(place)), None)
    if not found:
        return None
    # libtool leaves a script where the program uses an uninstalled library.
    real = pathlib.Path(found).parent / ".libs" / name
    with open(found, "rb") as file:
        script = file.read(64 * KIB)
    if not script.startswith(b"#!") or not real.is_file():
        return found
    libraries = re.search(rb'^ *LD_LIBRARY_PATH="([^"$]*)', script, re.M)
    if libraries:
        os.environ["LD_LIBRARY_PATH"] = libraries.group(1).decode()
    return str(real)


ECHOD = find_program("echod", "src/echod", "ECHOD")
if not ECHOD:
    sys.exit("echod not found: run this from the build directory, or set "
             "ECHOD to the program's path")


def sanitized(name):
    """Whether echod was built with that sanitizer, "asan" or "tsan"."""
    return f"__{name}_init".encode() in pathlib.Path(ECHOD).read_bytes()


def instrumented():
    """Whether memory and system calls are not echod's own."""
    return bool(WRAPPER) or sanitized("asan") or sanitized("tsan")


def payload(size, seed=1):
    """Bytes that are the same in each run and alike nowhere."""
    return random.Random(seed).randbytes(size)


def wait_until(condition, seconds, what):
    """Polls until the condition yields something true, and returns that."""
    deadline = time.monotonic() + patience(seconds)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience(seconds)} s: {what}")
        time.sleep(0.01)


class Address:
    """Where echod listens, as it logged it."""

    def __init__(self, text):
        self.text = text
        if text.startswith("unix:"):
            self.family, self.name = socket.AF_UNIX, text[len("unix:"):]
            return
        self.host, _, port = text.rpartition(":")
        self.host = self.host.strip("[]")
        self.port = int(port)
        self.name = (self.host, self.port)
        self.family = socket.AF_INET6 if ":" in self.host else socket.AF_INET

    def connect(self, receive_buffer=0, send_buffer=0):
        """A blocking socket whose every operation has a deadline."""
        sock = socket.socket(self.family)
        for option, size in ((socket.SO_RCVBUF, receive_buffer),
                             (socket.SO_SNDBUF, send_buffer)):
            if size:
                sock.setsockopt(socket.SOL_SOCKET, option, size)
        sock.settimeout(patience(10))
        sock.connect(self.name)
        return sock


class Echod:
    """A running echod."""

    def __init__(self, folder, listen=("127.0.0.1:0",), workers=None,
                 config=None, options=(), prefix=(), pass_fds=(),
                 stderr=None):
        command = [*prefix, *WRAPPER, ECHOD, *options]
        if config is not None:
            path = pathlib.Path(folder, "echod.conf")
            path.write_text(config)
            command += ["--config", str(path)]
            listen = ()
        for address in listen:
            command += ["--listen", address]
        if workers is not None:
            command += ["--workers", str(workers)]
        log, self.log_path = tempfile.mkstemp(prefix="log.", dir=folder)
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log if stderr is None else stderr, pass_fds=pass_fds)
        os.close(log)
        self.pid = self.process.pid
        self.stopped = False

    def log(self):
        return pathlib.Path(self.log_path).read_text("utf-8", "replace")

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, (
                f"echod ended with {self.process.returncode}:\n{self.log()}")
            return re.search(r"\bready\b.*\n", self.log())

        wait_until(ready, 10, "echod's line 'ready'; its log:\n" + self.log())
        return self.take_addresses(self.log())

    def take_addresses(self, log):
        self.addresses = [Address(text) for text in re.findall(
            r'listening on ([^\s"]+)', log)]
        return self

    @property
    def address(self):
        return self.addresses[0]

    def statistic(self, file, name):
        """A number from a line "name: number" of a file in /proc/PID."""
        text = pathlib.Path(f"/proc/{self.pid}/{file}").read_text()
        return int(re.search(rf"^{name}:\s*(\d+)", text, re.M).group(1))

    def resident(self):
        return self.statistic("status", "VmRSS") * KIB

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=10):
        """Waits for the end and returns the exit status."""
        return self.process.wait(patience(seconds))

    def kill(self):
        """Sees to it that echod is gone, whatever it says."""
        if not self.stopped:
            print("\n" + re.sub("^", "echod: ", self.log().rstrip(),
                                flags=re.M), flush=True)
        self.stopped = True
        self.process.kill()
        self.process.wait()

    def signal_until(self, number, condition, what):
        """Sends a signal and waits for what it brings about.
        ThreadSanitizer keeps a signal that comes while a task runs for that
        task, which may never run again; so there it is sent again."""
        self.signal(number)
        for _ in range(3 if sanitized("tsan") else 0):
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline:
                if condition():
                    return
                time.sleep(0.05)
            self.signal(number)
        wait_until(condition, 20, what)

    def terminate(self):
        self.signal_until(
            signal.SIGTERM, lambda: self.process.poll() is not None or
            "stopping" in self.log(), "echod's line 'stopping'")

    def stop(self):
        """Ends echod, which must go without a word of complaint."""
        if self.stopped:
            return
        try:
            if self.process.poll() is None:
                self.terminate()
            status = self.wait()
        except subprocess.TimeoutExpired:
            raise AssertionError("echod did not end on SIGTERM; its log:\n" +
                                 self.log()) from None
        finally:
            self.kill()
        assert status == 0, (
            f"echod's exit status is {status}, expected 0; its log:\n" +
            self.log())
        assert not REPORT.search(self.log()), (
            "echod was reported on:\n" + self.log())


class TestCase(unittest.TestCase):
    """A test with a folder and a deadline, which ends what it started."""

    deadline = 60
    # A Unix socket's path has room for 107 bytes.
    folders = "/tmp"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="echod.", dir=self.folders)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        signal.signal(signal.SIGALRM, self.out_of_time)
        signal.alarm(patience(self.deadline))
        self.addCleanup(signal.alarm, 0)

    def out_of_time(self, number, frame):
        raise AssertionError(f"not done within {patience(self.deadline)} s")

    def path(self, name):
        return os.path.join(self.folder, name)

    def everywhere(self, unix=True):
        """Addresses of each kind that this machine has."""
        listen = ["127.0.0.1:0"]
        try:
            with socket.socket(socket.AF_INET6) as sock:
                sock.bind(("::1", 0))
            listen.append("[::1]:0")
        except OSError:
            print("SKIP: IPv6, which this machine does not have")
        return listen + ["unix:" + self.path("s")] * unix

    def start_echod(self, **options):
        echod = Echod(self.folder, **options)
        self.addCleanup(echod.stop)
        return echod.wait_ready()

    def need_tool(self, name):
        self.need(shutil.which(name), f"{name} is not installed")

    def need(self, condition, reason):
        """Skips what this machine can't run; CI's machines must."""
        if not condition and os.environ.get("CI") == "true":
            self.fail(f"{reason}, and CI=true allows no gaps")
        if not condition:
            self.skipTest(reason)

    def own_network(self, *addresses):
        """A network for this process and all that it starts from now on, with
        those addresses on its one interface, lo."""
        self.need(os.geteuid() == 0, "this needs root")
        self.need_tool("ip")
        self.need(ctypes.CDLL(None).unshare(NEW_NETWORK) == 0,
                  "no network namespace can be made")
        # Nobody else has an address of IPv6: it can be used at once.
        for command in ("link set lo up", *(
                f"address add {address} dev lo" +
                " nodad" * (":" in address) for address in addresses)):
            subprocess.run(["ip", *command.split()], check=True,
                           timeout=patience(20))

    def connect(self, address, **options):
        sock = address.connect(**options)
        self.addCleanup(sock.close)
        return sock

    def assert_same(self, got, sent, what="echo"):
        """Compares long byte strings and shows where they part."""
        if got == sent:
            return
        at = next((i for i, (x, y) in enumerate(zip(got, sent)) if x != y),
                  min(len(got), len(sent)))
        self.fail(
            f"{what}: sent {len(sent)} bytes, got {len(got)}; they differ "
            f"from byte {at} on: sent {sent[at:at + 16].hex(' ') or 'nothing'}"
            f", got {got[at:at + 16].hex(' ') or 'nothing'}; sha256 "
            f"{hashlib.sha256(sent).hexdigest()} sent, "
            f"{hashlib.sha256(got).hexdigest()} got")

    def assert_serves(self, address):
        """A new client is served."""
        with address.connect() as sock:
            sock.sendall(b"hello\n")
            self.assert_same(receive(sock, 6), b"hello\n", address.text)


def kernel_queues(local, remote):
    """
    Bytes in the receive and send queues of one end of a TCP/IPv4 connection,
    as the kernel's sock_diag tells; None if there is no such end.  (The file
    /proc/net/tcp takes long to read where there are many connections.)
    """
    request = struct.pack(
        # Head; family, protocol, states; sockid: ports, addresses, cookie.
        "=IHHII" "BBxxI" "HH4s12x4s12x4x8s",
        72, 20, 1, 0, 0, socket.AF_INET, socket.IPPROTO_TCP, 0xffffffff,
        socket.htons(local[1]), socket.htons(remote[1]),
        socket.inet_aton(local[0]), socket.inet_aton(remote[0]), b"\xff" * 8)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as diag:
        diag.send(request)
        reply = diag.recv(8 * KIB)
    if struct.unpack_from("=H", reply, 4)[0] != 20:
        return None
    return struct.unpack_from("=II", reply, 16 + 4 + 48 + 4)


def taken(sock):
    """
    Whether echod itself has taken all that was sent on the socket, and the
    end of the stream if that was sent.
    """
    own, peer = sock.getsockname(), sock.getpeername()
    mine, theirs = kernel_queues(own, peer), kernel_queues(peer, own)
    assert mine, "the kernel's sock_diag does not show a connection"
    return mine[1] == 0 and (theirs is None or theirs[0] == 0)


class Sender(threading.Thread):
    """Sends in the background, and shuts down the sending side at once."""

    def __init__(self, sock, data, shut_down=True):
        super().__init__(daemon=True)
        self.sock, self.data, self.shut_down = sock, data, shut_down
        self.start()

    def run(self):
        try:
            self.sock.sendall(self.data)
            if self.shut_down:
                self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the receiving side reports what is missing


def receive(sock, size=None):
    """Receives size bytes, or up to the end of the stream."""
    data = bytearray()
    while size is None or len(data) < size:
        part = sock.recv(min(MIB, size - len(data)) if size else MIB)
        if not part:
            break
        data += part
    return bytes(data)


def run_shell(command, seconds, **files):
    """Runs a shell command, all of which ends in time; its exit status."""
    process = subprocess.Popen(
        command, shell=True, start_new_session=True, **files)
    try:
        return process.wait(patience(seconds))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main():
    """Runs the tests of the calling file."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    result = unittest.main(verbosity=2, exit=False).result
    for test, reason in result.skipped:
        print(f"SKIP: {test.id()}: {reason}")
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if len(result.skipped) == result.testsRun else 0)
