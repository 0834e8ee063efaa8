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
	for _ in $(seq 100); do
		if (echo | nc -N -w 1 127.0.0.1 "$port") >/dev/null 2>&1; then
			echo "127.0.0.1:$port"
			break
		fi
		sleep 0.1
	done
) &
exec xinetd -dontfork -f "$file"
