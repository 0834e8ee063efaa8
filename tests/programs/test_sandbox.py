#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
What echod gives up: root, files and system calls; and that it serves, reloads,
logs and ends all the same.  What is forbidden then is in tests/echod.
"""
import ctypes
import os
import pathlib
import pwd
import re
import shutil
import signal
import ssl
import stat
import subprocess

import harness
from harness import wait_until

USER = "nobody"
LANDLOCK_CREATE_RULESET = 444


def landlock_version():
    """Which landlock the kernel has; 0: none."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1), 0)


class Sandbox(harness.TestCase):
    def setUp(self):
        super().setUp()
        if harness.WRAPPER:
            self.skipTest("there is no sandbox under " + harness.WRAPPER[0])
        self.need(landlock_version(), "this kernel has no landlock")
        os.chmod(self.folder, 0o755)

    def need_root(self):
        self.need(os.geteuid() == 0, "only root can become another user")

    def own_folder(self, name):
        """A folder of the user's."""
        os.mkdir(self.path(name))
        entry = pwd.getpwnam(USER)
        os.chown(self.path(name), entry.pw_uid, entry.pw_gid)
        return self.path(name)

    def outside(self):
        """A folder that is not beneath the one of the settings."""
        folder = self.folder + ".other"
        os.mkdir(folder)
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def threads(self, echod):
        """The fields of each thread's status."""
        return [dict(re.findall(r"^(\w+):\s*(.*)$", path.read_text(), re.M))
                for path in pathlib.Path(f"/proc/{echod.pid}/task").glob(
                    "*/status")]

    def reload(self, echod, config=None, expected="reloaded: "):
        """What is logged by a reload that ends with the expected text."""
        before = len(echod.log())
        if config is not None:
            pathlib.Path(self.path("echod.conf")).write_text(config)
        echod.signal_until(signal.SIGHUP,
                           lambda: expected in echod.log()[before:], expected)
        return echod.log()[before:]

    def assert_confined(self, echod, count):
        threads = self.threads(echod)
        self.assertGreaterEqual(len(threads), count)
        for thread in threads:
            self.assertEqual(thread["NoNewPrivs"], "1", thread["Name"])
            # A sanitizer takes calls that the filter does not know.
            if not harness.instrumented():
                self.assertEqual(thread["Seccomp"], "2", thread["Name"])
        return threads

    def test_every_thread_is_confined(self):
        path = self.path("echod.log")
        echod = harness.Echod(self.folder, config=(
            f'workers = 3\nlog = "file:{path}"\n'
            f'listener "a" {{ listen = "127.0.0.1:0" }}\n'))
        self.addCleanup(echod.stop)
        pathlib.Path(path).touch()
        echod.log_path = path
        echod.wait_ready()
        threads = self.assert_confined(echod, 5)
        self.assertIn("log", [thread["Name"] for thread in threads])
        self.assert_serves(echod.address)
        if not harness.instrumented():
            self.assertRegex(echod.log(), r"info: sandbox: files \(landlock "
                             r"version \d+\) and system calls")
        os.rename(path, path + ".1")
        echod.signal_until(signal.SIGUSR1, lambda: os.path.exists(path) and
                           "open anew" in echod.log(), "a new log")

    def test_the_log_may_be_a_link(self):
        """To a file that is not there at first, nor after a rotation."""
        for folder in ("links", "logs"):
            os.mkdir(self.path(folder))
        link, path = self.path("links/log"), self.path("logs/echod.log")
        os.symlink("../logs/echod.log", link)
        echod = harness.Echod(self.folder, config=(
            f'log = "file:{link}"\nlistener "a" {{ listen = "127.0.0.1:0" }}\n'))
        self.addCleanup(echod.stop)
        self.addCleanup(setattr, echod, "log_path", echod.log_path)
        wait_until(lambda: os.path.exists(path) or
                   echod.process.poll() is not None, 10, "the log")
        self.assertIsNone(echod.process.poll(), echod.log())
        echod.log_path = path
        echod.wait_ready()
        os.rename(path, path + ".1")
        echod.signal_until(signal.SIGUSR1, lambda: os.path.exists(path) and
                           "open anew" in echod.log(), "a new log")

    def test_off(self):
        echod = self.start_echod(config="sandbox = off\n")
        for thread in self.threads(echod):
            self.assertEqual(thread["Seccomp"], "0", thread["Name"])
            self.assertEqual(thread["NoNewPrivs"], "1", thread["Name"])
        self.assertNotIn("sandbox", echod.log())

    def test_root_is_dropped(self):
        self.need_root()
        folder, entry = self.own_folder("own"), pwd.getpwnam(USER)
        log = folder + "/echod.log"
        echod = harness.Echod(self.folder, config=(
            f'user = {USER}\nworkers = 2\nlog = "file:{log}"\n'
            f'pidfile = "{self.path("pid")}"\n'
            f'listener "a" {{ listen = {{ "127.0.0.1:0", '
            f'"unix:{folder}/s" }} }}\n'))
        self.addCleanup(echod.stop)
        wait_until(lambda: os.path.exists(log), 10, "the log")
        echod.log_path = log
        echod.wait_ready()
        for thread in self.assert_confined(echod, 4):
            for name, number in (("Uid", entry.pw_uid), ("Gid", entry.pw_gid)):
                self.assertEqual(thread[name].split(), [str(number)] * 4,
                                 f"{name} of {thread['Name']}")
            for name in ("CapEff", "CapPrm", "CapAmb"):
                self.assertEqual(int(thread[name], 16), 0,
                                 f"{name} of {thread['Name']}")
            self.assertNotIn("0", thread["Groups"].split())
        for name in ("s", "echod.log"):
            self.assertEqual(os.stat(f"{folder}/{name}").st_uid, entry.pw_uid)
        self.assertEqual(os.stat(self.path("pid")).st_uid, 0)
        for address in echod.addresses:
            self.assert_serves(address)
        self.assertNotIn("root", echod.log())
        os.rename(log, log + ".1")
        echod.signal_until(signal.SIGUSR1, lambda: os.path.exists(log) and
                           "open anew" in echod.log(), "a new log")
        echod.stop()
        self.assertFalse(os.path.exists(folder + "/s"))
        # What is in root's folder can only be left behind, which is said.
        self.assertIn("pid: can't be removed: Permission denied", echod.log())

    def test_low_ports(self):
        """One at the start, and none by a reload."""
        self.need_root()
        # A network of its own, so that no port is taken.
        unshare = shutil.which("unshare")
        self.need(unshare, "unshare is not installed")
        config = (f'user = {USER}\nlistener "a" {{ listen = '
                  '{ "127.0.0.1:7" } }\n')
        low = 'listener "b" { listen = "127.0.0.1:9" }\n'
        echod = self.start_echod(config=config, prefix=[
            unshare, "--net", "sh", "-c", "ip link set lo up; exec \"$@\"",
            "sh"])
        self.assertEqual(self.threads(echod)[0]["Uid"].split()[1],
                         str(pwd.getpwnam(USER).pw_uid))
        log = self.reload(echod, config + low, "not reloaded")
        self.assertIn("cannot listen on 127.0.0.1:9: no permission for a low "
                      f"port, as root has become '{USER}' at the start; "
                      "restart echod", log)

    def test_unix_socket_in_a_folder_of_roots(self):
        self.need_root()
        path = self.path("s")
        echod = self.start_echod(config=(
            f'user = {USER}\nlistener "a" {{ listen = "unix:{path}" }}\n'))
        status = os.stat(path)
        self.assertEqual(status.st_uid, pwd.getpwnam(USER).pw_uid)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o666)
        self.assert_serves(echod.address)
        echod.stop()
        self.assertIn(f"unix:{path} can't be removed: Permission denied; the "
                      "next start replaces it", echod.log())
        again = self.start_echod(config=pathlib.Path(
            self.path("echod.conf")).read_text())
        self.assert_serves(again.address)

    def refused(self, config):
        echod = harness.Echod(self.folder, config=config)
        self.addCleanup(echod.kill)
        self.assertEqual(echod.wait(), 1, "exit status")
        self.assertEqual(len(echod.log().splitlines()), 1, echod.log())
        return echod.log()

    def test_users_that_are_refused(self):
        self.assertIn("error: user: there is no user 'no-such-user'",
                      self.refused("user = no-such-user\n"))
        self.assertIn("error: group: it is for the user that root becomes",
                      self.refused("group = root\n"))

    def test_as_root_there_is_a_warning(self):
        self.need_root()
        echod = self.start_echod()
        self.assertIn("warning: running as root; set user", echod.log())
        self.assertNotIn("running as root", self.start_echod(
            config="user = root\n").log())

    def served(self, echod):
        """The certificate that a client is shown."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(echod.address.connect()) as sock:
            sock.sendall(b"hello\n")
            self.assert_same(harness.receive(sock, 6), b"hello\n")
            return sock.getpeercert(True)

    def secure(self, certificate):
        return ('listener "a" {\nlisten = "127.0.0.1:0"\ntls = yes\n'
                f'tls_certificate = "{certificate}.pem"\n'
                f'tls_key = "{certificate}.key"\n}}\n')

    def make_certificate(self, name):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=echod",
             "-keyout", self.path(name + ".key"),
             "-out", self.path(name + ".pem")],
            check=True, stderr=subprocess.DEVNULL)
        return self.path(name)

    def test_reload_of_certificates(self):
        self.need_tool("openssl")
        first = self.make_certificate("tls/first")
        echod = self.start_echod(config=self.secure(first))
        shown = self.served(echod)
        # Renewed in place, by the rename of another file.
        other = self.make_certificate("new/other")
        for end in (".key", ".pem"):
            os.rename(other + end, first + end)
        self.reload(echod)
        renewed = self.served(echod)
        self.assertNotEqual(renewed, shown)
        # Beside it.
        self.reload(echod, self.secure(self.make_certificate("tls/second")))
        beside = self.served(echod)
        self.assertNotEqual(beside, renewed)
        # Elsewhere, which can't be.
        other = self.make_certificate(self.outside() + "/other")
        log = self.reload(echod, self.secure(other), "not reloaded")
        self.assertIn(f'error: listener "a": tls_certificate: {other}.pem is '
                      "in no folder that the sandbox lets echod read since "
                      "its start; a restart will", log)
        self.assertEqual(self.served(echod), beside)

    def test_includes(self):
        """Those of a pattern are found, and no listener goes by mistake."""
        os.mkdir(self.path("conf.d"))
        one = 'listener "a" { listen = "127.0.0.1:0" }\n'
        echod = self.start_echod(config=one + 'include = "conf.d/*.conf"\n')
        pathlib.Path(self.path("conf.d/b.conf")).write_text(
            'listener "b" { listen = "127.0.0.1:0" }\n')
        self.assertIn('listener "b" is new', self.reload(echod))
        other = pathlib.Path(self.outside())
        other.joinpath("c.conf").write_text(
            'listener "c" { listen = "127.0.0.1:0" }\n')
        log = self.reload(echod, one + f'include = "{other}/*.conf"\n',
                          "not reloaded")
        self.assertIn("*.conf is in no folder that the sandbox lets echod "
                      "read since its start", log)

    def test_log_in_a_folder_that_was_made_anew(self):
        os.mkdir(self.path("logs"))
        path = self.path("logs/echod.log")
        echod = harness.Echod(self.folder, config=(
            f'log = "file:{path}"\nlistener "a" {{ listen = '
            '"127.0.0.1:0" }\n'))
        self.addCleanup(echod.stop)
        wait_until(lambda: os.path.exists(path) and
                   "ready" in pathlib.Path(path).read_text(), 10, "ready")
        shutil.rmtree(self.path("logs"))
        os.mkdir(self.path("logs"))
        echod.signal_until(signal.SIGUSR1, lambda: (
            "can't be opened anew: Permission denied, or not in the folder "
            "that was there at the start (sandbox)") in echod.log(),
            "a line on standard error")

    def test_drain(self):
        echod = self.start_echod(workers=2)
        sock = self.connect(echod.address)
        sock.sendall(b"hello\n")
        self.assert_same(harness.receive(sock, 6), b"hello\n")
        echod.terminate()
        self.assert_same(harness.receive(sock), b"")
        self.assertEqual(echod.wait(), 0)

    def test_names(self):
        """The resolver, which would rather ask the kernel by netlink."""
        one = 'listener "a" { listen = "127.0.0.1:0" }\n'
        echod = self.start_echod(config=one)
        log = self.reload(echod, one + 'listener "b" { listen = '
                          '"localhost:0" }\n')
        self.assertIn('listener "b" is new', log)
        for address in echod.take_addresses(echod.log()).addresses:
            self.assert_serves(address)


if __name__ == "__main__":
    harness.main()
