# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_SYNC_TESTS =

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_SYNC_TESTS)
TESTS += $(AWAIT_SYNC_TESTS)
endif
