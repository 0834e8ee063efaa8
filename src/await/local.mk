# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

lib_LTLIBRARIES += %D%/libawait.la
include_HEADERS += %D%/await.h
pkgconfig_DATA = %D%/await.pc

%C%_libawait_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
%C%_libawait_la_LDFLAGS = -version-info 0:0:0 -no-undefined $(SANITIZER_CFLAGS)
%C%_libawait_la_LIBADD = $(EVENT_CORE_LIBS) -lpthread
%C%_libawait_la_SOURCES = \
	%D%/coro/context.c \
	%D%/coro/context.h \
	%D%/coro/context_ucontext.c \
	%D%/coro/coro.h \
	%D%/coro/guard.c \
	%D%/coro/guard.h \
	%D%/coro/overflow.c \
	%D%/coro/overflow.h \
	%D%/coro/sanitizer.h \
	%D%/coro/stack.c \
	%D%/coro/stack.h \
	%D%/core/error.c \
	%D%/core/exception.c \
	%D%/core/executor.c \
	%D%/core/executor.h \
	%D%/core/future.c \
	%D%/core/future.h \
	%D%/core/handle.c \
	%D%/core/handle.h \
	%D%/core/loop.c \
	%D%/core/loop.h \
	%D%/core/ready.h \
	%D%/core/run.c \
	%D%/core/signals.c \
	%D%/core/signals.h \
	%D%/core/sleep.c \
	%D%/core/task.c \
	%D%/core/task.h \
	%D%/core/timeout.c \
	%D%/core/timer.c \
	%D%/core/timer.h \
	%D%/core/wait_fd.c \
	%D%/core/wait_fd.h \
	%D%/core/waiters.c \
	%D%/core/waiters.h \
	%D%/net/accept.c \
	%D%/net/address.c \
	%D%/net/address.h \
	%D%/net/connect.c \
	%D%/net/connection.c \
	%D%/net/connection.h \
	%D%/net/listen.c \
	%D%/net/listen.h \
	%D%/net/reader.c \
	%D%/net/resolve.c \
	%D%/net/resolve.h \
	%D%/net/server.c \
	%D%/net/server.h \
	%D%/net/start_server.c \
	%D%/net/transport.c \
	%D%/net/transport.h \
	%D%/net/writer.c
EXTRA_%C%_libawait_la_SOURCES = \
	%D%/coro/context_aarch64.S \
	%D%/coro/context_x86_64.S

if AW_CONTEXT_X86_64
%C%_libawait_la_SOURCES += %D%/coro/context_x86_64.S
endif
if AW_CONTEXT_AARCH64
%C%_libawait_la_SOURCES += %D%/coro/context_aarch64.S
endif
