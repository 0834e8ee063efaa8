# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_SYNC_SHARED = %D%/sync.c %D%/sync.h $(AWAIT_CORE_SHARED)
AWAIT_SYNC_QUEUE = %D%/queue.c %D%/queue.h $(AWAIT_SYNC_SHARED)
AWAIT_SYNC_TESTS = \
	%D%/test_barrier \
	%D%/test_barrier_reset \
	%D%/test_closing \
	%D%/test_condition \
	%D%/test_condition_cancel \
	%D%/test_event \
	%D%/test_fail_sync \
	%D%/test_items \
	%D%/test_lock \
	%D%/test_queue \
	%D%/test_queue_cancel \
	%D%/test_queue_kinds \
	%D%/test_queue_shutdown \
	%D%/test_random \
	%D%/test_semaphore
%C%_test_barrier_SOURCES = %D%/test_barrier.c $(AWAIT_SYNC_SHARED)
%C%_test_barrier_reset_SOURCES = %D%/test_barrier_reset.c $(AWAIT_SYNC_SHARED)
%C%_test_closing_SOURCES = %D%/test_closing.c $(AWAIT_SYNC_SHARED)
%C%_test_condition_SOURCES = %D%/test_condition.c $(AWAIT_SYNC_SHARED)
%C%_test_condition_cancel_SOURCES = \
	%D%/test_condition_cancel.c $(AWAIT_SYNC_SHARED)
%C%_test_event_SOURCES = %D%/test_event.c $(AWAIT_SYNC_SHARED)
%C%_test_fail_sync_SOURCES = %D%/test_fail_sync.c $(AWAIT_CORE_SCENARIO)
%C%_test_fail_sync_LDFLAGS = $(FAIL_WRAPS)
%C%_test_items_SOURCES = %D%/test_items.c tests/unit.h
%C%_test_lock_SOURCES = %D%/test_lock.c $(AWAIT_SYNC_SHARED)
%C%_test_queue_SOURCES = %D%/test_queue.c $(AWAIT_SYNC_QUEUE)
%C%_test_queue_cancel_SOURCES = %D%/test_queue_cancel.c $(AWAIT_SYNC_QUEUE)
%C%_test_queue_kinds_SOURCES = %D%/test_queue_kinds.c $(AWAIT_SYNC_QUEUE)
%C%_test_queue_shutdown_SOURCES = %D%/test_queue_shutdown.c $(AWAIT_SYNC_QUEUE)
%C%_test_random_SOURCES = %D%/test_random.c $(AWAIT_SYNC_SHARED)
%C%_test_semaphore_SOURCES = %D%/test_semaphore.c $(AWAIT_SYNC_SHARED)

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_SYNC_TESTS)
TESTS += $(AWAIT_SYNC_TESTS)
endif
