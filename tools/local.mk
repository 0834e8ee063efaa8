# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += \
	%D%/build.sh \
	%D%/check-variant.sh \
	%D%/count-tests.sh \
	%D%/demo.sh \
	%D%/make-certs.sh \
	%D%/packages.sh \
	%D%/stall-picture.py \
	%D%/test.sh

dist_check_SCRIPTS += %D%/lint.sh
if !SANITIZERS
PLAIN_TESTS += %D%/lint.sh
endif
