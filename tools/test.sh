#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: sh tools/test.sh [--quick]
#
# Installs what is missing, builds the project and runs all of its tests, in
# every way that it can be built; with --quick only make check.  Nothing but the
# folder build and the installed packages is changed.  The last line is
# "N passed, N failed, N skipped".

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=$top/build
logs=$build/logs
# shellcheck source=tools/packages.sh
. "$top/tools/packages.sh"
# shellcheck source=tools/build.sh
. "$top/tools/build.sh"

case $#,${1-} in
0,) quick=no ;;
1,--quick) quick=yes ;;
*)
	echo "usage: sh tools/test.sh [--quick]" >&2
	exit 2
	;;
esac

passed=0 failed=0 skipped=0

# step NAME COMMAND...: runs one step, its output into a log.
step()
{
	name=$1
	shift
	started=$(date +%s)
	printf '%-16s ' "$name"
	status=0
	"$@" >"$logs/$name.log" 2>&1 </dev/null || status=$?
	seconds=$(($(date +%s) - started))
	return 0
}

# count PASSED FAILED SKIPPED: ends a step's line and adds to the sums.
count()
{
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	echo "$1 passed, $2 failed, $3 skipped (${seconds} s)"
}

# A step that has no tests of its own.
must()
{
	step "$@"
	if [ "$status" = 0 ]; then
		echo "done (${seconds} s)"
		return 0
	fi
	echo "failed (${seconds} s)"
	tail -n 60 "$logs/$name.log"
	failed=$((failed + 1))
	finish
}

# one_test NAME FOLDER COMMAND...: a step that is one test by itself; what it
# tests leaves its logs in the folder.
one_test()
{
	folder=$2
	test_name=$1
	shift 2
	step "$test_name" "$@"
	if [ "$status" = 0 ]; then
		count 1 0 0
	else
		count 0 1 0
		show_failures "$folder"
	fi
}

# suite NAME FOLDER COMMAND...: a step that runs the suite in the folder.
suite()
{
	folder=$2
	suite_name=$1
	shift 2
	find "$folder" -name '*.trs' -exec rm -f {} + 2>/dev/null || :
	step "$suite_name" "$@"
	# shellcheck disable=SC2046 # three words are wanted
	set -- $(sh "$top/tools/count-tests.sh" "$folder")
	# What failed without a test to show for it counts as one.
	if [ "$status" != 0 ] && [ "$2" = 0 ]; then
		set -- "$1" 1 "$3"
	fi
	count "$@"
	[ "$3" = 0 ] || show_skips "$folder"
	[ "$2" = 0 ] || show_failures "$folder"
}

# Prints why tests were skipped.
show_skips()
{
	find "$1" -path "$1/check-*" -prune -o \( \
	    -name '*.log' ! -name test-suite.log -exec grep -hoE \
	    "^[a-z_]+: skipped: .*|[A-Za-z_]+ \(.*skipped ['\"].*" {} + \) |
	    sed 's/^/    /'
}

# Prints the logs of the tests that failed, or the end of the step's own.
show_failures()
{
	bad=$(grep -rlE '^:test-result: (FAIL|ERROR|XPASS)' --include='*.trs' \
	    "$1" 2>/dev/null) || :
	for trs in $bad; do
		echo "--- ${trs%.trs}.log"
		tail -n 100 "${trs%.trs}.log"
	done
	[ -n "$bad" ] || tail -n 60 "$logs/$name.log"
}

finish()
{
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] || exit 1
	exit 0
}

echo "Installs missing Debian packages, builds in $build and runs the tests" \
    "there; logs are in $logs."
# shellcheck disable=SC2086 # words are wanted
packages_install $PACKAGES_BUILD $PACKAGES_TEST
mkdir -p "$logs"

must autogen build_copy_source
must build build_make gcc --enable-werror
main=$build/gcc
# More than there are processors: most of what a test does is to wait.
jobs=-j$((2 * $(nproc) + 1))
suite check "$main" make -C "$main" "$jobs" check
[ "$quick" = no ] || finish
for variant in check-asan check-tsan check-valgrind check-ucontext check-clang
do
	suite "$variant" "$main/$variant" make -C "$main" "$variant"
done
# What the tarball builds is what check has tested, and test_tarball.sh that no
# file is missing; a few tests show that its programs can be built and run.
few="tests/doc/test_manual.py tests/echod/test_program.py"
few="$few tests/programs/test_streams.py"
version=$(sed -n 's/^PACKAGE_VERSION = //p' "$main/Makefile")
one_test distcheck "$main/echod-$version" \
    make -C "$main" "$jobs" distcheck check_PROGRAMS= TESTS="$few"
finish
