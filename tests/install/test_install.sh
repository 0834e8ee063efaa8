#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Installs into a folder of its own, where all is to be in its place; builds a
# program against the installed library by pkg-config, both shared and static;
# looks at what the library exports; and uninstalls, upon which nothing is to be
# left.

set -eu

: "${top_srcdir:?run by make check}" "${top_builddir:?run by make check}"
: "${CC:=cc}" "${MAKE:=make}"

folder=$(mktemp -d "${TMPDIR:-/tmp}/test_install.XXXXXX")
root=$folder/root
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "test_install: $*"
	exit 1
}

# The jobs of the make that runs this test are not ours to use.
unset MAKEFLAGS MFLAGS MAKELEVEL

# build TARGET: makes it, with what it says shown only if it fails.
build()
{
	"$MAKE" -C "$top_builddir" "$1" DESTDIR="$root" \
	    >"$folder/log" 2>&1 || {
		cat "$folder/log"
		fail "make $1 failed"
	}
}

build install

pc=$(find "$root" -name await.pc)
[ -n "$pc" ] || fail "await.pc was not installed"
PKG_CONFIG_PATH=${pc%/*}${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
PKG_CONFIG_SYSROOT_DIR=$root
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
lesson=$(find "$root" -name 01_hello.c)
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
man=$(dirname "$(find "$root" -name await.3)")
while read -r name; do
	[ -s "$man/$name.3" ] || fail "there is no manual page $name(3)"
done <declared
for page in "$man"/aw_*.3; do
	target=$(sed -n 's,^\.so man3/,,p' "$page")
	[ -z "$target" ] || [ -s "$man/$target" ] ||
	    fail "$page refers to $target, which is not installed"
done
echo "manual: each function has its page"

# The functions that a package of the library promises are those that it has.
sed -n 's/^ \(aw_[a-z0-9_]*\)@.*/\1/p' \
    "$top_srcdir/debian/libawait0.symbols" | sort >promised
diff promised declared ||
    fail "debian/libawait0.symbols is not what the headers declare (<: to be" \
    "removed, >: to be added)"

# All is where it belongs, and nothing else is there.
{
	"$MAKE" -C "$top_builddir" -s --no-print-directory list-installed
	examples=$(dirname "$lesson")
	for file in "$top_srcdir"/examples/[0-9]*_*.c \
	    "$top_srcdir"/examples/[0-9]*_*.py \
	    "$top_srcdir"/examples/bridge_*.c; do
		echo "${examples#"$root"}/$(basename "$file")"
	done
	include=$(pkg-config --variable=includedir await)
	for file in "$top_srcdir"/src/await/await/*.h; do
		echo "${include#"$root"}/await/$(basename "$file")"
	done
	sed "s,.*,${man#"$root"}/&.3," declared
} | sort >expected
(cd "$root" && find . ! -type d) | sed 's/^\.//' | sort >installed
diff expected installed ||
    fail "files are not where they belong (<: missing, >: not expected)"
echo "files: all $(wc -l <installed) are where they belong"
python3 -B "$top_srcdir/tests/doc/test_links.py" "$root" ||
    fail "who follows a link of an installed document finds nothing"

# The configuration is its owner's once it has been changed.
configuration=$(find "$root" -name echod.conf -path '*/echod/*')
echo "# mine" >>"$configuration"
build install-conf
tail -n 1 "$configuration" | grep -qx "# mine" ||
    fail "a second installation has replaced the configuration"
[ -f "$configuration.new" ] ||
    fail "a second installation has left no new configuration"
build uninstall
[ "$(find "$root" ! -type d)" = "$configuration" ] || {
	find "$root" ! -type d
	fail "uninstalling left the files above, or took echod.conf"
}
rm -r "$(dirname "$configuration")"
left=$(find "$root" -name 'await*' -o -name 'echo*' -o -name examples)
[ -z "$left" ] || fail "uninstalling left empty folders: $left"
echo "uninstalled: all but the changed configuration"
