# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_CORO_TESTS = \
	%D%/test_context \
	%D%/test_guard \
	%D%/test_overflow \
	%D%/test_registers \
	%D%/test_resident \
	%D%/test_stack
AWAIT_CORO_SHARED = %D%/partner.c %D%/partner.h tests/unit.h
%C%_test_context_SOURCES = \
	%D%/test_context.c $(AWAIT_CORO_SHARED)
%C%_test_guard_SOURCES = %D%/test_guard.c tests/await/faults.h tests/unit.h
%C%_test_overflow_SOURCES = \
	%D%/test_overflow.c \
	tests/await/faults.h \
	$(AWAIT_CORE_SHARED)
%C%_test_registers_SOURCES = \
	%D%/registers.S \
	%D%/registers.h \
	%D%/test_registers.c \
	$(AWAIT_CORO_SHARED)
%C%_test_resident_SOURCES = %D%/test_resident.c tests/unit.h
%C%_test_stack_SOURCES = %D%/test_stack.c tests/unit.h
EXTRA_DIST += %D%/aarch64.c
dist_check_SCRIPTS += %D%/test_aarch64.sh

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_CORO_TESTS)
TESTS += $(AWAIT_CORO_TESTS) %D%/test_aarch64.sh
endif
