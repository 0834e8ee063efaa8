# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The certificate that all servers with TLS show, and its key, in one file."""

import os
import subprocess
import tempfile
import time

# What openssl's package is called, and what is looked for.
PROGRAM, PACKAGE = "openssl", "openssl"
DAYS = 30
COMMAND = (PROGRAM, "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:prime256v1", "-days", str(DAYS), "-subj",
           "/CN=localhost", "-addext",
           "subjectAltName=DNS:localhost,IP:127.0.0.1")


def path(build):
    return os.path.join(build, "bench/tls.pem")


def is_fresh(name):
    return os.path.exists(name) and \
        time.time() - os.path.getmtime(name) < (DAYS - 1) * 24 * 3600


def make(build):
    """Makes the file, unless it is there, and returns its name.  It is whole
    at any time, also if two runs make it at once."""
    if is_fresh(path(build)):
        return path(build)
    with tempfile.TemporaryDirectory(dir=os.path.join(build, "bench"),
                                     prefix="tls-") as folder:
        parts = [os.path.join(folder, name) for name in ("key", "certificate")]
        subprocess.run([*COMMAND, "-keyout", parts[0], "-out", parts[1]],
                       check=True, stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        pem = os.path.join(folder, "pem")
        with open(os.open(pem, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            for part in parts:
                with open(part, "rb") as half:
                    file.write(half.read())
        os.replace(pem, path(build))
    return path(build)
