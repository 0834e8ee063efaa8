# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
# shellcheck shell=sh
#
# Builds from a copy of the source, so that the source folder stays as it is.
# $top is the source, $build the folder to work in.
: "${top:?}" "${build:?}"

# Copies the source to $build/source and makes configure there.  Times of files
# are kept, so a second build compiles only what has changed.
build_copy_source()
{
	mkdir -p "$build/source" || return
	for folder in "$top"/*/; do
		case $folder in
		*/build/ | */build-aux/ | */m4/) ;;
		*) rm -rf "$build/source/$(basename "$folder")" ;;
		esac
	done
	tar -C "$top" -cf - --exclude=./build --exclude=./.git \
	    --exclude=./autom4te.cache --exclude='./check-*' \
	    --exclude=./config.status --exclude=.deps --exclude=.libs \
	    --exclude='*.o' --exclude='*.lo' --exclude='*.la' \
	    --exclude='*.a' --exclude='*.log' --exclude='*.trs' . |
	    tar -C "$build/source" -xf - || return
	[ -f "$build/source/configure" ] || (cd "$build/source" && ./autogen.sh)
}

# build_make FOLDER CONFIGURE-OPTIONS...: builds everything in $build/FOLDER.
build_make()
{
	folder=$build/$1
	shift
	mkdir -p "$folder" || return
	[ -f "$folder/Makefile" ] ||
	    (cd "$folder" && ../source/configure "$@") || return
	make -C "$folder" -j"$(nproc)"
}
