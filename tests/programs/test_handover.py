#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""One echod after another on the same sockets, which a service manager keeps
meanwhile: the test is that manager.  Nobody is refused or reset."""
import array
import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading

import harness
from comers import Comers
from harness import TestCase, main, patience, scaled, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "load"))
import load_program  # noqa: E402


class Manager:
    """Where echod leaves its sockets, and has them from."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.stored = []  # (name, descriptor)

    def take(self):
        """Takes what has been sent, as systemd does."""
        self.socket.settimeout(0)
        while True:
            try:
                data, extra, _, _ = self.socket.recvmsg(4096, 8192)
            except BlockingIOError:
                return
            fields = dict(line.partition("=")[::2]
                          for line in data.decode().splitlines())
            for _, _, fds in extra:
                if "BARRIER" in fields:
                    os.close(array.array("i", fds)[0])
                else:
                    self.add(fields["FDNAME"], array.array("i", fds))
            if "FDSTOREREMOVE" in fields:
                self.remove(fields["FDNAME"])

    def add(self, name, fds):
        for fd in fds:
            if any(os.path.sameopenfile(fd, other)
                   for _, other in self.stored):
                os.close(fd)
            else:
                self.stored.append((name, fd))

    def remove(self, name):
        for each in [each for each in self.stored if each[0] == name]:
            self.stored.remove(each)
            os.close(each[1])

    @contextlib.contextmanager
    def at_work(self):
        """Takes what is sent as soon as it comes."""
        over = threading.Event()

        def work():
            while not over.wait(0.01):
                self.take()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def names(self):
        return sorted(name for name, _ in self.stored)

    def close(self):
        self.socket.close()
        for _, fd in self.stored:
            os.close(fd)


class Stream(Comers):
    """Each is echoed, or ended by an echod that ends, but neither refused nor
    reset."""

    async def visit(self, reader, writer):
        data = self.send(writer)
        writer.write_eof()
        got = await asyncio.wait_for(reader.read(), patience(20))
        assert data.startswith(got), "a wrong byte"
        self.echoes += got == data


class Handover(TestCase):
    deadline = 120

    def setUp(self):
        super().setUp()
        self.manager = Manager(self.path("notify"))
        self.addCleanup(self.manager.close)
        for name, value in (("NOTIFY_SOCKET", self.path("notify")),
                            ("FDSTORE", "100")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def start(self, config):
        """An echod that has what the manager keeps, from 3 on."""
        fds = [fd for _, fd in self.manager.stored]
        prefix = ()
        if fds:
            moves = "".join(f" {3 + i}<&{100 + i} {100 + i}<&-"
                            for i in range(len(fds)))
            names = ":".join(name for name, _ in self.manager.stored)
            prefix = ("bash", "-c", f"exec {moves}\nLISTEN_PID=$$ "
                      f"LISTEN_FDS={len(fds)} LISTEN_FDNAMES='{names}' "
                      'exec "$@"', "bash")
        for number, fd in enumerate(fds):
            os.dup2(fd, 100 + number, inheritable=True)
        echod = harness.Echod(self.folder, config=config, prefix=prefix,
                              pass_fds=range(100, 100 + len(fds)))
        self.addCleanup(echod.stop)
        for number in range(len(fds)):
            os.close(100 + number)
        with self.manager.at_work():
            echod.wait_ready()
        self.manager.take()
        return echod

    def config(self, port, workers, more=""):
        return (f"workers = {workers}\nlistener \"a\" {{ listen = "
                f"{{ \"127.0.0.1:{port}\" {more} }} }}\n")

    def test_sockets_are_left_with_the_manager(self):
        path = self.path("s")
        echod = self.start(self.config(0, 2, f', "unix:{path}"'))
        port = echod.addresses[0].port
        name = f"stored/127.0.0.1|{port}"
        self.assertEqual(self.manager.names(),
                         [name, name, f"stored/unix|{path}"])
        echod.stop()
        # Both can be connected to, though nobody is there.
        waiting = [self.connect(address) for address in echod.addresses]
        self.start(self.config(port, 3, f', "unix:{path}"'))
        self.assertEqual(len(self.manager.stored), 4)
        for sock in waiting:
            sock.sendall(b"at last")
            self.assert_same(sock.recv(100), b"at last")
            sock.close()

    def test_what_is_not_listened_on_any_more_is_given_back(self):
        echod = self.start(self.config(0, 1, ', "127.0.0.1:0"'))
        self.assertEqual(len(self.manager.stored), 2)
        # By a reload,
        harness.pathlib.Path(self.folder, "echod.conf").write_text(
            self.config(0, 1))
        echod.signal_until(signal.SIGHUP, lambda: "reloaded: " in echod.log(),
                           "the reload")
        wait_until(lambda: self.manager.take() or
                   self.manager.names() ==
                   [f"stored/127.0.0.1|{echod.addresses[0].port}"], 10,
                   "one is given back")
        echod.stop()
        # and by another port, as none is asked for.
        other = self.start(self.config(0, 1)).address.port
        self.assertNotEqual(other, echod.addresses[0].port)
        wait_until(lambda: self.manager.take() or self.manager.names() ==
                   [f"stored/127.0.0.1|{other}"], 10, "the other is, too")

    def test_an_address_that_overlaps(self):
        """The manager's sockets are in nobody's way."""
        echod = self.start(self.config(0, 2))
        port = echod.address.port
        echod.stop()
        every = self.config(port, 2).replace("127.0.0.1:", ":")
        echod = self.start(every)
        self.assert_serves(harness.Address(f"127.0.0.1:{port}"))
        self.assertIn(f"stored/0.0.0.0|{port}", self.manager.names())
        self.assertNotIn(f"stored/127.0.0.1|{port}", self.manager.names())
        echod.stop()
        self.start(self.config(port, 2))

    def test_what_was_set_of_sockets_goes_with_its_setting(self):
        """SO_BUF_LOCK, 72, has a bit for each buffer that was set."""
        def options():
            with socket.socket(fileno=os.dup(self.manager.stored[0][1])) as s:
                return (s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                        s.getsockopt(socket.SOL_SOCKET, 72))

        plain = self.config(0, 1)
        echod = self.start(plain.replace("listen =", (
            "keep_alive = yes\nsend_buffer = 16k\nreceive_buffer = 16k\n"
            "listen =")))
        try:
            self.assertEqual(options(), (1, 3))
        except OSError:
            self.skipTest("before Linux 5.14 a buffer's size stays set")
        plain = self.config(echod.address.port, 1)
        echod.stop()
        echod = self.start(plain)
        self.assertEqual(options(), (0, 0))
        self.assert_serves(echod.address)

    def test_a_path_that_has_gone_is_made_anew(self):
        """The service manager may remove a service's folder with it."""
        path = self.path("s")
        config = self.config(0, 1, f', "unix:{path}"')
        self.start(config).stop()
        self.assertIn(f"stored/unix|{path}", self.manager.names())
        os.unlink(path)
        echod = self.start(config)
        self.assert_serves(harness.Address(f"unix:{path}"))
        wait_until(lambda: self.manager.take() or self.manager.names().count(
            f"stored/unix|{path}") == 1, 10, "the old one is given back")
        echod.stop()
        # What is kept now is the one that can be reached.
        self.start(config)
        self.assert_serves(harness.Address(f"unix:{path}"))

    def test_another_user_with_more_workers(self):
        """None of its sockets may join those of the user before it."""
        self.need(os.geteuid() == 0, "only root can become another user")
        os.chmod(self.folder, 0o755)
        os.chmod(self.path("notify"), 0o777)
        echod = self.start("user = nobody\n" + self.config(0, 2))
        port = echod.address.port
        self.assertEqual(len(self.manager.stored), 2)
        echod.stop()
        waiting = self.connect(echod.address)
        echod = self.start("user = daemon\n" + self.config(port, 4))
        waiting.sendall(b"at last")
        self.assert_same(waiting.recv(100), b"at last")
        self.assertIn("the workers share 2 sockets", echod.log())
        self.assertEqual(len(self.manager.stored), 2)

    def test_without_room_nothing_is_left(self):
        os.environ["FDSTORE"] = "0"
        echod = self.start(self.config(0, 2))
        self.assertEqual(self.manager.stored, [])
        echod.stop()

    def test_echo_load_is_not_refused_or_reset(self):
        """A stream of new connections, each of which is echoed."""
        def config(port, workers):
            return self.config(port, workers).replace(
                "listen =", "access_log = yes\nlisten =")

        def serve_some():
            wait_until(lambda: "closed listener" in echod.log(), 60,
                       "connections")

        echod = self.start(config(0, 2))
        port = echod.address.port
        churn = load_program.start(
            "--json", "--duration", 0, "--mode", "churn", "--size", 1000,
            "--connections", scaled(200, 20), echod.address.text)
        self.addCleanup(churn.kill)
        for number in range(scaled(10, 2)):
            serve_some()
            echod.stop()
            self.manager.take()
            echod = self.start(config(port, 1 + number % 3))
        serve_some()
        load_program.interrupt(churn, signal.SIGINT)
        load_program.finish(churn)
        self.assertEqual(churn.returncode, load_program.GOOD, churn.err)
        report = load_program.Report(churn)
        self.assertEqual(report.errors(), {})
        self.assertGreater(report.counters["messages_received"], 0)

    def test_nobody_is_refused_or_reset(self):
        echod = self.start(self.config(0, 2))
        port = echod.address.port
        stream = Stream(("127.0.0.1", port), 8)
        stream.start()
        for number in range(scaled(20, 3)):
            stream.wait_for_echoes(5)
            echod.stop()
            self.manager.take()
            echod = self.start(self.config(port, 1 + number % 3))
        stream.wait_for_echoes(5)
        stream.stop()
        self.assertEqual(stream.errors, [])


if __name__ == "__main__":
    main()
