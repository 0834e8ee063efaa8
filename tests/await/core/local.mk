# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

AWAIT_CORE_SHARED = %D%/core.c %D%/core.h tests/entries.h tests/unit.h
AWAIT_CORE_BLOCKING = %D%/blocking.c %D%/blocking.h $(AWAIT_CORE_SHARED)
AWAIT_CORE_FUTURES = %D%/futures.c %D%/futures.h $(AWAIT_CORE_SHARED)
AWAIT_CORE_GROUP = %D%/group.c %D%/group.h $(AWAIT_CORE_SHARED)
AWAIT_CORE_TRIMMING = %D%/trimming.c %D%/trimming.h $(AWAIT_CORE_SHARED)
AWAIT_CORE_SLEEPERS = \
	%D%/sleepers.c \
	%D%/sleepers.h \
	tests/await/dormouse.h \
	tests/await/faults.h \
	tests/await/hibernating.h \
	$(AWAIT_CORE_TRIMMING)
AWAIT_CORE_SCENARIO = \
	%D%/scenario.c \
	%D%/scenario.h \
	$(AWAIT_CORE_SHARED) \
	$(FAIL_SHARED)
AWAIT_CORE_TESTS = \
	%D%/test_all_tasks \
	%D%/test_as_completed \
	%D%/test_await \
	%D%/test_base \
	%D%/test_cancel \
	%D%/test_cancel_outcome \
	%D%/test_debug_mode \
	%D%/test_default_executor \
	%D%/test_dump \
	%D%/test_error \
	%D%/test_event_loop \
	%D%/test_executor \
	%D%/test_fail \
	%D%/test_fail_see \
	%D%/test_fail_tasks \
	%D%/test_fail_threads \
	%D%/test_fail_waits \
	%D%/test_fd_handlers \
	%D%/test_future \
	%D%/test_future_await \
	%D%/test_future_callbacks \
	%D%/test_gather \
	%D%/test_gather_cancel \
	%D%/test_group \
	%D%/test_group_cancel \
	%D%/test_group_tasks \
	%D%/test_handle \
	%D%/test_hibernate \
	%D%/test_hibernate_look \
	%D%/test_hibernate_loop \
	%D%/test_loop \
	%D%/test_loop_close \
	%D%/test_loop_run \
	%D%/test_poll \
	%D%/test_ready \
	%D%/test_run \
	%D%/test_run_in_executor \
	%D%/test_shield \
	%D%/test_run_interrupt \
	%D%/test_signals \
	%D%/test_sleep \
	%D%/test_system_call \
	%D%/test_task \
	%D%/test_task_info \
	%D%/test_threads \
	%D%/test_timeout \
	%D%/test_timeout_move \
	%D%/test_timer \
	%D%/test_to_thread \
	%D%/test_trim \
	%D%/test_trim_rest \
	%D%/test_wait \
	%D%/test_wait_fd \
	%D%/test_wait_for \
	%D%/test_waiters \
	%D%/test_wrong_thread
%C%_test_all_tasks_SOURCES = \
	%D%/test_all_tasks.c $(AWAIT_CORE_SHARED)
%C%_test_as_completed_SOURCES = \
	%D%/test_as_completed.c $(AWAIT_CORE_FUTURES)
%C%_test_fail_waits_SOURCES = \
	%D%/test_fail_waits.c $(AWAIT_CORE_SCENARIO)
%C%_test_fail_waits_LDFLAGS = $(FAIL_WRAPS)
%C%_test_future_await_SOURCES = \
	%D%/test_future_await.c $(AWAIT_CORE_SHARED)
%C%_test_future_callbacks_SOURCES = \
	%D%/test_future_callbacks.c $(AWAIT_CORE_SHARED)
%C%_test_gather_cancel_SOURCES = \
	%D%/test_gather_cancel.c $(AWAIT_CORE_FUTURES)
%C%_test_gather_SOURCES = \
	%D%/test_gather.c $(AWAIT_CORE_FUTURES)
%C%_test_group_SOURCES = \
	%D%/test_group.c $(AWAIT_CORE_GROUP)
%C%_test_group_tasks_SOURCES = \
	%D%/test_group_tasks.c $(AWAIT_CORE_GROUP)
%C%_test_group_cancel_SOURCES = \
	%D%/test_group_cancel.c $(AWAIT_CORE_SHARED)
%C%_test_shield_SOURCES = \
	%D%/test_shield.c $(AWAIT_CORE_SHARED)
%C%_test_timeout_move_SOURCES = \
	%D%/test_timeout_move.c $(AWAIT_CORE_SHARED)
%C%_test_wait_SOURCES = \
	%D%/test_wait.c $(AWAIT_CORE_SHARED)
%C%_test_wait_for_SOURCES = \
	%D%/test_wait_for.c $(AWAIT_CORE_SHARED)
%C%_test_await_SOURCES = \
	%D%/test_await.c $(AWAIT_CORE_SHARED)
%C%_test_base_SOURCES = \
	%D%/test_base.c $(AWAIT_CORE_SHARED)
%C%_test_cancel_SOURCES = \
	%D%/test_cancel.c $(AWAIT_CORE_SHARED)
%C%_test_cancel_outcome_SOURCES = \
	%D%/test_cancel_outcome.c $(AWAIT_CORE_SHARED)
%C%_test_debug_mode_SOURCES = \
	%D%/test_debug_mode.c $(AWAIT_CORE_SHARED)
%C%_test_default_executor_SOURCES = \
	%D%/test_default_executor.c $(AWAIT_CORE_BLOCKING)
%C%_test_dump_SOURCES = \
	%D%/test_dump.c $(AWAIT_CORE_SHARED)
%C%_test_error_SOURCES = \
	%D%/test_error.c $(AWAIT_CORE_SHARED)
%C%_test_event_loop_SOURCES = \
	%D%/test_event_loop.c $(AWAIT_CORE_SHARED)
%C%_test_executor_SOURCES = \
	%D%/test_executor.c $(AWAIT_CORE_SHARED)
%C%_test_fail_SOURCES = \
	%D%/test_fail.c $(AWAIT_CORE_SCENARIO)
%C%_test_fail_LDFLAGS = $(FAIL_WRAPS)
%C%_test_fail_see_SOURCES = \
	%D%/test_fail_see.c tests/await/dormouse.h $(AWAIT_CORE_SCENARIO)
%C%_test_fail_see_LDFLAGS = $(FAIL_WRAPS)
%C%_test_fail_tasks_SOURCES = \
	%D%/test_fail_tasks.c $(AWAIT_CORE_SCENARIO)
%C%_test_fail_tasks_LDFLAGS = $(FAIL_WRAPS)
%C%_test_fail_threads_SOURCES = \
	%D%/test_fail_threads.c $(AWAIT_CORE_SCENARIO)
%C%_test_fail_threads_LDFLAGS = $(FAIL_WRAPS)
%C%_test_fd_handlers_SOURCES = \
	%D%/test_fd_handlers.c $(AWAIT_CORE_SHARED)
%C%_test_future_SOURCES = \
	%D%/test_future.c $(AWAIT_CORE_SHARED)
%C%_test_handle_SOURCES = \
	%D%/test_handle.c $(AWAIT_CORE_SHARED)
%C%_test_hibernate_SOURCES = \
	%D%/test_hibernate.c $(AWAIT_CORE_SLEEPERS)
%C%_test_hibernate_look_SOURCES = \
	%D%/test_hibernate_look.c $(AWAIT_CORE_SLEEPERS)
%C%_test_hibernate_loop_SOURCES = \
	%D%/test_hibernate_loop.c $(AWAIT_CORE_SLEEPERS)
%C%_test_loop_SOURCES = \
	%D%/test_loop.c $(AWAIT_CORE_SHARED)
%C%_test_loop_close_SOURCES = \
	%D%/test_loop_close.c $(AWAIT_CORE_SHARED)
%C%_test_loop_run_SOURCES = \
	%D%/test_loop_run.c $(AWAIT_CORE_SHARED)
%C%_test_poll_SOURCES = \
	%D%/test_poll.c $(AWAIT_CORE_SHARED)
%C%_test_poll_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=epoll_pwait2
%C%_test_ready_SOURCES = %D%/test_ready.c tests/unit.h
%C%_test_run_SOURCES = \
	%D%/test_run.c $(AWAIT_CORE_SHARED)
%C%_test_run_interrupt_SOURCES = \
	%D%/test_run_interrupt.c $(AWAIT_CORE_SHARED)
%C%_test_run_in_executor_SOURCES = \
	%D%/test_run_in_executor.c $(AWAIT_CORE_BLOCKING)
%C%_test_signals_SOURCES = \
	%D%/test_signals.c $(AWAIT_CORE_SHARED)
%C%_test_sleep_SOURCES = \
	%D%/test_sleep.c $(AWAIT_CORE_SHARED)
%C%_test_system_call_SOURCES = \
	%D%/test_system_call.c tests/unit.h
%C%_test_task_SOURCES = \
	%D%/test_task.c $(AWAIT_CORE_SHARED)
%C%_test_task_info_SOURCES = \
	%D%/test_task_info.c $(AWAIT_CORE_SHARED)
%C%_test_threads_SOURCES = \
	%D%/test_threads.c $(AWAIT_CORE_SHARED)
%C%_test_timeout_SOURCES = \
	%D%/test_timeout.c $(AWAIT_CORE_SHARED)
%C%_test_timer_SOURCES = %D%/test_timer.c tests/unit.h
%C%_test_to_thread_SOURCES = \
	%D%/test_to_thread.c $(AWAIT_CORE_SHARED)
%C%_test_trim_SOURCES = \
	%D%/test_trim.c $(AWAIT_CORE_TRIMMING)
%C%_test_trim_rest_SOURCES = \
	%D%/test_trim_rest.c $(AWAIT_CORE_TRIMMING)
%C%_test_wait_fd_SOURCES = \
	%D%/test_wait_fd.c $(AWAIT_CORE_SHARED)
%C%_test_waiters_SOURCES = \
	%D%/test_waiters.c $(AWAIT_CORE_SHARED)
%C%_test_wrong_thread_SOURCES = \
	%D%/test_wrong_thread.c $(AWAIT_CORE_SHARED)

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_CORE_TESTS)
TESTS += $(AWAIT_CORE_TESTS)
endif
