# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/hello.c
dist_check_SCRIPTS += %D%/test_install.sh %D%/test_tarball.sh
PLAIN_TESTS += %D%/test_tarball.sh
# It tells what is wrong with either library, so it needs both.
if BUILD_BOTH_LIBRARIES
if !SANITIZERS
PLAIN_TESTS += %D%/test_install.sh
endif
endif
