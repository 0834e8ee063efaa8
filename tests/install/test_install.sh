#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Installs into a folder of its own, builds a program against the installed
# library by pkg-config, both shared and static, and looks at what the library
# exports.

set -eu

: "${top_srcdir:?run by make check}" "${top_builddir:?run by make check}"
: "${CC:=cc}" "${MAKE:=make}"

folder=$(mktemp -d "${TMPDIR:-/tmp}/test_install.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "test_install: $*"
	exit 1
}

# The jobs of the make that runs this test are not ours to use.
unset MAKEFLAGS MFLAGS MAKELEVEL
"$MAKE" -C "$top_builddir" install DESTDIR="$folder" >"$folder/log" 2>&1 ||
    { cat "$folder/log"; fail "make install failed"; }

pc=$(find "$folder" -name await.pc)
[ -n "$pc" ] || fail "await.pc was not installed"
PKG_CONFIG_PATH=${pc%/*}${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
PKG_CONFIG_SYSROOT_DIR=$folder
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
lib=${pc%/pkgconfig/*}

# expect_hello PROGRAM: runs it and looks at what it prints.
expect_hello()
{
	said=$(LD_LIBRARY_PATH=$lib "$1") || fail "$1 exited with $?"
	expected="hello, libawait $(pkg-config --modversion await)"
	[ "$said" = "$expected" ] ||
	    fail "$1 printed '$said', expected '$expected'"
	echo "$(basename "$1"): $said"
}

cp "$top_srcdir/tests/install/hello.c" "$folder"
cd "$folder"
# shellcheck disable=SC2046,SC2086 # words are wanted
$CC -Wall -Wextra -Werror -o shared hello.c $(pkg-config --cflags --libs await)
expect_hello "$folder/shared"
LD_LIBRARY_PATH=$lib ldd ./shared | grep -q "$lib/libawait.so.0" ||
    fail "the shared program does not use $lib/libawait.so.0"

# shellcheck disable=SC2046,SC2086 # words are wanted
$CC -static -o static hello.c $(pkg-config --static --cflags --libs await)
expect_hello "$folder/static"

# A lesson can be built from where it was installed, as its README says.
lesson=$(find "$folder" -name 01_hello.c)
[ -n "$lesson" ] || fail "the examples were not installed"
# shellcheck disable=SC2046,SC2086 # words are wanted
$CC -Wall -Wextra -Werror -o lesson "$lesson" \
    $(pkg-config --cflags --libs await)
said=$(EXAMPLE_SECOND=0.1 LD_LIBRARY_PATH=$lib ./lesson) ||
    fail "01_hello exited with $?"
[ "$said" = "Hello ...
... world" ] || fail "01_hello printed '$said'"
echo "01_hello: $said"

# Only what the public headers declare is exported, and all of that.
nm -D --defined-only "$lib/libawait.so" | awk '{print $3}' | sort >exported
sed -n -e /^typedef/d -e 's/^\([a-zA-Z].*[ *]\)*\(aw_[a-z0-9_]*\)(.*/\2/p' \
    "$top_srcdir"/src/await/await/*.h | sort -u >declared
[ -s declared ] || fail "no function was found in the headers"
diff declared exported ||
    fail "libawait.so does not export what the headers declare (<: missing," \
    ">: not declared)"
echo "libawait.so: exports the $(wc -l <exported) functions of await.h and its parts"

# The static library's symbols share the program's name space.
nm -g --defined-only "$lib/libawait.a" | awk 'NF == 3 {print $3}' >global
[ -s global ] || fail "libawait.a defines nothing"
if grep -v '^aw_' global; then
	fail "libawait.a defines the symbols above, which lack the prefix aw_"
fi
echo "libawait.a: all of $(wc -l <global) global symbols begin with aw_"

# Each function has a manual page of its own name.
man=$(dirname "$(find "$folder" -name await.3)")
while read -r name; do
	[ -s "$man/$name.3" ] || fail "there is no manual page $name(3)"
done <declared
for page in "$man"/aw_*.3; do
	target=$(sed -n 's,^\.so man3/,,p' "$page")
	[ -z "$target" ] || [ -s "$man/$target" ] ||
	    fail "$page refers to $target, which is not installed"
done
echo "manual: each function has its page"
