# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/architecture.md %D%/performance.md
