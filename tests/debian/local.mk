# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/package-inside.sh
dist_check_SCRIPTS += %D%/test_package.sh
# One build of the tree is enough for it.
if INSTALL_UNITS
if BUILD_BOTH_LIBRARIES
if !SANITIZERS
PLAIN_TESTS += %D%/test_package.sh
endif
endif
endif
