#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Builds the switch between contexts and the system calls for aarch64, and runs
# both in an emulator, unless this is such a processor, whose own tests show the
# same.  Exits with 77 if a tool is missing.

set -eu
top=$(cd "${top_srcdir:-$(dirname "$0")/../../..}" && pwd)
compiler=aarch64-linux-gnu-gcc
emulator=qemu-aarch64

if [ "$(uname -m)" = aarch64 ]; then
	echo "This is aarch64: test_context and test_system_call test it."
	exit 77
fi
for tool in $compiler $emulator; do
	command -v "$tool" >/dev/null 2>&1 && continue
	echo "$tool is not installed; on Debian:" \
	    "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user"
	exit 77
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coro=$top/src/await/coro
tests=$top/tests/await/coro

for level in -O0 -O2; do
	$compiler -std=gnu11 -D_GNU_SOURCE -static -pthread -Wall -Wextra \
	    -Werror $level -g -I"$top/src" -I"$top/src/await" \
	    -I"$top/tests/await" -o "$folder/aarch64" "$tests/aarch64.c" \
	    "$tests/registers.S" "$coro/context.c" \
	    "$coro/context_ucontext.c" "$coro/context_aarch64.S" \
	    "$top/src/await/core/system_call.c"
	echo "$level"
	timeout 60 $emulator "$folder/aarch64"
done
