#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# xinetd's own echo service, which forks a process a connection.

set -eu

port=$(python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])')
file=$(mktemp "${TMPDIR:-/tmp}/xinetd-echo.XXXXXX")
cat >"$file" <<END
defaults
{
	instances = UNLIMITED
	per_source = UNLIMITED
	cps = 100000 1
}
service echo
{
	type = INTERNAL UNLISTED
	id = echo-stream
	socket_type = stream
	protocol = tcp
	port = $port
	bind = 127.0.0.1
	user = root
	wait = no
	flags = NODELAY
	disable = no
}
END

# Says where xinetd listens, once it does.
(
	trap 'rm -f "$file"' EXIT
	trap 'exit 1' HUP INT TERM
	python3 - "$port" <<'END'
import socket
import sys
import time

for _ in range(100):
    try:
        address = "127.0.0.1", int(sys.argv[1])
        with socket.create_connection(address, timeout=1) as peer:
            peer.sendall(b"?")
            if peer.recv(1):
                print("%s:%d" % address)
                break
    except OSError:
        time.sleep(0.1)
END
) &
exec xinetd -dontfork -f "$file"
