#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What is served on the setting `admin`, and to whom it is not."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import time

import harness
import tls
from admin import LISTENER, Admin, UnixConnection, parse
from harness import main, patience, receive, wait_until
from stopped_thread import StoppedThread


class Answers(Admin):
    def test_paths(self):
        self.start()
        kinds = {"/": "text/html; charset=utf-8",
                 "/status.json": "application/json",
                 "/metrics": "text/plain; version=0.0.4; charset=utf-8",
                 "/healthz": "text/plain; charset=utf-8",
                 "/readyz": "text/plain; charset=utf-8"}
        for path, kind in kinds.items():
            for asked in (path, path + "?x=1"):
                answer, text = self.ask(asked)
                self.assertEqual((answer.status, answer.headers[
                    "Content-Type"]), (200, kind), asked)
                self.assertEqual(answer.headers["Content-Length"],
                                 str(len(text.encode())))
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                self.assertTrue(answer.headers[
                    "Content-Security-Policy"].startswith(
                        "default-src 'none';"))
            answer, text = self.ask(path, "HEAD")
            self.assertEqual((answer.status, text), (200, ""))
            self.assertGreater(int(answer.headers["Content-Length"]), 2)
        self.assertEqual(self.ask("/healthz")[1], "ok\n")
        self.assertEqual(self.ask("/readyz")[1], "ok\n")

    def test_other_paths_and_methods(self):
        self.start()
        for path in ("/metric", "/metrics/", "//", "/..%2f", "/%00", "/a" * 99,
                     "/<script>"):
            answer, text = self.ask(path)
            self.assertEqual(answer.status, 404, path)
            self.assertNotIn("script", text)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            answer, _ = self.ask("/metrics", method)
            self.assertEqual((answer.status, answer.headers["Allow"]),
                             (405, "GET, HEAD"), method)
        self.assertEqual(self.ask("/metrics", "BREW")[0].status, 501)

    def test_unix_socket(self):
        path = self.path("admin")
        self.start(f'"unix:{path}"')
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
        for _ in range(3):
            answer, text = self.ask("/healthz",
                                    connection=UnixConnection(path))
            self.assertEqual((answer.status, text), (200, "ok\n"))
        self.echod.stop()
        self.assertFalse(os.path.exists(path))

    def test_keep_alive_has_an_end(self):
        self.start()
        connection = http.client.HTTPConnection(
            self.admin.host, self.admin.port, timeout=patience(10))
        connection.connect()
        first = connection.sock.getsockname()
        for i in range(1, 101):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.headers["Connection"],
                             "close" if i == 100 else None, f"request {i}")
            if i < 100:
                self.assertEqual(connection.sock.getsockname(), first)
        connection.close()

    def test_curl(self):
        self.need_tool("curl")
        self.start()
        output = subprocess.run(
            ["curl", "-sS", "--compressed", "--fail", "--max-time",
             str(patience(10)), f"http://{self.admin.text}/metrics",
             f"http://{self.admin.text}/readyz"],
            capture_output=True, text=True, check=True).stdout
        self.assertIn("\nechod_ready 1\n", output)
        self.assertTrue(output.endswith("ok\n"), output[-50:])


class Numbers(Admin):
    def test_bytes_of_open_connections(self):
        self.start()
        self.wait_for(connections=0, connections_accepted_total=0,
                      echoed_bytes_total=0)
        socks = [self.connect(self.echod.address) for _ in range(3)]
        for sock in socks:
            sock.sendall(b"x" * 1000)
            receive(sock, 1000)
        self.wait_for(connections=3, connections_accepted_total=3,
                      echoed_bytes_total=3000)
        status = json.loads(self.ask("/status.json")[1])
        self.assertEqual((status["open"], status["accepted"],
                          status["echoed"]), (3, 3, 3000))
        self.assertEqual(status["listeners"][0]["addresses"],
                         self.echod.address.text)
        for sock in socks:
            sock.close()
        self.wait_for(connections=0, connections_accepted_total=3,
                      echoed_bytes_total=3000)

    def test_loops_are_probed(self):
        for workers in (1, 2):
            self.start(workers=workers)
            wait_until(lambda: self.metrics()[
                f'echod_loop_latency_seconds_count{{worker="{workers - 1}"}}']
                > 0, 10, "a probe")
            samples = self.metrics()
            self.assertEqual(samples["echod_workers"], workers)
            self.assertEqual(samples[
                'echod_loop_standing_seconds{loop="main"}'], 0)
            self.echod.stop()

    def test_process(self):
        before = time.time()
        self.start()
        samples, types = parse(self.ask("/metrics")[1])
        self.assertAlmostEqual(samples["process_start_time_seconds"], before,
                               delta=patience(10))
        self.assertEqual(samples["process_open_fds"], self.echod.open_files())
        limits = pathlib.Path(f"/proc/{self.echod.pid}/limits").read_text()
        self.assertEqual(samples["process_max_fds"], int(re.search(
            r"Max open files\s+(\d+)", limits)[1]))
        resident = self.echod.resident()
        self.assertLess(abs(samples["process_resident_memory_bytes"] -
                            resident), resident / 4)
        for name, kind in types.items():
            self.assertEqual(name.endswith("_total"), kind == "counter", name)

    def test_promtool(self):
        self.need_tool("promtool")
        self.start()
        self.connect(self.echod.address)
        self.wait_for(connections=1)
        done = subprocess.run(["promtool", "check", "metrics"],
                              input=self.ask("/metrics")[1], text=True,
                              capture_output=True, timeout=patience(20))
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))

    def test_reloads(self):
        self.start()
        self.assertEqual(self.metrics()["echod_last_reload_good"], 1)
        good = 'echod_reloads_total{result="good"}'
        failed = 'echod_reloads_total{result="failed"}'
        self.echod.signal_until(signal.SIGHUP, lambda: self.metrics()[good],
                                "a good reload")
        file = pathlib.Path(self.folder, "echod.conf")
        file.write_text("nonsense\n")
        self.echod.signal_until(signal.SIGHUP, lambda: self.metrics()[failed],
                                "a failed reload")
        samples = self.metrics()
        self.assertEqual(samples["echod_last_reload_good"], 0)
        self.assertAlmostEqual(
            samples["echod_last_good_reload_timestamp_seconds"], time.time(),
            delta=patience(20))


class Tls(tls.TestCase, Admin):
    def test_handshakes_and_certificates(self):
        path = self.file("server.pem")
        self.echod = self.start_echod(config=(
            'admin = "127.0.0.1:0"\nlistener "main" {\n'
            f'listen = "127.0.0.1:0"\ntls = yes\ntls_certificate = "{path}"\n'
            f'tls_key = "{self.file("server.key")}"\n}}\n'))
        self.take_admin()
        with self.echod.address.connect() as sock:
            sock.sendall(b"nonsense" * 10)
            sock.recv(1)
        self.assert_serves_tls(self.echod.address)
        self.wait_for(tls_handshakes_total=1, tls_resumptions_total=0,
                      connections_accepted_total=1)
        samples = self.metrics()
        self.assertEqual(samples[
            'echod_tls_handshake_failures_total{listener="main",'
            'reason="not_tls"}'], 1)
        self.assertEqual(samples[
            'echod_tls_connections_total{listener="main",'
            'version="TLSv1.3"}'], 1)
        days = (samples['echod_tls_certificate_not_after_timestamp_seconds{'
                        f'listener="main",file="{path}"}}'] -
                time.time()) / 86400
        self.assertTrue(4 < days < 6, days)


class States(Admin):
    def test_drain(self):
        self.start(more="drain_timeout = 20s\n")
        sock = self.connect(self.echod.address)
        sock.sendall(b"x")
        receive(sock, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # What it has not read keeps the connection open.
        sock.settimeout(0.2)
        try:
            while True:
                sock.send(b"x" * harness.MIB)
        except TimeoutError:
            pass
        self.echod.signal(signal.SIGTERM)
        wait_until(lambda: self.ask("/readyz")[0].status == 503, 10,
                   "it is not ready")
        self.assertEqual(self.ask("/readyz")[1], "draining\n")
        self.assertEqual(self.ask("/healthz")[0].status, 200)
        samples = self.metrics()
        self.assertEqual((samples["echod_ready"],
                          samples['echod_phase{phase="draining"}']), (0, 1))
        sock.close()
        self.assertEqual(self.echod.wait(), 0)

    def test_full(self):
        self.start(more="max_connections = 2\nwhen_full = close\n")
        socks = [self.connect(self.echod.address) for _ in range(2)]
        wait_until(lambda: self.ask("/readyz")[0].status == 503, 10, "full")
        self.assertEqual(self.ask("/readyz")[1],
                         "full: 2 connections of 2\n")
        self.assertEqual(self.ask("/healthz")[0].status, 200)
        with self.echod.address.connect() as sock:
            self.assertEqual(receive(sock), b"")
        samples = self.metrics()
        self.assertEqual((samples["echod_connections_counted"],
                          samples["echod_connections_limit"],
                          samples["echod_ready"]), (2, 2, 0))
        self.assertEqual(samples[
            'echod_connections_refused_total{listener="main",reason="full"}'],
            1)
        socks[0].close()
        wait_until(lambda: self.ask("/readyz")[0].status == 200, 10, "room")
        self.assertEqual(self.metrics()[
            'echod_connections_ended_total{listener="main",'
            'reason="client_closed"}'], 1)
        socks[1].close()

    def test_a_worker_that_stands(self):
        self.start()
        with StoppedThread(self.echod.pid, "worker 1"):
            wait_until(lambda: self.ask("/healthz")[0].status == 503, 15,
                       "it is not healthy")
            for path in ("/healthz", "/readyz"):
                self.assertRegex(self.ask(path)[1], r'^the loop "worker 1" '
                                 r"has not turned for \d+\.\d s\n$")
            self.assertGreater(self.metrics()[
                'echod_loop_standing_seconds{loop="worker 1"}'], 5)
        wait_until(lambda: self.ask("/healthz")[0].status == 200, 10,
                   "it is healthy again")

    def test_reload_moves_it(self):
        # A sandbox lets it make sockets there.
        os.environ["RUNTIME_DIRECTORY"] = self.folder
        self.addCleanup(os.environ.pop, "RUNTIME_DIRECTORY")
        first = self.start()
        file = pathlib.Path(self.folder, "echod.conf")
        text = file.read_text()
        path = self.path("admin")

        def reload(admin, outcome="reloaded: "):
            count = self.echod.log().count(outcome)
            file.write_text(text.replace('"127.0.0.1:0"', admin, 1))
            self.echod.signal_until(
                signal.SIGHUP,
                lambda: self.echod.log().count(outcome) > count, outcome)

        reload(f'{{ "127.0.0.1:0", "unix:{path}" }}')
        # The address that stays keeps its socket.
        self.assertEqual(self.ask("/healthz")[1], "ok\n")
        self.ask("/healthz", connection=UnixConnection(path))
        samples = self.metrics()
        reload(f'"{first.text}"', "not reloaded")
        self.assertRegex(self.echod.log(), "echod.conf:2: admin: cannot "
                         f"listen on {first.text}: the port is in use")
        self.ask("/healthz", connection=UnixConnection(path))
        reload('""')
        self.assertFalse(os.path.exists(path))
        with self.assertRaises(ConnectionRefusedError):
            self.ask("/healthz")
        self.assert_serves(self.echod.address)
        reload('"127.0.0.1:0"')
        self.take_admin()
        after = self.metrics()
        self.assertGreater(
            after['echod_connections_accepted_total{listener="main"}'],
            samples['echod_connections_accepted_total{listener="main"}'])
        self.assertEqual(after['echod_reloads_total{result="good"}'], 3)

    def test_a_listener_that_goes_is_shown_while_it_has_connections(self):
        self.start()
        sock = self.connect(self.echod.address)
        self.wait_for(connections=1)
        file = pathlib.Path(self.folder, "echod.conf")
        file.write_text(file.read_text().replace('"main"', '"other"'))
        self.echod.signal_until(
            signal.SIGHUP, lambda: "reloaded: " in self.echod.log(), "reload")
        shown = {item["name"]: item for item in
                 json.loads(self.ask("/status.json")[1])["listeners"]}
        self.assertEqual(set(shown), {"main", "other"})
        self.assertEqual((shown["main"]["open"],
                          shown["main"]["addresses"]), (1, ""))
        sock.close()


class Start(Admin):
    def refuse(self, admin, *texts):
        echod = harness.Echod(self.folder,
                              config=f"\nadmin = {admin}\n" + LISTENER)
        self.assertEqual(echod.wait(), 1, echod.log())
        echod.stopped = True
        for text in texts:
            self.assertRegex(echod.log(), text)

    def test_errors(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            name = f"127.0.0.1:{other.getsockname()[1]}"
            self.refuse(f'"{name}"', "echod.conf:2: admin: cannot listen on "
                        f"{name}: the port is in use")
        self.refuse('"203.0.113.7:9107"', "echod.conf:2: admin: cannot")
        self.refuse('"unix:/nowhere/at/all"', "its folder does not exist")
        self.refuse('"127.0.0.1"', "echod.conf:2: ", "admin: ")
        self.refuse('{ "127.0.0.1:9", "127.0.0.1:9" }',
                    "echod.conf:2: admin: 127.0.0.1:9 is there already")

    def test_check(self):
        file = pathlib.Path(self.folder, "echod.conf")
        file.write_text('admin = "nonsense"\n' + LISTENER)
        done = subprocess.run([*harness.WRAPPER, harness.ECHOD, "--check",
                               "--config", file], capture_output=True,
                              text=True, timeout=patience(20))
        self.assertEqual(done.returncode, 1)
        self.assertIn("echod.conf:1: ", done.stderr)
        file.write_text('admin = "unix:/tmp/x"\n'
                        'listener "a" { listen = { "unix:/tmp/x" } }\n')
        done = subprocess.run([*harness.WRAPPER, harness.ECHOD, "--check",
                               "--config", file], capture_output=True,
                              text=True, timeout=patience(20))
        self.assertEqual(done.returncode, 1)
        self.assertIn("echod.conf:1: admin: unix:/tmp/x is there already, in "
                      "a listener", done.stderr)

    def test_other_machines_are_warned_of(self):
        self.start('"0.0.0.0:0"')
        self.assertRegex(self.echod.log(), r"warning: admin: whoever reaches "
                         r"0\.0\.0\.0:\d+ sees what echod does")
        self.start('"127.0.0.1:0"')
        self.assertNotIn("whoever", self.echod.log())


class Structure(Admin):
    def test_it_shares_no_descriptors_with_the_echo(self):
        """So the kernel has one user of the workers' table, as without it."""
        if harness.sanitized("tsan"):
            self.skipTest("ThreadSanitizer knows one table only")
        self.start(workers=1)
        before = len(self.admin_files())
        socks = [self.connect(self.echod.address) for _ in range(50)]
        self.wait_for(connections=50)
        self.assertLess(len(self.admin_files()), before + 5)
        self.assertGreater(self.echod.open_files(), 50)
        for sock in socks:
            sock.close()

    def test_off_there_is_no_thread(self):
        echod = self.start_echod(workers=1)
        names = {pathlib.Path(f"/proc/{echod.pid}/task/{thread}/comm")
                 .read_text() for thread in
                 os.listdir(f"/proc/{echod.pid}/task")}
        self.assertNotIn("admin\n", names)
        self.assertNotIn("metrics", echod.log())


if __name__ == "__main__":
    main()
