# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

lib_LTLIBRARIES += %D%/libawait.la
include_HEADERS += %D%/await.h
awaitincludedir = $(includedir)/await
awaitinclude_HEADERS = \
	%D%/await/debug.h \
	%D%/await/error.h \
	%D%/await/executor.h \
	%D%/await/future.h \
	%D%/await/group.h \
	%D%/await/loop.h \
	%D%/await/process.h \
	%D%/await/queue.h \
	%D%/await/run.h \
	%D%/await/server.h \
	%D%/await/stream.h \
	%D%/await/sync.h \
	%D%/await/task.h \
	%D%/await/timeout.h \
	%D%/await/tls.h \
	%D%/await/transport.h \
	%D%/await/types.h \
	%D%/await/wait.h
pkgconfig_DATA = %D%/await.pc
# For gdb's command source.
awaitgdbdir = $(datadir)/await
dist_awaitgdb_DATA = %D%/await-gdb.py

%C%_libawait_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
# Its own calls of public functions need not go by way of the dynamic linker.
%C%_libawait_la_LDFLAGS = -version-info 0:0:0 -no-undefined \
	-Wl,-Bsymbolic-functions $(SANITIZER_CFLAGS)
%C%_libawait_la_LIBADD = $(EVENT_CORE_LIBS) $(OPENSSL_LIBS) -lpthread
%C%_libawait_la_SOURCES =

include %D%/coro/local.mk
include %D%/core/local.mk
include %D%/sync/local.mk
include %D%/net/local.mk
include %D%/process/local.mk
