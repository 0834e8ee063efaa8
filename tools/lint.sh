#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Checks the shell scripts with shellcheck and the manual pages with mandoc; run
# by make check, or by hand.  Exits with 77 if one of the two is not installed.

set -eu
cd "${top_srcdir:-$(dirname "$0")/..}"

status=0
for tool in shellcheck mandoc; do
	command -v "$tool" >/dev/null 2>&1 && continue
	echo "$tool is not installed; on Debian: apt install $tool"
	status=77
done
if command -v shellcheck >/dev/null 2>&1; then
	find autogen.sh .ci/run bench conf debian/*.prerm debian/*.postrm \
	    debian/tests/library debian/tests/service systemd tests tools \
	    -type f \( -name '*.sh' -o -path .ci/run -o -path 'debian/*' \) \
	    -exec shellcheck -x {} + || status=1
fi
if command -v mandoc >/dev/null 2>&1; then
	find man -type f -name '*.[1-8]' -exec mandoc -T lint -W warning {} + ||
	    status=1
fi
exit $status
