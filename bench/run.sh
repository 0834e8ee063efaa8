#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: sh bench/run.sh [--connections N,...] [--size BYTES,...]
#     [--cases NAME,...] [--peers NAME,...] [--seconds S] [--rounds N]
#     [--output DIR] ...
#
# Installs what is missing for a build, builds echod and the measuring programs,
# and compares echod with its peers; --help names everything that can be chosen.
# Nothing but the folder build, the folder for the results and the installed
# packages is changed.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=$top/build
# shellcheck source=tools/packages.sh
. "$top/tools/packages.sh"
# shellcheck source=tools/build.sh
. "$top/tools/build.sh"

# What can't be understood is told before anything is built.
COMPARE_NAME=run.sh
export COMPARE_NAME
compare=$top/bench/compare.py
python3 -B "$compare" --only-options "$@"

make_programs()
{
	build_copy_source && build_make bench &&
	    make -C "$build/bench" -j"$(nproc)" bench-programs
}

mkdir -p "$build"
# shellcheck disable=SC2086 # words are wanted
packages_install $PACKAGES_BUILD $PACKAGES_BENCH
echo "Building in $build/bench"
if ! make_programs >"$build/bench.log" 2>&1 </dev/null; then
	tail -n 40 "$build/bench.log"
	echo "run.sh: the build failed; all of it is in $build/bench.log" >&2
	exit 1
fi
exec python3 -B "$compare" --build "$build/bench" "$@"
