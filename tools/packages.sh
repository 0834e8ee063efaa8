# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
# shellcheck shell=sh
# shellcheck disable=SC2034 # the lists are for the scripts that read this file
#
# The Debian packages that the project needs, and how to get them.

# For ./autogen.sh, ./configure and make.
PACKAGES_BUILD="autoconf automake gcc libc6-dev libconfuse-dev libevent-dev
    libjansson-dev libseccomp-dev libssl-dev libsystemd-dev libtool make
    pkg-config zlib1g-dev"

# For bench/run.sh, beside those.
PACKAGES_BENCH="openssl python3"

# For tools/demo.sh, beside those for building.
PACKAGES_DEMO="netcat-openbsd openssl"

# For tools/test.sh, beside those for building.  What echod is compared with is
# among them where it is small; golang-go and nodejs are left to who wants them.
# chromium, which looks at the HTML report, takes 290 MB.
PACKAGES_TEST="bash busybox-static check chromium clang curl dbus debhelper
    dpkg-dev gcc-aarch64-linux-gnu gdb gnutls-bin haproxy iproute2 ipvsadm kmod
    libc6-dbg libc6-dev-arm64-cross lintian liburing-dev libuv1-dev mandoc
    mmdebstrap ncat netcat-openbsd openmpi-bin openssl parallel procps
    prometheus python3 python3-jsonschema python3-uvloop qemu-system-x86
    qemu-user shellcheck socat sockperf sslscan strace systemd
    systemd-container telnet util-linux valgrind xinetd xz-utils"

# Says which of the named packages are not installed.
packages_missing()
{
	for package in "$@"; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" \
		    2>/dev/null) in
		installed) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# Runs a command as root.
packages_as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		echo "Neither root nor sudo is here to run: $*" >&2
		return 1
	fi
}

packages_apt()
{
	packages_as_root env DEBIAN_FRONTEND=noninteractive \
	    apt-get -qq -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

# Installs those of the named packages that are missing, with what they need
# and nothing else.
packages_install()
{
	if ! command -v dpkg-query >/dev/null 2>&1; then
		echo "This is not Debian; see to it that there is what these" \
		    "packages hold: $*"
		return 0
	fi
	missing=$(packages_missing "$@")
	if [ -z "$missing" ]; then
		return 0
	fi
	echo "Installing Debian packages: $missing"
	# The lists may be absent, or older than what the mirror holds.
	# shellcheck disable=SC2086 # words are wanted
	packages_apt install -y --no-install-recommends $missing 2>/dev/null ||
	    { packages_apt update &&
	    packages_apt install -y --no-install-recommends $missing; }
}
