#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# An echo server of socat, which forks a process a connection; with TLS if it is
# given the file with the certificate and the key.

listen=TCP4-LISTEN:0
if [ $# -gt 0 ]; then
	listen=OPENSSL-LISTEN:0,pf=ip4,cert=$1,verify=0
fi
exec socat -dd "$listen,bind=127.0.0.1,fork,backlog=4096,nodelay" PIPE 2>&1
