# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# The tests of libawait, a program a module, named after its source.  They are
# linked with $(LDADD): the static libawait and Check.
AM_CPPFLAGS += -I$(srcdir)/%D%

# For tests that make calls fail: what fail.c wraps.
FAIL_WRAPS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup \
	-Wl,--wrap=vasprintf,--wrap=mmap,--wrap=mprotect,--wrap=fopen \
	-Wl,--wrap=eventfd,--wrap=epoll_create1,--wrap=pthread_create \
	-Wl,--wrap=socket,--wrap=bind,--wrap=listen,--wrap=accept4 \
	-Wl,--wrap=setsockopt,--wrap=connect,--wrap=send,--wrap=recv \
	-Wl,--wrap=getsockopt,--wrap=getsockname
FAIL_SHARED = %D%/fail.c %D%/fail.h

# --- coro
AWAIT_CORO_TESTS = \
	%D%/coro/test_context \
	%D%/coro/test_guard \
	%D%/coro/test_overflow \
	%D%/coro/test_registers \
	%D%/coro/test_stack
AWAIT_CORO_SHARED = %D%/coro/partner.c %D%/coro/partner.h tests/unit.h
%C%_coro_test_context_SOURCES = \
	%D%/coro/test_context.c $(AWAIT_CORO_SHARED)
%C%_coro_test_guard_SOURCES = %D%/coro/test_guard.c tests/unit.h
%C%_coro_test_overflow_SOURCES = \
	%D%/coro/test_overflow.c \
	$(AWAIT_CORE_SHARED)
%C%_coro_test_registers_SOURCES = \
	%D%/coro/registers.S \
	%D%/coro/registers.h \
	%D%/coro/test_registers.c \
	$(AWAIT_CORO_SHARED)
%C%_coro_test_stack_SOURCES = %D%/coro/test_stack.c tests/unit.h
EXTRA_DIST += %D%/coro/aarch64.c
dist_check_SCRIPTS += %D%/coro/test_aarch64.sh

# --- core
AWAIT_CORE_SHARED = %D%/core/core.c %D%/core/core.h tests/unit.h
AWAIT_CORE_SCENARIO = \
	%D%/core/scenario.c \
	%D%/core/scenario.h \
	$(AWAIT_CORE_SHARED) \
	$(FAIL_SHARED)
AWAIT_CORE_TESTS = \
	%D%/core/test_base \
	%D%/core/test_cancel \
	%D%/core/test_cancel_outcome \
	%D%/core/test_error \
	%D%/core/test_executor \
	%D%/core/test_fail \
	%D%/core/test_fail_tasks \
	%D%/core/test_future \
	%D%/core/test_handle \
	%D%/core/test_loop \
	%D%/core/test_loop_close \
	%D%/core/test_loop_run \
	%D%/core/test_ready \
	%D%/core/test_run \
	%D%/core/test_signals \
	%D%/core/test_sleep \
	%D%/core/test_task \
	%D%/core/test_timeout \
	%D%/core/test_timer \
	%D%/core/test_wait_fd \
	%D%/core/test_waiters
%C%_core_test_base_SOURCES = \
	%D%/core/test_base.c $(AWAIT_CORE_SHARED)
%C%_core_test_cancel_SOURCES = \
	%D%/core/test_cancel.c $(AWAIT_CORE_SHARED)
%C%_core_test_cancel_outcome_SOURCES = \
	%D%/core/test_cancel_outcome.c $(AWAIT_CORE_SHARED)
%C%_core_test_error_SOURCES = \
	%D%/core/test_error.c $(AWAIT_CORE_SHARED)
%C%_core_test_executor_SOURCES = \
	%D%/core/test_executor.c $(AWAIT_CORE_SHARED)
%C%_core_test_fail_SOURCES = \
	%D%/core/test_fail.c $(AWAIT_CORE_SCENARIO)
%C%_core_test_fail_LDFLAGS = $(FAIL_WRAPS)
%C%_core_test_fail_tasks_SOURCES = \
	%D%/core/test_fail_tasks.c $(AWAIT_CORE_SCENARIO)
%C%_core_test_fail_tasks_LDFLAGS = $(FAIL_WRAPS)
%C%_core_test_future_SOURCES = \
	%D%/core/test_future.c $(AWAIT_CORE_SHARED)
%C%_core_test_handle_SOURCES = \
	%D%/core/test_handle.c $(AWAIT_CORE_SHARED)
%C%_core_test_loop_SOURCES = \
	%D%/core/test_loop.c $(AWAIT_CORE_SHARED)
%C%_core_test_loop_close_SOURCES = \
	%D%/core/test_loop_close.c $(AWAIT_CORE_SHARED)
%C%_core_test_loop_run_SOURCES = \
	%D%/core/test_loop_run.c $(AWAIT_CORE_SHARED)
%C%_core_test_ready_SOURCES = %D%/core/test_ready.c tests/unit.h
%C%_core_test_run_SOURCES = \
	%D%/core/test_run.c $(AWAIT_CORE_SHARED)
%C%_core_test_signals_SOURCES = \
	%D%/core/test_signals.c $(AWAIT_CORE_SHARED)
%C%_core_test_sleep_SOURCES = \
	%D%/core/test_sleep.c $(AWAIT_CORE_SHARED)
%C%_core_test_task_SOURCES = \
	%D%/core/test_task.c $(AWAIT_CORE_SHARED)
%C%_core_test_timeout_SOURCES = \
	%D%/core/test_timeout.c $(AWAIT_CORE_SHARED)
%C%_core_test_timer_SOURCES = %D%/core/test_timer.c tests/unit.h
%C%_core_test_wait_fd_SOURCES = \
	%D%/core/test_wait_fd.c $(AWAIT_CORE_SHARED)
%C%_core_test_waiters_SOURCES = \
	%D%/core/test_waiters.c $(AWAIT_CORE_SHARED)

# --- net
# libevent and the resolver are looked at as well.
AWAIT_NET_WRAPS = $(FAIL_WRAPS) \
	-Wl,--wrap=event_base_loop,--wrap=event_add,--wrap=getaddrinfo
AWAIT_NET_SHARED = \
	%D%/net/net.c \
	%D%/net/net.h \
	%D%/net/peer.c \
	%D%/net/peer.h \
	tests/unit.h \
	$(FAIL_SHARED)
AWAIT_NET_TESTS = \
	%D%/net/test_address \
	%D%/net/test_connect \
	%D%/net/test_failures \
	%D%/net/test_listen \
	%D%/net/test_reader \
	%D%/net/test_reader_eof \
	%D%/net/test_reader_lines \
	%D%/net/test_reader_peek \
	%D%/net/test_resolve \
	%D%/net/test_server \
	%D%/net/test_server_accept \
	%D%/net/test_server_close \
	%D%/net/test_server_start \
	%D%/net/test_server_unix \
	%D%/net/test_transport \
	%D%/net/test_transport_close \
	%D%/net/test_transport_loop \
	%D%/net/test_transport_lost \
	%D%/net/test_writer
%C%_net_test_address_SOURCES = \
	%D%/net/test_address.c $(AWAIT_NET_SHARED)
%C%_net_test_address_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_connect_SOURCES = \
	%D%/net/test_connect.c $(AWAIT_NET_SHARED)
%C%_net_test_connect_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_failures_SOURCES = \
	%D%/net/test_failures.c $(AWAIT_NET_SHARED)
%C%_net_test_failures_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_listen_SOURCES = \
	%D%/net/test_listen.c $(AWAIT_NET_SHARED)
%C%_net_test_listen_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_reader_SOURCES = \
	%D%/net/test_reader.c $(AWAIT_NET_SHARED)
%C%_net_test_reader_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_reader_eof_SOURCES = \
	%D%/net/test_reader_eof.c $(AWAIT_NET_SHARED)
%C%_net_test_reader_eof_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_reader_lines_SOURCES = \
	%D%/net/test_reader_lines.c $(AWAIT_NET_SHARED)
%C%_net_test_reader_lines_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_reader_peek_SOURCES = \
	%D%/net/test_reader_peek.c $(AWAIT_NET_SHARED)
%C%_net_test_reader_peek_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_resolve_SOURCES = \
	%D%/net/test_resolve.c $(AWAIT_NET_SHARED)
%C%_net_test_resolve_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_server_SOURCES = \
	%D%/net/test_server.c $(AWAIT_NET_SHARED)
%C%_net_test_server_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_server_accept_SOURCES = \
	%D%/net/test_server_accept.c $(AWAIT_NET_SHARED)
%C%_net_test_server_accept_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_server_close_SOURCES = \
	%D%/net/test_server_close.c $(AWAIT_NET_SHARED)
%C%_net_test_server_close_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_server_start_SOURCES = \
	%D%/net/test_server_start.c $(AWAIT_NET_SHARED)
%C%_net_test_server_start_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_server_unix_SOURCES = \
	%D%/net/test_server_unix.c $(AWAIT_NET_SHARED)
%C%_net_test_server_unix_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_transport_SOURCES = \
	%D%/net/test_transport.c $(AWAIT_NET_SHARED)
%C%_net_test_transport_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_transport_close_SOURCES = \
	%D%/net/test_transport_close.c $(AWAIT_NET_SHARED)
%C%_net_test_transport_close_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_transport_loop_SOURCES = \
	%D%/net/test_transport_loop.c $(AWAIT_NET_SHARED)
%C%_net_test_transport_loop_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_transport_lost_SOURCES = \
	%D%/net/test_transport_lost.c $(AWAIT_NET_SHARED)
%C%_net_test_transport_lost_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_net_test_writer_SOURCES = \
	%D%/net/test_writer.c $(AWAIT_NET_SHARED)
%C%_net_test_writer_LDFLAGS = $(AWAIT_NET_WRAPS)

if BUILD_TESTS
check_PROGRAMS += $(AWAIT_CORO_TESTS) $(AWAIT_CORE_TESTS) $(AWAIT_NET_TESTS)
TESTS += \
	$(AWAIT_CORO_TESTS) \
	%D%/coro/test_aarch64.sh \
	$(AWAIT_CORE_TESTS) \
	$(AWAIT_NET_TESTS)
endif
