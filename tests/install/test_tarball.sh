#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Compares the folders of the source with what make dist packs: nothing is left
# out.  So a build from the tarball needs no more than a few tests of its own.

set -eu

: "${top_srcdir:?run by make check}" "${top_builddir:?run by make check}"
: "${MAKE:=make}"

if [ -f "$top_srcdir/config.status" ]; then
	echo "test_tarball: skipped: built in the source, which has more files"
	exit 77
fi
top_srcdir=$(cd "$top_srcdir" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/test_tarball.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# The jobs of the make that runs this test are not ours to use.
unset MAKEFLAGS MFLAGS MAKELEVEL
"$MAKE" -C "$top_builddir" distdir distdir="$folder/packed" \
    am__remove_distdir=: am__skip_length_check=: >"$folder/log" 2>&1 ||
    { cat "$folder/log"; echo "test_tarball: make distdir failed"; exit 1; }

# Prints the files of a tree in its own folders and at its top.
files()
{
	(cd "$1" && {
		find bench conf debian doc examples man src systemd tests tools \
		    -name __pycache__ -prune -o -type f -print
		ls README.md CONTRIBUTING.md LICENSE configure.ac Makefile.am \
		    autogen.sh .ci/run .clang-format
	}) | sort
}
files "$top_srcdir" >"$folder/source"
files "$folder/packed" >"$folder/list"
comm -23 "$folder/source" "$folder/list" >"$folder/missing"
if [ -s "$folder/missing" ]; then
	cat "$folder/missing"
	echo "test_tarball: the files above are not in EXTRA_DIST or SOURCES"
	exit 1
fi
echo "the tarball has all $(wc -l <"$folder/source") files of the source"
