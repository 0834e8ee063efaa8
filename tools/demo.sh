#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: sh tools/demo.sh
#
# Installs what is missing, builds the project, and shows echod at work on the
# loopback interface.  Nothing but the folder build and the installed packages
# is changed.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=$top/build
# shellcheck source=tools/packages.sh
. "$top/tools/packages.sh"
# shellcheck source=tools/build.sh
. "$top/tools/build.sh"

say()
{
	printf '\n==> %s\n' "$*"
}

# quietly COMMAND...: shows the output only if the command fails.
quietly()
{
	if ! "$@" >"$build/demo.log" 2>&1 </dev/null; then
		tail -n 40 "$build/demo.log"
		echo "demo.sh: this failed: $*" >&2
		exit 1
	fi
}

server=
stop_server()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
}
trap stop_server EXIT
trap 'exit 1' HUP INT TERM

# Waits until echod's log names the address that it listens on.
wait_for_address()
{
	tries=0
	address=
	while [ -z "$address" ]; do
		address=$(sed -n 's/.*\(127\.0\.0\.1:[1-9][0-9]*\).*/\1/p' \
		    "$log" | head -n 1)
		[ -z "$address" ] || break
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null
		then
			cat "$log"
			echo "demo.sh: echod did not start" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# start_server OPTION...: starts echod, and shows what it logs.
start_server()
{
	log=$build/demo/echod.log
	"$echod" "$@" >"$log" 2>&1 </dev/null &
	server=$!
	wait_for_address
	cat "$log"
	logged=$(wc -l <"$log")
}

# Has it finish, and shows the rest of its log.
end_server()
{
	kill -TERM "$server"
	status=0
	wait "$server" || status=$?
	server=
	tail -n "+$((logged + 1))" "$log"
	echo "echod's exit status: $status"
	[ "$status" = 0 ] || exit 1
}

say "Installing what is missing"
mkdir -p "$build"
# shellcheck disable=SC2086 # words are wanted
packages_install $PACKAGES_BUILD $PACKAGES_DEMO

say "Building in $build/demo (under a minute)"
quietly build_copy_source
quietly build_make demo
echod=$build/demo/src/echod/echod
client=$build/demo/src/client/echo-client
load=$build/demo/src/load/echo-load

say "Starting echod on a free port of the loopback interface"
start_server --listen 127.0.0.1:0

say "printf 'hello, echo\\n' | nc -N ${address%:*} ${address##*:}"
printf 'hello, echo\n' | nc -N "${address%:*}" "${address##*:}"

say "echo-client $address 'hello again'"
"$client" "$address" 'hello again'

say "echo-client --count 1000 --interval 0 --quiet $address"
"$client" --count 1000 --interval 0 --quiet "$address"

say "Stopping echod with SIGTERM"
end_server

say "make-certs.sh certs: certificates for trying out TLS"
cd "$build/demo"
sh "$top/tools/make-certs.sh" certs
ls certs

say "Starting echod with TLS"
cat >tls.conf <<'END'
listener "secure" {
    listen = "127.0.0.1:0"
    tls = yes
    tls_certificate = "certs/server.pem"
    tls_key = "certs/server.key"
}
END
cat tls.conf
start_server --config tls.conf

say "echo-client --tls --ca certs/ca.pem --verbose $address 'hello by TLS'"
"$client" --tls --ca certs/ca.pem --verbose "$address" 'hello by TLS'

say "The same for another name than the certificate's"
status=0
"$client" --tls --ca certs/ca.pem --servername echo.example.org "$address" \
    hello || status=$?
echo "echo-client's exit status: $status"
[ "$status" = 2 ] || exit 1

say "And twice with --resume FILE: the second handshake is shorter"
rm -f session
for _ in first second; do
	"$client" --tls --ca certs/ca.pem --resume session --count 1000 \
	    --interval 0 "$address" >echoes
	sed -n '/statistics/,$p' echoes
done

say "Stopping echod with SIGTERM"
end_server

say "Starting echod once more, without TLS"
start_server --listen 127.0.0.1:0

say "echo-load --rate 5k --duration 3 --html report.html $address"
"$load" --rate 5k --duration 3 --html report.html "$address"
echo "The same with pictures: $build/demo/report.html"

say "Stopping echod with SIGTERM"
end_server

say "That was all.  Try it yourself: $echod --help"
