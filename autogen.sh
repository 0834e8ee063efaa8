#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Makes configure from configure.ac.

set -eu
cd "$(dirname "$0")"

missing=
need()
{
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need autoreconf autoconf
need automake automake
need libtoolize libtool
need pkg-config pkg-config
if [ -n "$missing" ]; then
	echo "autogen.sh: these are missing:$missing" >&2
	echo "autogen.sh: on Debian: apt install$missing" >&2
	exit 1
fi

autoreconf --force --install
echo "Next: ./configure, or from a build folder /path/to/configure."
