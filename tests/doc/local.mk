# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

TESTS += %D%/test_readme.py
EXTRA_DIST += %D%/test_readme.py
