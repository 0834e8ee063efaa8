#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# echod with TLS: it is given its program, and the file with the certificate and
# the key.

exec "$1" --config /dev/fd/3 3<<END
workers = 1
listener "tls" {
	listen = { "127.0.0.1:0" }
	tls = yes
	tls_certificate = "$(realpath "$2")"
}
END
