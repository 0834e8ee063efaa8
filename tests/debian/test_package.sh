#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Builds the Debian packages from what would be in the tarball, has lintian look
# at them, and package-inside.sh install, use and purge them in a clean Debian,
# where systemd is process 1.  Run from the build folder.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=${top_srcdir:-$here/../..}
build=$(cd "${top_builddir:-.}" && pwd)
: "${MAKE:=make}"

# Skips what this machine can't run; CI's machines must.
lacking()
{
	echo "test_package: $*"
	if [ "${CI:-}" = true ]; then
		echo "test_package: CI=true allows no gaps"
		exit 1
	fi
	echo "test_package: skipped: $*"
	exit 77
}

fail()
{
	echo "test_package: $*"
	exit 1
}

[ -f "$build/Makefile" ] || fail "no Makefile here: run this in the build"
[ "$(id -u)" = 0 ] || lacking "this needs root"
for tool in apt-get dh dpkg-buildpackage lintian mmdebstrap systemd-nspawn; do
	command -v $tool >/dev/null || lacking "$tool is not installed"
done

# What configure asks for is what the packages are built with.
control=$source/debian/control
sed -n 's/.*\[\([a-z0-9]*-dev\)\].*/\1/p' "$source/configure.ac" |
    while read -r package; do
	grep -q "^ $package\\( \\|,\\|$\\)" "$control" ||
	    fail "debian/control does not have $package, which configure asks for"
done

folder=$(mktemp -d /var/tmp/test_package.XXXXXX)
root=$folder/root
system=
clean_up()
{
	[ -z "$system" ] || { kill "$system" && wait "$system"; } 2>/dev/null ||
	    :
	rm -rf --one-file-system "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# took NAME: tells how long what follows it took.
started=$(date +%s)
took()
{
	now=$(date +%s)
	echo "$1: $((now - started)) s"
	started=$now
}

# ---- a clean Debian, of the release and from the mirror of this machine's

# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    "Codename: $release" 'Component: main' | head -n 1)
[ -n "$mirror" ] || lacking "apt knows no mirror of $release"
# It mounts, which is to be seen by nobody else, and to end with it.
unshare --mount --propagation private \
    mmdebstrap --quiet --variant=apt --include=netcat-openbsd,systemd \
    --skip=cleanup/apt/lists --aptopt='Acquire::Languages "none"' \
    --dpkgopt=force-unsafe-io "$release" "$root" "$mirror" \
    >"$folder/system.log" 2>&1 &
system=$!

# ---- the packages

# The jobs of the make that runs this test are not ours to use.
unset MAKEFLAGS MFLAGS MAKELEVEL
"$MAKE" -C "$build" distdir distdir="$folder/echod" >"$folder/log" 2>&1 || {
	cat "$folder/log"
	fail "make distdir failed"
}
took "make distdir"
processors=$(nproc)
(
	# What was set for the programs' own build and tests.
	unset CC CFLAGS CPPFLAGS LDFLAGS
	# Tests have been run, and symbols for debuggers are not looked at.
	export DEB_BUILD_PROFILES=nocheck DEB_CFLAGS_STRIP=-g
	export DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$processors"
	# All that debian/control names is needed, but not a compiler of C++,
	# which comes with build-essential.
	cd "$folder/echod" && dpkg-checkbuilddeps -I &&
	    dpkg-buildpackage --no-sign --no-check-builddeps
) >"$folder/log" 2>&1 || {
	cat "$folder/log"
	fail "dpkg-buildpackage failed"
}
took dpkg-buildpackage
tags=$(lintian --allow-root --display-info --fail-on info \
    "$folder"/echod_*.changes) || fail "lintian: $tags"
took lintian
# By itself each package is whole.
for package in echod libawait-dev; do
	dpkg -x "$folder/${package}"_*.deb "$folder/$package.files"
	python3 -B "$here/../doc/test_links.py" "$folder/$package.files" ||
	    fail "a link in the documents of $package leads nowhere"
done

# ---- in the clean Debian

packages=$root/srv/packages
wait "$system" || {
	system=
	cat "$folder/system.log"
	fail "mmdebstrap failed"
}
system=
took "clean Debian, waited for"
mkdir "$packages"
cp "$folder"/*.deb "$source/debian/tests/service" "$packages"
sh "$source/tools/make-certs.sh" "$packages/certificates" >/dev/null

# Built with the development files; what comes of it is for the container.
for package in libawait-dev libawait0; do
	dpkg -x "$folder/${package}"_*.deb "$folder/files"
done
libraries=$(dirname "$(find "$folder/files" -name libawait.a)")
(
	cd "$source" &&
	PKG_CONFIG_PATH=$libraries/pkgconfig \
	PKG_CONFIG_SYSROOT_DIR=$folder/files LD_LIBRARY_PATH=$libraries \
	AUTOPKGTEST_TMP=$packages sh debian/tests/library
) || fail "debian/tests/library"

# The container has no network, so what the packages need is fetched before.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
chroot "$root" sh -c 'apt-get -qq -y -o APT::Sandbox::User=root \
    --no-install-recommends --download-only install /srv/packages/*.deb' \
    >"$folder/log" 2>&1 || {
	cat "$folder/log"
	fail "apt-get can't fetch what the packages depend on"
}
took "fetching what they need"
bash "$here/../programs/systemd-container.sh" -t 120 -r "$root" \
    "$here/package-inside.sh"
took "install, use, purge"
