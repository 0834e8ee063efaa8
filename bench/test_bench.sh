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
log=$(mktemp "${TMPDIR:-/tmp}/test_bench.XXXXXX")
trap 'rm -f "$log"' EXIT
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
	expect 0 '^{"round": 0, "server": 1, "messages": [1-9]' \
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
