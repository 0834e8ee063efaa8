# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# What debuggers and other tools show of tasks.
AWAIT_TOOLS_SEEN = \
	%D%/blamed \
	%D%/target
%C%_blamed_SOURCES = %D%/blamed.c
%C%_target_SOURCES = %D%/target.c tests/await/dormouse.h
EXTRA_DIST += %D%/test_gdb.py %D%/test_reports.py

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_TOOLS_SEEN)
TESTS += %D%/test_gdb.py %D%/test_reports.py
endif
