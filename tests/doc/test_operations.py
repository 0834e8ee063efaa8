#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""doc/operations.md is true: its commands are run, in a booted systemd, and
its alerts by promtool; what it names is there."""
import os
import re
import shlex
import shutil
import subprocess
import sys

import document
from document import SOURCE

sys.path.insert(1, os.path.join(SOURCE, "tests", "programs"))
# pylint: disable=wrong-import-position
import harness
from harness import TestCase, patience

# Blocks that are run in this order, in the container.
ORDER = ("after make install", "first start", "look", "change", "port 7",
         "tls", "tls look", "limits", "descriptors", "threads", "sysctl",
         "monitoring", "log file", "rotate")
# Those of test_haproxy.py, test_ipvs.py and promtool.
ELSEWHERE = ("conf machine", "haproxy", "sh drain by HAProxy",
             "sh back by HAProxy", "sh director", "sh machine",
             "sh drain by IPVS", "sh back by IPVS", "yaml prometheus")
# What commands in the text begin with.
COMMANDS = ("cat", "curl", "echod", "grep", "journalctl", "namei", "nstat",
            "ss", "sysctl", "systemctl", "top")
# Ends the service, so it comes last.
LAST = "systemctl kill -s TERM echod"

PREAMBLE = """
set -eu
trap '[ $? = 0 ] || journalctl --no-pager -u echod' EXIT
prefix=$1
units=$2
export PATH="$prefix/bin:$prefix/sbin:$PATH"
echo "$prefix/lib" >/etc/ld.so.conf.d/echod.conf
systemctl cat echod.service >/dev/null 2>&1 ||
    cp "$units"/echod.service "$units"/echod.socket /etc/systemd/system/
[ -e /etc/echod ] || ln -s "$prefix/etc/echod" /etc/echod
[ ! -e "$prefix/lib/sysusers.d/echod.conf" ] || {
    mkdir -p /etc/sysusers.d
    cp "$prefix/lib/sysusers.d/echod.conf" /etc/sysusers.d/
}
# Nobody can make a user namespace in a chroot, which this may be in.
unshare --user true 2>/dev/null || {
    mkdir -p /run/systemd/system/echod.service.d
    printf '[Service]\\nPrivateUsers=no\\n' \\
        >/run/systemd/system/echod.service.d/users.conf
}
"""

# systemd does not wait for that.
WAIT = """
reloads=0
wait_for_reload()
{
    reloads=$((reloads + 1))
    until [ "$(journalctl -u echod -o cat | grep -c '^reloaded: ')" -ge \\
        $reloads ]; do
        sleep 0.05
    done
}
"""

# What is done about a file that is wrong.
WRONG = """
echo '=== a bad reload'
cp /etc/echod/echod.conf /root/good.conf
echo 'bad = 1' >> /etc/echod/echod.conf
systemctl reload echod
until journalctl --no-pager -u echod -n 20 | grep 'not reloaded'; do
    sleep 0.05
done
journalctl --no-pager -u echod -n 20 | grep "unknown setting"
cp /root/good.conf /etc/echod/echod.conf
systemctl reload echod
wait_for_reload
"""


def inline_commands():
    """The commands within the text, each once."""
    found = []
    # A table's cell can't have a bar.
    text = re.sub(r"^```.*?^```$", "", document.text(), flags=re.S | re.M)
    for code in re.findall(r"`([^`\n]+)`", text.replace("\\|", "|")):
        words = code.split()
        if words[0] in COMMANDS and len(words) > 1 and code not in found:
            found.append(code)
    return found


def section(heading):
    """What stands below a heading, up to the next."""
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(^#|\Z)",
                     document.text(), re.S | re.M).group(1)


def first_column(heading):
    """The code that begins the rows of the tables of a section."""
    return re.findall(r"^\| `([^`]+)`", section(heading), re.M)


class Document(TestCase):
    def test_every_block_is_run(self):
        kinds = [kind for kind, _ in document.blocks()]
        self.assertEqual(sorted(kinds), sorted(
            [f"sh {kind}" for kind in ORDER] + list(ELSEWHERE)))
        # And there is no fence of another kind.
        self.assertEqual(len(re.findall("^```", document.text(), re.M)),
                         2 * len(kinds))

    def test_lines_of_the_log(self):
        """Each is in a program that logs."""
        with open(harness.ECHOD, "rb") as file:
            program = file.read()
        lines = re.findall(r"journal: `([^`]+)`", document.text())
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertIn(line.encode(), program)

    def test_settings(self):
        known = subprocess.run([harness.ECHOD, "--help"], text=True,
                               capture_output=True, check=True).stdout
        names = re.findall(r"`([a-z][a-z_]+) = [^`]+`", document.text())
        names += re.findall(r"`((?:tls|max|drain|log|idle|write|when|send|"
                            r"receive|high|low|keep)_[a-z_]+)`",
                            document.text())
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertRegex(known, rf"(?m)^ +{name}\b")


class Rules(TestCase):
    def setUp(self):
        super().setUp()
        self.need_tool("promtool")
        for path in ("doc/alerts.yml", "tests/doc/alerts_test.yml"):
            shutil.copy(os.path.join(SOURCE, path), self.folder)

    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *arguments], cwd=self.folder,
                              text=True, capture_output=True,
                              timeout=patience(60))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def test_rules(self):
        self.promtool("check", "rules", "alerts.yml")
        self.promtool("test", "rules", "alerts_test.yml")

    def test_each_is_set_off_and_described(self):
        alerts = re.findall(r"- alert: (\w+)", self.read("alerts.yml"))
        self.assertEqual(first_column("Alerts"), alerts)
        severities = re.findall(r"severity: (\w+) }\n *annotations",
                                self.read("alerts.yml"))
        self.assertEqual(re.findall(r"^\| `\w+` (\w+)", section("Alerts"),
                                    re.M), severities)
        # Those that promtool expects in some test.
        expected = re.findall(r"alertname: (\w+)\n *eval_time: \w+\n"
                              r" *exp_alerts:\n *- ",
                              self.read("alerts_test.yml"))
        self.assertEqual(sorted(set(expected)), sorted(alerts))

    def test_scrape_configuration(self):
        with open(self.path("prometheus.yml"), "w", encoding="utf-8") as file:
            file.write(document.block("yaml prometheus"))
        shutil.copy(self.path("alerts.yml"), self.path("echod-alerts.yml"))
        self.promtool("check", "config", "prometheus.yml")


class Service(TestCase):
    deadline = 300

    def script(self):
        parts = [PREAMBLE, WAIT]
        for kind in ORDER:
            body = document.block("sh " + kind)
            parts.append(f"echo '=== {kind}'\n{body}")
            if "systemctl reload" in body:
                parts.append("wait_for_reload")
            if kind == "change":
                parts.append(WRONG)
            if kind == "tls look":
                parts.append("echo '=== metrics'\n"
                             "curl -s http://127.0.0.1:9107/metrics")
        commands = inline_commands()
        self.assertIn(LAST, commands)
        commands.remove(LAST)
        for command in commands + [LAST]:
            parts.append(f"echo {shlex.quote('=== ' + command)}\n"
                         f"({command}) || "
                         "{ echo \"exit status $?\"; failed=1; }")
        parts.append('[ -z "${failed-}" ]')
        return "\n".join(parts)

    def run_in_container(self):
        with open(self.path("script"), "w", encoding="utf-8") as file:
            file.write(self.script())
        done = subprocess.run(
            ["sh", os.path.join(SOURCE, "tests/programs/test_systemd.sh"),
             self.path("script")], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=patience(200))
        if done.returncode == 77:
            self.skipTest(done.stdout.strip())
        self.assertEqual(done.returncode, 0, done.stdout)
        return dict(re.findall(r"^=== (.*)\n((?:(?!===).*\n)*)", done.stdout,
                               re.M))

    def check_metrics(self, metrics):
        """All that is named are there, and all reasons are explained."""
        with open(os.path.join(SOURCE, "doc/alerts.yml"),
                  encoding="utf-8") as file:
            named = document.text() + file.read()
        for name in set(re.findall(r"\b(?:echod|process)_\w+", named)):
            self.assertRegex(metrics, rf"(?m)^{name}[ {{]")
        for heading, metric in (
                ("Why a connection ended", "connections_ended"),
                ("Why a connection was refused", "connections_refused"),
                ("Why a handshake failed", "tls_handshake_failures")):
            reasons = re.findall(rf'^echod_{metric}_total{{listener="secure",'
                                 r'reason="(\w+)"', metrics, re.M)
            self.assertEqual(sorted(first_column(heading)), sorted(reasons))

    def test_commands(self):
        for tool in ("curl", "namei", "nstat", "openssl", "sysctl", "top"):
            self.need_tool(tool)
        said = self.run_in_container()
        self.check_metrics(said["metrics"])
        self.assertIn("hello", said["first start"])
        self.assertIn("listening on 0.0.0.0:7007", said["first start"])
        self.assertIn("Active: active (running)", said["look"])
        self.assertIn("64 bytes from", said["look"])
        self.assertRegex(said["look"], r"LISTEN .*:7007 .*echod")
        self.assertIn("reloaded: ", said["change"])
        self.assertIn("hello", said["port 7"])
        self.assertIn("subject=CN = echo.example.com", said["tls look"])
        self.assertIn("not_after_timestamp_seconds{", said["tls look"])
        self.assertIn("hello", said["tls look"])
        self.assertRegex(said["descriptors"], r"(?m)^process_open_fds \d+$")
        self.assertIn("worker 1", said["threads"])
        self.assertIn("not reloaded: all stays as it was",
                      said["a bad reload"])


if __name__ == "__main__":
    harness.main()
