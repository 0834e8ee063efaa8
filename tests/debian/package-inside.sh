#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: package-inside.sh
#
# Installs the packages in /srv/packages, uses them, and removes them without a
# trace.  This is for a clean Debian that is thrown away; test_package.sh runs
# it in one.

set -eu

packages=/srv/packages
configuration=/etc/echod/echod.conf
export DEBIAN_FRONTEND=noninteractive

fail()
{
	journalctl --no-pager --unit=echod --output=short-precise
	echo "FAILED  $*"
	exit 1
}

ok()
{
	echo "ok      $*"
}

# apt ARGUMENT...: shows what it says if it fails, or if a package's script
# complains.
apt()
{
	apt-get -q -y -o Dpkg::Use-Pty=0 "$@" >/tmp/apt 2>&1 || {
		cat /tmp/apt
		fail "apt-get $*"
	}
	if grep -iE '^(W|E|Warning|dpkg: warning|[a-z.-]*: error)' /tmp/apt; then
		fail "apt-get $* complained"
	fi
	ok "apt-get $*"
}

# What there is: packages, each file with its owner and mode, what is in those
# of /etc, and units.  Left out are what apt and dpkg keep about their own work,
# the cache of ldconfig, and the copies that programs like useradd make of the
# files of users before they change them.
snapshot()
{
	dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n'
	find / -xdev \( -path /var/cache -o -path /var/lib/apt \
	    -o -path /var/lib/dpkg -o -path /var/log -o -path $packages \) \
	    -prune -o -printf '%y %m %U:%G %p %l\n' | sort
	find /run -maxdepth 2 -name 'echo*'
	find /etc -type f ! -name ld.so.cache ! -path '/etc/*passwd-' \
	    ! -path '/etc/*shadow-' ! -path '/etc/group-' \
	    -exec md5sum {} + | sort
	# It fails where there are none.
	systemctl list-units --all --plain --no-legend 'echo*' || :
	systemctl list-unit-files --plain --no-legend 'echo*' || :
}

main_pid()
{
	systemctl show -P MainPID echod
}

# hello PORT: what comes back for a hello.
hello()
{
	echo hello | timeout 5 nc -N 127.0.0.1 "$1" || :
}

# Nobody can make a user namespace in a chroot, which this container may be in.
unshare --user true 2>/dev/null || {
	echo "note    no user namespaces here: PrivateUsers= is left out"
	mkdir -p /run/systemd/system/echod.service.d
	printf '[Service]\nPrivateUsers=no\n' \
	    >/run/systemd/system/echod.service.d/users.conf
}

cd $packages
! getent passwd echod >/dev/null || fail "there is a user echod before"
snapshot >/tmp/before

apt install --no-install-recommends ./*.deb
sh ./service || fail "debian/tests/service"
said=$(./hello)
case $said in
"hello, libawait "*) ok "$said" ;;
*) fail "a program that uses libawait0 said '$said'" ;;
esac
[ -s /usr/share/doc/libawait-dev/examples/01_hello.c ] ||
    fail "no examples are installed"

# A key is for the group echod to read, as the README has it.
tls=/etc/echod/tls
install -d -m 750 -g echod $tls
install -m 640 -g echod certificates/server.* $tls
mkdir /etc/echod/conf.d
cat >/etc/echod/conf.d/secure.conf <<'EOF'
listener "secure" {
	listen = "127.0.0.1:7443"
	tls = yes
	tls_certificate = "/etc/echod/tls/server.pem"
	tls_key = "/etc/echod/tls/server.key"
}
EOF
sed -i 's/^#include/include/' $configuration
systemctl reload echod || fail "the reload"
said=$(echo-client --tls --ca certificates/ca.pem 127.0.0.1:7443 hello) ||
    fail "by TLS: $said"
ok "a reload with a key that the group may read"
rm -r $tls /etc/echod/conf.d

# A newer version keeps what was configured, and runs at once.
cat >>$configuration <<'EOF'
listener "mine" {
	listen = "127.0.0.1:7017"
}
EOF
pid=$(main_pid)
apt install --reinstall ./echod_*.deb
[ "$(main_pid)" != "$pid" ] || fail "the old program still runs"
[ "$(hello 7017)" = hello ] || fail "the changed configuration is not used"
ok "a restart with the changed configuration"

# Enabled by whoever wants it, the socket goes too.
systemctl enable --quiet --now echod.socket 2>/dev/null &&
    fail "the socket and the daemon have the same address"
systemctl stop echod
systemctl start echod.socket
[ "$(hello 7007)" = hello ] || fail "the socket does not start the daemon"
systemctl is-active --quiet echod.service || fail "who answered?"
ok "the socket starts the daemon"
apt remove echod
! nc -z 127.0.0.1 7007 || fail "something listens after the removal"
grep -q 7017 $configuration || fail "the removal took the configuration"
ok "a removal stops all and keeps the configuration"

apt purge --autoremove echod echod-clients libawait0 libawait-dev
rm -rf /run/systemd/system/echod.service.d
systemctl daemon-reload
systemctl reset-failed
snapshot >/tmp/after
sed -i '/ \/tmp/d' /tmp/before /tmp/after
diff /tmp/before /tmp/after ||
    fail "a trace is left (>), or too much is gone (<)"
ok "purged without a trace, of $(wc -l </tmp/before) lines of files and users"
