# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_PROCESS_TESTS =

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_PROCESS_TESTS)
TESTS += $(AWAIT_PROCESS_TESTS)
endif
