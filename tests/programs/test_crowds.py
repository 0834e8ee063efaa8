#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""More peers than there are places for, by the thousand: they cost nothing
while they wait, and are served as soon as others leave."""
import resource
import select
import socket
import subprocess
import sys
import time

import harness
from harness import KIB, patience, wait_until

HELD, KNOCKING, LEAVING = 15000, 5000, 1000
# Each has as many connections as one address may have.
HOSTS = 250
# In the other test: descriptors of echod, and who wants one.
DESCRIPTORS, CLIENTS, SECONDS = 64, 500, 10


def source(i):
    return f"127.1.{i // 250}.{i % 250 + 1}"


def socket_from(host):
    sock = socket.socket()
    # IP_BIND_ADDRESS_NO_PORT: a port is chosen for the peer, not for all.
    sock.setsockopt(socket.IPPROTO_IP, 24, 1)
    sock.bind((host, 0))
    return sock


def answer(text):
    print(text, flush=True)


# ------------------------------------------------------------- the processes


def hold(port):
    """Has connections, and on command tries all of them, or closes some."""
    socks = []
    for i in range(HELD):
        sock = socket_from(source(i % HOSTS))
        sock.settimeout(60)
        sock.connect(("127.0.0.1", port))
        socks.append(sock)
    for line in sys.stdin:
        command, _, number = line.partition(" ")
        if command == "close":
            for sock in socks[:int(number)]:
                sock.close()
            del socks[:int(number)]
        for sock in socks:
            sock.sendall(b"x")
        answer(sum(sock.recv(2) == b"x" for sock in socks))


def knock(port):
    """Comes later; tells on command how many of them have been served, once
    there are so many."""
    poll = select.epoll()
    socks = {}
    for i in range(KNOCKING):
        sock = socket_from(source(HOSTS + i % HOSTS))
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", port))
        socks[sock.fileno()] = sock
        poll.register(sock.fileno(), select.EPOLLOUT | select.EPOLLONESHOT)
    served = 0
    for line in sys.stdin:
        wanted, idle = int(line), 0
        # None more than that, while things happen.
        while served < wanted or idle < 3:
            events = poll.poll(0.2)
            idle = 0 if events else idle + 1
            for file, event in events:
                if event & select.EPOLLIN:
                    served += socks[file].recv(2) == b"x"
                elif event & select.EPOLLOUT:
                    socks[file].send(b"x")
                    poll.modify(file, select.EPOLLIN | select.EPOLLONESHOT)
        answer(served)


class Knocker:
    """Connects, asks, and comes again if nobody answers for a while."""

    patience = 0.3

    def __init__(self, poll, port, stagger):
        self.poll, self.port = poll, port
        self.connect()
        self.deadline += stagger

    def connect(self):
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.connect_ex(("127.0.0.1", self.port))
        self.poll.register(self.sock.fileno(), select.EPOLLOUT)
        self.deadline = time.monotonic() + self.patience

    def again(self):
        self.sock.close()
        self.connect()

    def turn(self, event):
        """Returns whether it was served."""
        try:
            if event & select.EPOLLIN and self.sock.recv(2) == b"x":
                return True
            if event & select.EPOLLOUT:
                self.sock.send(b"x")
                self.poll.modify(self.sock.fileno(), select.EPOLLIN)
        except OSError:
            self.again()
        return False


def press(*ports):
    """Many knock again and again, until standard input ends; tells when one
    has been served, after the first line."""
    poll, knockers = select.epoll(), []
    for port in ports:
        for i in range(CLIENTS):
            knockers.append(Knocker(poll, port, i / CLIENTS))
    answer("knocking")
    unanswered, told = set(ports), False
    poll.register(0, select.EPOLLIN)
    while True:
        by_file = {knocker.sock.fileno(): knocker for knocker in knockers}
        for file, event in poll.poll(0.05):
            if file == 0:
                if not sys.stdin.readline():
                    return
                told = True
            elif by_file[file].turn(event):
                knocker = by_file[file]
                knocker.again()
                if told and knocker.port in unanswered:
                    unanswered.remove(knocker.port)
                    answer(f"served {len(ports) - len(unanswered)}")
        now = time.monotonic()
        for knocker in knockers:
            if knocker.deadline < now:
                knocker.again()


# ------------------------------------------------------------------ the tests


class Case(harness.TestCase):

    deadline = 120

    def run_crowd(self, name, *ports):
        process = subprocess.Popen(
            [sys.executable, "-B", __file__, name, *map(str, ports)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        return process

    def tell(self, process, line):
        process.stdin.write(f"{line}\n")
        process.stdin.flush()

    def ask(self, process, line):
        self.tell(process, line)
        return int(process.stdout.readline())

    def tell_cpu(self, what, seconds, cpu):
        print(f"CPU of echod while {what}: {cpu:.2f} s of {seconds:.1f}")


class Many(Case):
    """15,000 connections are held while another 5,000 knock."""

    def test_thousands_wait_for_thousands(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.need(limit[1] == resource.RLIM_INFINITY or
                  limit[1] > HELD + 500, "not enough file descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limit)
        echod = self.start_echod(config=f"""
workers = 2
max_connections = {HELD}
listener "main" {{
    listen = {{ "127.0.0.1:0" }}
    backlog = 8192
    max_per_address = {HELD // HOSTS}
}}
""")
        before = echod.resident()
        holding = self.run_crowd("hold", echod.address.port)
        self.assertEqual(self.ask(holding, "try"), HELD)
        each = (echod.resident() - before) / HELD
        print(f"memory of a connection: {each / KIB:.1f} KiB")
        if not harness.instrumented():
            self.assertLess(each, 7 * KIB)

        knocking = self.run_crowd("knock", echod.address.port)
        self.assertEqual(self.ask(knocking, 0), 0)
        self.assertIn(f"max_connections is reached, {HELD}: new connections "
                      "wait", echod.log())
        cpu, start = echod.cpu_seconds(), time.monotonic()
        self.assertEqual(self.ask(knocking, 0), 0)
        self.tell_cpu(f"{KNOCKING} wait", time.monotonic() - start,
                      echod.cpu_seconds() - cpu)

        self.assertEqual(self.ask(holding, f"close {LEAVING}"),
                         HELD - LEAVING)
        self.assertEqual(self.ask(knocking, LEAVING), LEAVING)
        self.assertEqual(self.ask(holding, "try"), HELD - LEAVING)
        self.assertLess(len(echod.log().splitlines()), 10)


class RunningOut(Case):
    """With 64 descriptors, 500 clients knock again and again."""

    settings = ("", "max_connections = 1000\n")

    def start(self, settings):
        return self.start_echod(
            config=f"workers = 1\n{settings}\n"
            'listener "main" { listen = { "127.0.0.1:0" } }\n',
            prefix=("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}"))

    def fill(self, echod, sign):
        """Connections until there is no place for more."""
        socks = []
        while sign not in echod.log():
            sock = self.connect(echod.address)
            sock.sendall(b"x")
            self.assertLess(len(socks), DESCRIPTORS)
            if self.is_served(sock, echod, sign):
                socks.append(sock)
            else:
                # It would be the next to be served.
                sock.close()
        return socks

    @staticmethod
    def is_served(sock, echod, sign):
        while not select.select([sock], [], [], 0.1)[0]:
            if sign in echod.log():
                return bool(select.select([sock], [], [], patience(1))[0])
        return True

    def test_a_crowd_costs_nothing(self):
        self.need_tool("prlimit")
        signs = ["max_connections is reached", "out of file descriptors"]
        echods = [self.start(settings) for settings in self.settings]
        held = [self.fill(echod, sign)
                for echod, sign in zip(echods, signs)]
        crowd = self.run_crowd("press",
                               *(echod.address.port for echod in echods))
        self.assertEqual(crowd.stdout.readline(), "knocking\n")
        cpu = [echod.cpu_seconds() for echod in echods]
        time.sleep(SECONDS)
        for echod, sign, before in zip(echods, signs, cpu):
            used = echod.cpu_seconds() - before
            self.tell_cpu(sign, SECONDS, used)
            self.assertLess(used, 0.05 * SECONDS)
        self.tell(crowd, "tell")
        for place, socks in enumerate(held):
            start = time.monotonic()
            socks.pop().close()
            self.assertTrue(
                select.select([crowd.stdout], [], [], patience(5))[0],
                "nobody was served when a place was free")
            self.assertEqual(crowd.stdout.readline(), f"served {place + 1}\n")
            print(f"served after {time.monotonic() - start:.3f} s")
        for echod, socks in zip(echods, held):
            for sock in socks:
                self.assertEqual(sock.recv(2), b"x")
            lines = echod.log().splitlines()
            self.assertLessEqual(len(lines), 12, "\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_NOFILE, (
            resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        {"hold": hold, "knock": knock, "press": press}[sys.argv[1]](
            *map(int, sys.argv[2:]))
    else:
        harness.main()
