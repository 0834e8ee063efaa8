#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: test_systemd.sh [SCRIPT]
#
# Installs what was built into a container, where systemd is process 1, and has
# systemd-inside.sh, or the script, run the service there.  Run from the build
# folder.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${top_builddir:-.}
: "${MAKE:=make}"

# Skips what this machine can't run; CI's machines must.
lacking()
{
	echo "test_systemd: $*"
	if [ "${CI:-}" = true ]; then
		echo "test_systemd: CI=true allows no gaps"
		exit 1
	fi
	exit 77
}

not_for()
{
	echo "test_systemd: skipped: $*"
	exit 77
}

[ -f "$build/Makefile" ] || {
	echo "test_systemd: no Makefile here; run this from the build folder"
	exit 1
}
[ -z "${ECHOD_WRAPPER:-}" ] || not_for "the service runs without a wrapper"
grep -q '^SANITIZER_CFLAGS = *$' "$build/Makefile" ||
    not_for "the unit's limits are too tight for sanitizers"
[ "$(id -u)" = 0 ] || lacking "this needs root"
for tool in systemd-nspawn journalctl socat nc ss; do
	command -v $tool >/dev/null || lacking "$tool is not installed"
done

folder=$(mktemp -d /var/tmp/test_systemd.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# The jobs of the make that runs this test are not ours to use.
unset MAKEFLAGS MFLAGS MAKELEVEL
"$MAKE" -C "$build" install DESTDIR="$folder/layer" >"$folder/log" 2>&1 || {
	cat "$folder/log"
	exit 1
}

# A prefix such as one in /tmp is not to be seen in the container.
prefix=$(sed -n 's/^prefix = //p' "$build/Makefile")
case $prefix in
/usr | /usr/local)
	place=$prefix
	;;
*)
	place=/opt/echod
	mkdir -p "$folder/moved/opt"
	mv "$folder/layer$prefix" "$folder/moved$place"
	rm -rf "$folder/layer"
	mv "$folder/moved" "$folder/layer"
	;;
esac
cp "$here/stopped_thread.py" "$folder/layer$place/"
units=$(find "$folder/layer" -name echod.service)
[ -n "$units" ] || not_for "configured without units"
units=${units%/echod.service}
sed -i "s,$prefix/,$place/,g" "$units"/echod.*

bash "$here/systemd-container.sh" -t 60 -l "$folder/layer" \
    "${1:-$here/systemd-inside.sh}" "$place" "${units#"$folder/layer"}"
