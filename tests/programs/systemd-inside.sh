#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: systemd-inside.sh PREFIX UNITS
#
# Runs echod, installed below PREFIX with its units in the folder UNITS, as a
# service of systemd.  This is for a container that is thrown away;
# test_systemd.sh runs it in one.

set -u

prefix=$1
units=$2
failed=0
failures=

# fail WHAT: said at once, and again at the end, behind the journal.
fail()
{
	echo "FAILED  $1"
	failed=$((failed + 1))
	failures="$failures
$failed: $1"
}

# check WHAT COMMAND...: a command that must succeed.
check()
{
	what=$1
	shift
	if said=$("$@" 2>&1); then
		echo "ok      $what"
	else
		fail "$what: '$*' exited with $?: $said"
	fi
}

# check_same WHAT GOT EXPECTED
check_same()
{
	if [ "$2" = "$3" ]; then
		echo "ok      $1: $2"
	else
		fail "$1: got '$2', expected '$3'"
	fi
}

# property UNIT NAME
property()
{
	systemctl show --property="$2" --value "$1"
}

show_journal()
{
	echo "$failed checks failed; the journal of echod:"
	journalctl --no-pager --unit=echod --unit=echod.socket \
	    --output=short-precise
	echo "what failed:$failures"
}

main_pid()
{
	property echod.service MainPID
}

# hello ADDRESS PORT: what comes back for a hello.
hello()
{
	echo hello | timeout 5 nc -N "$1" "$2" 2>&1
}

# check_hello WHAT: both addresses serve, now and not in a while.
check_hello()
{
	check_same "$1 127.0.0.1" "$(hello 127.0.0.1 7007)" hello
	check_same "$1 ::1" "$(hello ::1 7007)" hello
}

# wait_for WHAT COMMAND...: a command that must succeed within 10 seconds.
wait_for()
{
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -ge 200 ]; then
			check "$what" "$@"
			return
		fi
		sleep 0.05
	done
	echo "ok      $what"
}

# journal_count PRIORITY TEXT: lines of echod itself with that priority.
journal_count()
{
	journalctl --sync
	journalctl --no-pager --quiet --unit=echod --output=json \
	    PRIORITY="$1" _COMM=echod --grep="$2" | wc -l
}

is_active()
{
	systemctl is-active --quiet "$1"
}

is_a_new_process()
{
	is_active echod.service && [ "$(main_pid)" != 0 ] &&
	    [ "$(main_pid)" != "$1" ]
}

# ---- installation

# For the shared library, and for units where systemd doesn't look.
echo "$prefix/lib" >/etc/ld.so.conf.d/echod.conf
ldconfig
systemctl cat echod.service >/dev/null 2>&1 ||
    cp "$units"/echod.service "$units"/echod.socket /etc/systemd/system/
# As it is shipped, so before anything is left out.
check "the unit's exposure is at most 1.0" systemd-analyze security \
    --offline=true --threshold=10 --no-pager "$units/echod.service"
# Nobody can make a user namespace in a chroot, which this container may be in.
unshare --user true 2>/dev/null || {
	echo "note    no user namespaces here: PrivateUsers= is left out"
	mkdir -p /run/systemd/system/echod.service.d
	printf '[Service]\nPrivateUsers=no\n' \
	    >/run/systemd/system/echod.service.d/users.conf
}
systemctl daemon-reload
check "the units are valid" systemd-analyze verify --man=no \
    --recursive-errors=no echod.service echod.socket

# ---- start, stop, crash

check "start" systemctl start echod
# Without it, nothing that follows means anything.
[ $failed = 0 ] || {
	show_journal
	exit 1
}
check_hello "a start blocks until it serves:"
check_same "type" "$(property echod.service Type)" notify
status=$(property echod.service StatusText)
check "status text: $status" test -n "$status"
check "it does not run as root" test "$(stat -c %u "/proc/$(main_pid)")" != 0
thread_fields()
{
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(main_pid)"/task/*/status |
	    sort -u
}
check_same "filters of system calls" "$(thread_fields Seccomp)" 2
check_same "new privileges" "$(thread_fields NoNewPrivs)" 1
check_same "capabilities" "$(thread_fields CapEff)" 0000000000000000
check_same "what it has given up itself" \
    "$(journal_count 6 'sandbox: files .* and system calls')" 1
check "it sees no home folders" test ! -e "/proc/$(main_pid)/root/home"
check_same "log lines, by priority: ready" "$(journal_count 5 ready)" 1
check_same "log lines, by priority: listening on" \
    "$(journal_count 5 'listening on')" 2
check_same "priorities in the text" "$(journalctl --no-pager --quiet \
    --unit=echod --output=cat _COMM=echod | grep -c '^<')" 0

# The status text has live counts, so it is asked often.
mkdir -p /run/systemd/system/echod.service.d
printf '[Service]\nWatchdogSec=1\n' >/run/systemd/system/echod.service.d/often.conf
systemctl daemon-reload
systemctl restart echod
mkfifo /root/counted
(printf 'x' && cat /root/counted) | socat -t 10 - TCP:127.0.0.1:7007 \
    >/dev/null 2>&1 &
client=$!
exec 9>/root/counted
status_says()
{
	property echod.service StatusText | grep -q "$1"
}
wait_for "the status counts a client" status_says \
    'Serving; connections: 1 of 1 so far'
exec 9>&-
wait $client
wait_for "and that it has gone" status_says \
    'Serving; connections: 0 of 1 so far'
rm /run/systemd/system/echod.service.d/often.conf
systemctl daemon-reload
systemctl restart echod

first=$(main_pid)
check "reload" systemctl reload echod
is_reloaded()
{
	[ "$(journal_count 5 'reloaded: ')" = 1 ]
}
wait_for "the reload came" is_reloaded
check_same "process after a reload" "$(main_pid)" "$first"
check_hello "after a reload:"
check "restart" systemctl restart echod
check_hello "after a restart:"
check "it is a new process" is_a_new_process "$first"

# systemd keeps the sockets meanwhile, so whoever comes has to wait, but is not
# refused.
(while [ ! -e /root/enough ]; do
	hello 127.0.0.1 7007 || echo "exit status $?"
done) >/root/knocking 2>&1 &
knocking=$!
for _ in 1 2 3 4 5; do
	systemctl reset-failed echod
	check "restart while clients come" systemctl restart echod
done
touch /root/enough
wait $knocking
check "they were served" grep -q '^hello$' /root/knocking
check_same "those who were refused" "$(grep -cv '^hello$' /root/knocking)" 0

second=$(main_pid)
kill -9 "$second"
wait_for "SIGKILL brings a new process" is_a_new_process "$second"
check_hello "after SIGKILL:"
check_same "restarts that systemd counts" \
    "$(property echod.service NRestarts)" 1

# A client with a connection sees the end of the stream, not a reset.
mkfifo /root/hold
(printf 'x' && cat /root/hold) | socat -t 10 - TCP:127.0.0.1:7007 \
    >/root/held 2>/root/held.errors &
client=$!
exec 9>/root/hold
wait_for "a client is connected" test -s /root/held
check "stop" systemctl stop echod
exec 9>&-
wait $client
check_same "the client's errors" "$(cat /root/held.errors)" ""
check_same "result of the stop" "$(property echod.service Result)" success
check_same "exit status" "$(property echod.service ExecMainStatus)" 0

# ---- the watchdog

mkdir -p /run/systemd/system/echod.service.d
cat >/run/systemd/system/echod.service.d/watchdog.conf <<END
[Service]
ExecStart=
ExecStart=$prefix/sbin/echod --listen 127.0.0.1:7007 --listen [::1]:7007 --workers 2
WatchdogSec=1
LimitCORE=0
END
systemctl daemon-reload
check "start with a watchdog" systemctl start echod
before=$(property echod.service NRestarts)
sleep 2
check_same "restarts while all goes well" \
    "$(property echod.service NRestarts)" "$before"
stuck=$(main_pid)
python3 "$prefix/stopped_thread.py" "$stuck" "worker 1" 20 &
holder=$!
wait_for "a stuck worker trips it" sh -c "journalctl --sync
    journalctl --quiet --unit=echod --grep='Watchdog timeout' | grep -q ."
# A traced thread does not die until its tracer has seen it.
kill $holder 2>/dev/null
wait $holder
wait_for "it brings a new process" is_a_new_process "$stuck"
check_hello "after the watchdog:"
check_same "lines about the stuck worker" "$(journal_count 3 'not turned')" 1
check "stop" systemctl stop echod
rm /run/systemd/system/echod.service.d/watchdog.conf
systemctl daemon-reload

# ---- a start that fails

socat TCP-LISTEN:7007,bind=127.0.0.1,reuseaddr,fork EXEC:true &
other=$!
wait_for "another server has the port" sh -c "ss -ltn | grep -q :7007"
mkdir -p /run/systemd/system/echod.service.d
printf '[Service]\nRestart=no\n' >/run/systemd/system/echod.service.d/once.conf
systemctl daemon-reload
if systemctl start echod 2>/dev/null; then
	check "a start on a port in use fails" false
fi
check_same "exit status" "$(property echod.service ExecMainStatus)" 1
check_same "lines with priority error" "$(journal_count 3 'in use')" 1
kill $other
wait $other
systemctl reset-failed echod

# ---- socket activation

check "start of the socket" systemctl start echod.socket
check_same "state of the service" \
    "$(systemctl is-active echod.service)" inactive
check_hello "socket activation:"
check "the first client has started the service" is_active echod.service
third=$(main_pid)
check "restart" systemctl restart echod
check "it is a new process" is_a_new_process "$third"
check_hello "after a restart with sockets:"
check "stop of both" systemctl stop echod.socket echod.service
check_same "result of the stop" "$(property echod.service Result)" success
check "nothing listens any more" sh -c "! ss -ltn | grep :7007"

# A port that only root may open, though echod is not root.
mkdir -p /run/systemd/system/echod.socket.d
printf '[Socket]\nListenStream=\nListenStream=7\n' \
    >/run/systemd/system/echod.socket.d/port.conf
systemctl daemon-reload
check "start of the socket at port 7" systemctl start echod.socket
check_same "port 7" "$(hello 127.0.0.1 7)" hello
check "stop of both" systemctl stop echod.socket echod.service

# ---- several sockets, each for a listener by its name

for name in one two; do
	cat >/run/systemd/system/echod-$name.socket <<END
[Socket]
ListenStream=127.0.0.1:$([ $name = one ] && echo 7101 || echo 7102)
FileDescriptorName=$name
Service=echod.service
END
done
cat >/etc/named.conf <<END
listener "two" { listen = "127.0.0.1:1" access_log = yes }
listener "one" { listen = "127.0.0.1:2" access_log = yes }
END
cat >/run/systemd/system/echod.service.d/named.conf <<END
[Service]
ExecStart=
ExecStart=$prefix/sbin/echod --config /etc/named.conf
Sockets=echod-one.socket echod-two.socket
END
systemctl daemon-reload
check "start of named sockets" systemctl start echod-one.socket \
    echod-two.socket
check_same "the one" "$(hello 127.0.0.1 7101)" hello
check_same "the other" "$(hello 127.0.0.1 7102)" hello
# The names decide, not the order.
has_closed()
{
	[ "$(journal_count 6 "closed listener=$1 ")" = 1 ]
}
wait_for "a connection of listener one" has_closed one
wait_for "a connection of listener two" has_closed two

# Limits hold on them as well; who waits for a place is left to the next echod.
cat >/etc/named.conf <<END
max_connections = 1
listener "two" { listen = "127.0.0.1:1" }
listener "one" { listen = "127.0.0.1:2" max_per_address = 1 access_log = yes }
END
check "restart with limits" systemctl restart echod
mkfifo /root/hold_place
(printf 'x' && cat /root/hold_place) | socat -t 10 - TCP:127.0.0.1:7101 \
    >/root/placed 2>/root/placed.errors &
client=$!
exec 9>/root/hold_place
wait_for "a client has the place" test -s /root/placed
hello 127.0.0.1 7102 >/root/late &
late=$!
is_full()
{
	[ "$(journal_count 4 'max_connections is reached, 1: .* wait')" = 1 ]
}
wait_for "another one waits" is_full
check_same "what it has" "$(cat /root/late)" ""
check "restart while it waits" systemctl restart echod
wait $late
check_same "what it has then" "$(cat /root/late)" hello
exec 9>&-
wait $client
check_same "the other's errors" "$(cat /root/placed.errors)" ""
check "stop of all" systemctl stop echod-one.socket echod-two.socket \
    echod.service
rm /run/systemd/system/echod.service.d/named.conf

# ---- port 7 by a capability

echo 'listener "low" { listen = "127.0.0.1:7" }' >/etc/low.conf
cat >/run/systemd/system/echod.service.d/low.conf <<END
[Service]
ExecStart=
ExecStart=$prefix/sbin/echod --config /etc/low.conf
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
PrivateUsers=no
END
systemctl daemon-reload
check "start with a capability" systemctl start echod
check_same "port 7" "$(hello 127.0.0.1 7)" hello
check "it is not root" test "$(stat -c %u "/proc/$(main_pid)")" != 0
check_same "its capability" "$(thread_fields CapEff)" 0000000000000400
# So a reload can add another.
echo 'listener "lower" { listen = "127.0.0.1:9" }' >>/etc/low.conf
check "reload" systemctl reload echod
serves_discard()
{
	[ "$(hello 127.0.0.1 9)" = hello ]
}
wait_for "another low port after a reload" serves_discard
check "stop" systemctl stop echod
rm /run/systemd/system/echod.service.d/low.conf
systemctl daemon-reload

# ---- a Unix socket, whose folder systemd removes at each restart

cat >/etc/unix.conf <<END
listener "both" { listen = { "127.0.0.1:7007", "unix:/run/echod/s\xc3\xa9" } }
END
cat >/run/systemd/system/echod.service.d/unix.conf <<END
[Service]
ExecStart=
ExecStart=$prefix/sbin/echod --config /etc/unix.conf
END
systemctl daemon-reload
check "start with a Unix socket" systemctl start echod
for _ in 1 2; do
	check_same "a Unix socket" "$(echo hello | timeout 5 socat -t 5 - \
	    UNIX-CONNECT:/run/echod/sé)" hello
	check_same "beside it" "$(hello 127.0.0.1 7007)" hello
	check "restart" systemctl restart echod
done
check_same "a Unix socket after restarts" "$(echo hello | timeout 5 \
    socat -t 5 - UNIX-CONNECT:/run/echod/sé)" hello
check "stop" systemctl stop echod
rm /run/systemd/system/echod.service.d/unix.conf
systemctl daemon-reload

# ---- TLS, by a key that only a group may read

# make_certificate NAME
make_certificate()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$1" -days 2 -keyout /etc/echod-tls/key.pem \
	    -out /etc/echod-tls/cert.pem 2>/dev/null
	chgrp echod-keys /etc/echod-tls/key.pem
	chmod 640 /etc/echod-tls/key.pem
}

# served_as NAME: whether clients get that certificate.
served_as()
{
	openssl s_client -connect 127.0.0.1:7443 </dev/null 2>/dev/null |
	    grep -q "subject=CN = $1"
}

groupadd --system echod-keys
mkdir /etc/echod-tls
make_certificate first
cat >/etc/echod-tls/echod.conf <<END
listener "secure" {
	listen = "127.0.0.1:7443"
	tls = yes
	tls_certificate = /etc/echod-tls/cert.pem
	tls_key = /etc/echod-tls/key.pem
}
END
cat >/run/systemd/system/echod.service.d/tls.conf <<END
[Service]
ExecStart=
ExecStart=$prefix/sbin/echod --config /etc/echod-tls/echod.conf
SupplementaryGroups=echod-keys
END
systemctl daemon-reload
check "start with TLS" systemctl start echod
check "the certificate" served_as first
check_same "warnings about the key" "$(journal_count 4 'others than')" 0
make_certificate second
check "reload" systemctl reload echod
wait_for "the renewed certificate" served_as second
check "stop" systemctl stop echod
check_same "result of the stop" "$(property echod.service Result)" success

[ $failed = 0 ] || {
	show_journal
	exit 1
}
