#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: count-tests.sh FOLDER
#
# Prints how many tests passed, failed and were skipped when make check last ran
# in the build folder.  A test that uses Check or Python's unittest says in its
# log how many tests it holds; any other counts as one.

set -eu

find "$1" -path "$1/check-*" -prune -o -name '*.trs' -print |
while read -r trs; do
	sed -n 's/^:test-result: /RESULT /p' "$trs"
	sed -n -e 's/^[0-9]*%: Checks: /CHECK /p' \
	    -e 's/^Ran \([0-9]* test.* in\) /UNITTEST \1 /p' \
	    -e 's/^\(OK\|FAILED\) (.*)$/UNITTEST 0 &/p' "${trs%.trs}.log"
	echo END
done | awk '
	# The number after a word such as "failures=" or "Failures: ".
	function after(word) {
		if (!match($0, word "[0-9]+"))
			return 0
		return substr($0, RSTART + length(word),
		    RLENGTH - length(word)) + 0
	}
	$1 == "RESULT" { result = $2 }
	$1 == "CHECK" { all += $2; bad += after("Failures: ") + after("Errors: ") }
	$1 == "UNITTEST" {
		all += $2
		bad += after("failures=") + after("errors=")
		left += after("skipped=")
	}
	$1 == "END" {
		if (all == 0)
			all = 1
		if (result == "SKIP")
			left = all
		else if (result != "PASS" && bad == 0)
			bad = 1
		if (bad + left > all)
			all = bad + left
		passed += all - bad - left
		failed += bad
		skipped += left
		all = bad = left = 0
		result = ""
	}
	END { print passed + 0, failed + 0, skipped + 0 }'
