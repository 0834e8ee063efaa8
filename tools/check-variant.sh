#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: check-variant.sh check-NAME SOURCE [CONFIGURE-OPTION...]
#
# Builds the source in the folder check-NAME, in the way that NAME says, and
# runs the test suite there.  make check-NAME calls it.

set -eu

variant=$1
source=$(cd "$2" && pwd)
shift 2
: "${CC:=gcc}" "${MAKE:=make}"

# A source that is configured itself can't be built elsewhere; a copy can.
if [ -f "$source/config.status" ]; then
	mkdir -p "$variant"
	"$MAKE" -s distdir distdir="$variant/source"
	source=$PWD/$variant/source
fi

case ${MAKEFLAGS-} in
*jobserver*) jobs='' check_jobs='' ;;
*)
	processors=$(getconf _NPROCESSORS_ONLN)
	jobs=-j$((processors + 1))
	# Most of what a test does is to wait.
	check_jobs=-j$((2 * processors + 1))
	;;
esac

# The tests take this long, compared with an ordinary build.
slower=1
case $variant in
check-asan)
	slower=4
	# The compiler warns of what is not so when it instruments code.
	set -- "$@" --disable-werror --disable-shared \
	    --with-sanitizers=address,undefined
	export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS-}"
	;;
check-tsan)
	slower=8
	set -- "$@" --disable-werror --disable-shared --with-sanitizers=thread
	suppressions=$source/tests/tsan.supp
	[ ! -f "$suppressions" ] ||
	    TSAN_OPTIONS="suppressions=$suppressions:${TSAN_OPTIONS-}"
	export TSAN_OPTIONS="second_deadlock_stack=1:${TSAN_OPTIONS-}"
	;;
check-valgrind)
	slower=20
	set -- --disable-shared "$@"
	valgrind="valgrind --quiet --error-exitcode=99 --leak-check=full"
	valgrind="$valgrind --show-leak-kinds=definite --num-callers=30"
	valgrind="$valgrind --errors-for-leak-kinds=definite"
	suppressions=$source/tests/valgrind.supp
	[ ! -f "$suppressions" ] ||
	    valgrind="$valgrind --suppressions=$suppressions"
	export ECHOD_WRAPPER="$valgrind" CLIENT_WRAPPER="$valgrind" \
	    LOAD_WRAPPER="$valgrind"
	# Each process is a new one to translate.
	export CK_FORK=no
	;;
check-ucontext)
	set -- --disable-shared --with-context=ucontext "$@"
	;;
check-clang)
	CC=clang
	# Debian's Valgrind does not know the debug information that it makes.
	set -- "$@" CFLAGS="-O2 -gdwarf-4"
	;;
*)
	echo "check-variant.sh: no such variant: $variant" >&2
	exit 1
	;;
esac
export CC MAKE CK_TIMEOUT_MULTIPLIER=$slower TEST_SCALE=$slower

mkdir -p "$variant"
cd "$variant"
# Configured anew when the options or configure itself have changed.
options="CC=$CC $*"
if [ ! -f Makefile ] || [ "$options" != "$(cat .options 2>/dev/null)" ]; then
	"$source/configure" "$@" || { cat config.log; exit 1; }
	echo "$options" >.options
fi
"$MAKE" ${jobs:+"$jobs"}
list="list-short-tests"
[ "$variant" != check-asan ] || list="list-tests"
tests=$("$MAKE" -s --no-print-directory $list)
set --
case $variant in
check-valgrind)
	# Whole programs are run plainly and with sanitizers; a few suffice
	# here, where they take a minute each.
	tests=$(echo "$tests" | grep -vE '^tests/programs/test_.*\.py$')
	set -- LOG_COMPILER="$valgrind"
	;;
check-clang)
	# All is built, as its warnings are another compiler's; the tests in
	# Python and of the shell would see no difference.
	tests=$(echo "$tests" | grep -vE '\.(py|sh)$')
	;;
check-ucontext)
	# Of what is tested, the library alone is another one.
	ours='^tests/(await|asyncio)/'
	tests=$(echo "$tests" | grep -E "$ours")
	programs=$("$MAKE" -s --no-print-directory list-programs |
	    grep -E "$ours" | tr '\n' ' ')
	set -- check_PROGRAMS="$programs"
	;;
esac
"$MAKE" ${check_jobs:+"$check_jobs"} check TESTS="$tests" "$@"
