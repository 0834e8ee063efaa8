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
	disable = no
}
END
xinetd -dontfork -f "$file" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -f "$file"
    exit 0' HUP INT TERM
while kill -0 "$server" 2>/dev/null; do
	if (echo | nc -N -w 1 127.0.0.1 "$port") >/dev/null 2>&1; then
		echo "127.0.0.1:$port"
		wait "$server" || :
		break
	fi
	sleep 0.1
done
rm -f "$file"
