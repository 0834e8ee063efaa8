#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Sees to it that the measuring programs work; their figures don't matter here.

set -eu

bench=${top_builddir:-.}/bench
# A server that sends something else back.
wrong_echo='
import socket
listener = socket.create_server(("127.0.0.1", 0))
print("127.0.0.1:%d" % listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.sendall(b"?" * len(connection.recv(65536)))
connection.recv(1)
'
# The same with TLS, or a server that gives nothing to resume a session by.
tls_server='
import socket, ssl, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1])
context.num_tickets = 0
context.maximum_version = getattr(ssl.TLSVersion, sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print("127.0.0.1:%d" % listener.getsockname()[1], flush=True)
try:
    connection = context.wrap_socket(listener.accept()[0], server_side=True)
    data = connection.recv(65536)
    connection.sendall(data if sys.argv[3] == "right" else b"!" * len(data))
    connection.recv(1)
except OSError:
    listener.accept()
'
log=$(mktemp "${TMPDIR:-/tmp}/test_bench.XXXXXX")
pem=$log.pem
trap 'rm -f "$log" "$log".*' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "test_bench: $*"
	sed 's/^/    /' "$log"
	exit 1
}

# expect STATUS TEXT PROGRAM [ARGUMENT...]: runs it, and looks at its exit
# status and for the text in what it prints.
expect()
{
	wanted=$1 text=$2 program=$3
	shift 3
	status=0
	"$bench/$program" "$@" >"$log" 2>&1 </dev/null || status=$?
	[ "$status" = "$wanted" ] || fail "$program $*: exit status $status," \
	    "expected $wanted; it printed:"
	grep -q -- "$text" "$log" || fail "$program $*: '$text' is not in" \
	    "what it printed:"
	echo "ok: $program $*"
}

for program in await-echo epoll-echo idle pingpong sleepers switch tasks; do
	expect 0 "^Usage: $program" "$program" --help
	expect 2 "unknown option '--no-such-option'" \
	    "$program" --no-such-option
done
expect 2 "'x' was not expected" switch x
expect 2 "^sleepers: --tasks: " sleepers --tasks 0
expect 2 "both --address and --pid" idle --address 127.0.0.1:7
expect 2 "expected one server" idle epoll await

expect 0 "^swapcontext  *[0-9]" switch --switches 1001 --rounds 2

expect 0 "^100 tasks asleep at once" sleepers --tasks 100
expect 0 "check: 100$" sleepers --tasks 100 --guard check
expect 0 "mprotect: 100," sleepers --tasks 100 --guard mprotect
expect 0 "^all awake in" sleepers --tasks 10 --sleep 0.5

expect 0 "^memory, a task  *[0-9]" \
    tasks --operations 100 --gathered 10 --sleepers 10
status=0
python3 "${top_srcdir:-.}/bench/tasks-compare.py" "$bench/tasks" --rounds 2 \
    --operations 100 --gathered 10 --sleepers 10 >"$log" 2>&1 || status=$?
[ "$status" = 0 ] || fail "tasks-compare.py: exit status $status"
for figure in 'create and await' 'turn of a task' 'queue put and get' \
    'lock hand-over' 'gather, a task' 'sleep, a task' 'memory, a task'; do
	grep -q "^| $figure | [0-9,]* [nB].* |$" "$log" ||
	    fail "tasks-compare.py: no figure for '$figure':"
done
echo "ok: tasks-compare.py"

status=0
python3 -B "${top_srcdir:-.}/bench/generators.py" --build "${top_builddir:-.}" \
    --rounds 2 --seconds 0.05 --server-cpu -1 --generator-cpu -1 \
    --lag-connections 10 --lag-seconds 0.2 >"$log" 2>&1 || status=$?
[ "$status" = 0 ] || fail "generators.py: exit status $status"
for line in 'bare epoll | [0-9,]* | 1.000 ' 'echo-load | [0-9,]* | [0-9]' \
    '10 | [0-9,]* | [0-9,]* |'; do
	grep -q "^| $line" "$log" || fail "generators.py: no line '$line':"
done
echo "ok: generators.py"

for server in epoll await ${ECHOD:+echod}; do
	expect 0 "^2 of them were tried again and echo" \
	    idle --connections 101 "$server"
done
expect 1 "^idle: server 'exit 3': it ended" idle 'exit 3'
expect 1 "came back than was sent" pingpong --rounds 1 --duration 50ms \
    "python3 -c '$wrong_echo'"
for size in 1 64 300000; do
	expect 0 "^await .* [0-9]" pingpong --connections 3 --size "$size" \
	    --rounds 2 --duration 50ms --turn 10ms --server-cpu -1 \
	    --generator-cpu -1 epoll await
done

quick='--connections 3 --rounds 1 --duration 20ms --turn 10ms --server-cpu -1
    --generator-cpu -1'
for load in '--depth 16' '--churn' '--churn --size 64K' '--rate 1000' \
    '--percent-of-peak 50' '--messages 1 --size 1M'; do
	# shellcheck disable=SC2086 # words are wanted
	expect 0 '^{"round": 0, "server": 1, "connections": 3, "messages": [1-9]' \
	    pingpong $quick --json $load epoll await
done
# shellcheck disable=SC2086 # words are wanted
expect 0 '"allocations": 0, ' pingpong $quick --json --count-allocations \
    "$(cd "$bench" && pwd)/malloc-count.so" await
expect 2 "^pingpong: --churn goes with none" pingpong --churn --depth 2
# shellcheck disable=SC2086 # words are wanted
expect 1 "came back than was sent" pingpong $quick --churn \
    "python3 -c '$wrong_echo'"
expect 0 '^{"connections": 20, ' idle --json --connections 20 await
expect 0 '^after 1 s of rest, each: [0-9]* bytes resident$' \
    idle --connections 101 --rest 1 await
# shellcheck disable=SC2086 # words are wanted
expect 0 '"server": 2, "connections": 12, "messages": [1-9]' \
    pingpong $quick --json --doubling epoll epoll epoll
expect 2 "with at most 8 servers" pingpong --doubling 1 2 3 4 5 6 7 8 9

# TLS.
expect 2 "^pingpong: --resume needs --tls" pingpong --resume
if ! command -v openssl >/dev/null 2>&1; then
	echo "openssl is not installed; on Debian: apt install openssl"
	[ "${CI:-}" != true ] || exit 1
	exit 0
fi
openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
    -days 2 -subj /CN=localhost -keyout "$log.key" -out "$log.crt" \
    >"$log" 2>&1 || fail "openssl req:"
cat "$log.key" "$log.crt" >"$pem"
tls_echo="$bench/peers/tls-epoll-echo $pem"
for version in 1.2 1.3; do
	for load in '' '--depth 16' '--size 300000' '--rate 1000' \
	    --churn '--churn --size 64K' '--churn --resume' --resume; do
		# shellcheck disable=SC2086 # words are wanted
		expect 0 '"server": 1, "connections": 3, "messages": [1-9]' \
		    pingpong $quick --json --tls $version $load "$tls_echo" \
		    "$tls_echo"
	done
	expect 0 '^{"connections": 20, ' \
	    idle --json --connections 20 --tls $version "$tls_echo"
done
# refused TEXT SERVER [ARGUMENT...]: a server that can't be measured so.
refused()
{
	text=$1 server=$2
	shift 2
	# shellcheck disable=SC2086 # words are wanted
	expect 1 "$text" pingpong $quick --tls 1.3 "$@" "$server"
}
echo "$tls_server" >"$log.py"
python="python3 $log.py $pem"
refused "came back than was sent" "$python TLSv1_3 wrong" --churn
refused "came back than was sent" "$python TLSv1_3 wrong" --connections 1
refused "gives no session to resume" "$python TLSv1_3 right" --resume
refused "protocol version" "$python TLSv1_2 right" --connections 1
refused "unexpected message" epoll
expect 1 "^idle: connection 1: unexpected message" idle --tls 1.3 epoll
