# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += \
	%D%/README \
	%D%/test_locks.txt \
	%D%/test_queues.txt
