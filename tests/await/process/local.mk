# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_PROCESS_WRAPS = $(AM_LDFLAGS) \
	-Wl,--wrap=pidfd_open,--wrap=pidfd_send_signal
AWAIT_PROCESS_SHARED = %D%/children.c %D%/children.h $(AWAIT_CORE_SHARED)
AWAIT_PROCESS_TESTS = \
	%D%/test_communicate \
	%D%/test_pipes \
	%D%/test_process \
	%D%/test_process_fail \
	%D%/test_process_free \
	%D%/test_spawn \
	%D%/test_standard
%C%_test_communicate_SOURCES = \
	%D%/test_communicate.c $(AWAIT_PROCESS_SHARED)
%C%_test_communicate_LDFLAGS = $(AWAIT_PROCESS_WRAPS)
%C%_test_pipes_SOURCES = \
	%D%/test_pipes.c $(AWAIT_PROCESS_SHARED)
%C%_test_pipes_LDFLAGS = $(AWAIT_PROCESS_WRAPS)
%C%_test_process_SOURCES = \
	%D%/test_process.c $(AWAIT_PROCESS_SHARED)
%C%_test_process_LDFLAGS = $(AWAIT_PROCESS_WRAPS)
%C%_test_process_fail_SOURCES = \
	%D%/test_process_fail.c $(AWAIT_CORE_SCENARIO)
%C%_test_process_fail_LDFLAGS = $(FAIL_WRAPS)
%C%_test_process_free_SOURCES = \
	%D%/test_process_free.c $(AWAIT_PROCESS_SHARED)
%C%_test_process_free_LDFLAGS = $(AWAIT_PROCESS_WRAPS)
%C%_test_spawn_SOURCES = \
	%D%/test_spawn.c $(AWAIT_PROCESS_SHARED)
%C%_test_spawn_LDFLAGS = $(AWAIT_PROCESS_WRAPS)
%C%_test_standard_SOURCES = \
	%D%/test_standard.c $(AWAIT_PROCESS_SHARED)
%C%_test_standard_LDFLAGS = $(AWAIT_PROCESS_WRAPS)

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_PROCESS_TESTS)
TESTS += $(AWAIT_PROCESS_TESTS)
endif
