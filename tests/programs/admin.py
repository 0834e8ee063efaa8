# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What the tests of the setting `admin` share: an echod with it, requests, and
the metrics that it answers with."""
import http.client
import os
import pathlib
import re
import socket

import harness
from harness import TestCase, patience, wait_until

LISTENER = 'listener "main" { listen = { "127.0.0.1:0" } }\n'
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*)\})? '
                    r'(\+Inf|[-+0-9.e]+)')


def parse(text):
    """The samples of Prometheus's text format, and the types of metrics; what
    breaks its rules is an error."""
    samples, types, name = {}, {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in types, f"{name} comes twice"
        elif line.startswith("# TYPE "):
            assert line.split()[2] == name, line
            types[name] = line.split()[3]
        else:
            found = SAMPLE.fullmatch(line)
            assert found, f"no sample: {line}"
            base = re.sub("_(bucket|sum|count)$", "", found[1]) \
                if types[name] == "histogram" else found[1]
            assert base == name, f"{line} below {name}"
            key = found[1] + ("{" + found[2] + "}" if found[2] else "")
            assert key not in samples, f"{key} comes twice"
            samples[key] = float(found[3])
    return samples, types


class UnixConnection(http.client.HTTPConnection):
    """HTTP by a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=patience(10))
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(patience(10))
        self.sock.connect(self.path)


class Admin(TestCase):
    def start(self, admin='"127.0.0.1:0"', more="", workers=2):
        self.echod = self.start_echod(
            config=f"workers = {workers}\nadmin = {admin}\n{more}" + LISTENER)
        return self.take_admin()

    def take_admin(self):
        """Where the log says last that it is served."""
        text = re.findall(r"status page and metrics on (\S+)",
                          self.echod.log())[-1]
        self.admin = harness.Address(text)
        return self.admin

    def ask(self, path, method="GET", connection=None):
        """The answer, and its text."""
        connection = connection or http.client.HTTPConnection(
            self.admin.host, self.admin.port, timeout=patience(10))
        connection.request(method, path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def metrics(self):
        return parse(self.ask("/metrics")[1])[0]

    def wait_for(self, **wanted):
        """Until the metrics of the listener have these values."""
        def there():
            samples = self.metrics()
            return all(samples[f'echod_{name}{{listener="main"}}'] == value
                       for name, value in wanted.items())

        wait_until(there, 10, f"metrics {wanted}")

    def admin_files(self):
        """The descriptors of the thread that serves."""
        for thread in os.listdir(f"/proc/{self.echod.pid}/task"):
            folder = f"/proc/{self.echod.pid}/task/{thread}"
            if pathlib.Path(folder, "comm").read_text() == "admin\n":
                return os.listdir(folder + "/fd")
        raise AssertionError("there is no thread 'admin'")
