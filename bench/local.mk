# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# Measurements.  They are built by make bench-programs and by make check, which
# only sees to it that they work.
bench_programs = \
	%D%/await-echo \
	%D%/epoll-echo \
	%D%/idle \
	%D%/pingpong \
	%D%/sleepers \
	%D%/switch \
	%D%/tasks
check_PROGRAMS += $(bench_programs)

bench_libraries = src/common/libcommon.a src/await/libawait.la -lm
bench_command = %D%/command.c %D%/command.h
bench_figures = %D%/figures.c %D%/figures.h
bench_process = %D%/process.c %D%/process.h
bench_channel = %D%/channel.c %D%/channel.h
bench_load = %D%/load.h %D%/generator.c %D%/churn.c $(bench_channel)
bench_server = %D%/server.c %D%/server.h

%C%_await_echo_LDADD = $(bench_libraries)
%C%_await_echo_SOURCES = %D%/await-echo.c $(bench_command)

%C%_epoll_echo_LDADD = $(bench_libraries)
%C%_epoll_echo_SOURCES = %D%/epoll-echo.c $(bench_command)

%C%_idle_LDADD = $(bench_libraries) $(OPENSSL_LIBS)
%C%_idle_SOURCES = %D%/idle.c $(bench_channel) $(bench_command) \
	$(bench_figures) $(bench_process) $(bench_server)

%C%_pingpong_LDADD = $(bench_libraries) $(OPENSSL_LIBS)
%C%_pingpong_SOURCES = %D%/pingpong.c %D%/allocations.c %D%/allocations.h \
	%D%/contest.c %D%/contest.h $(bench_command) $(bench_figures) \
	$(bench_load) $(bench_process) $(bench_server)

%C%_sleepers_LDADD = $(bench_libraries)
%C%_sleepers_SOURCES = %D%/sleepers.c $(bench_command) $(bench_figures) \
	$(bench_process)

%C%_switch_LDADD = $(bench_libraries)
%C%_switch_SOURCES = %D%/switch.c $(bench_command) $(bench_figures)

%C%_tasks_LDADD = $(bench_libraries)
%C%_tasks_SOURCES = %D%/tasks.c $(bench_command) $(bench_figures) \
	$(bench_process)

# Peers; those on libraries that are not here are left out.
bench_programs += %D%/peers/bufferevent-echo
%C%_peers_bufferevent_echo_LDADD = $(EVENT_CORE_LIBS)
%C%_peers_bufferevent_echo_SOURCES = %D%/peers/bufferevent-echo.c
bench_programs += %D%/peers/tls-epoll-echo
%C%_peers_tls_epoll_echo_LDADD = $(OPENSSL_LIBS)
%C%_peers_tls_epoll_echo_SOURCES = %D%/peers/tls-epoll-echo.c
if HAVE_EVENT_OPENSSL
bench_programs += %D%/peers/tls-bufferevent-echo
endif
%C%_peers_tls_bufferevent_echo_CFLAGS = $(AM_CFLAGS) -DPEER_TLS \
	$(EVENT_OPENSSL_CFLAGS)
%C%_peers_tls_bufferevent_echo_LDADD = $(EVENT_OPENSSL_LIBS) \
	$(EVENT_CORE_LIBS) $(OPENSSL_LIBS)
%C%_peers_tls_bufferevent_echo_SOURCES = %D%/peers/bufferevent-echo.c
if HAVE_URING
bench_programs += %D%/peers/uring-echo
endif
%C%_peers_uring_echo_CFLAGS = $(AM_CFLAGS) $(URING_CFLAGS)
%C%_peers_uring_echo_LDADD = $(URING_LIBS)
%C%_peers_uring_echo_SOURCES = %D%/peers/uring-echo.c
if HAVE_UV
bench_programs += %D%/peers/uv-echo
endif
%C%_peers_uv_echo_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
%C%_peers_uv_echo_LDADD = $(UV_LIBS)
%C%_peers_uv_echo_SOURCES = %D%/peers/uv-echo.c
EXTRA_PROGRAMS += %D%/peers/tls-bufferevent-echo %D%/peers/uring-echo \
	%D%/peers/uv-echo

# It is preloaded, so it is no program, and no library that others link.
%D%/malloc-count.so: $(srcdir)/%D%/malloc-count.c $(srcdir)/%D%/allocations.h
	$(AM_V_CCLD)$(CC) $(CPPFLAGS) $(CFLAGS) -std=gnu11 -fPIC -shared \
	    $(WARNING_CFLAGS) -o $@ $(srcdir)/%D%/malloc-count.c
bench_files = %D%/malloc-count.so
check_DATA += $(bench_files)
CLEANFILES += $(bench_files) %D%/peers/echo-go %D%/tls.pem

EXTRA_DIST += %D%/compare.py %D%/run.sh %D%/comparison/__init__.py \
	%D%/comparison/cases.py %D%/comparison/certificate.py \
	%D%/comparison/exact.py %D%/comparison/peers.py \
	%D%/comparison/picture.py %D%/comparison/report.py \
	%D%/comparison/rounds.py
EXTRA_DIST += %D%/malloc-count.c %D%/peers/asyncio-echo.py \
	%D%/peers/echo.go %D%/peers/echo.js %D%/peers/echod-tls.sh \
	%D%/peers/socat-echo.sh %D%/peers/xinetd-echo.sh
EXTRA_DIST += %D%/generators.py %D%/tasks-compare.py %D%/tasks.go %D%/tasks.py

.PHONY: bench-programs
bench-programs: $(bench_programs) $(bench_files)

# For example make bench BENCH_OPTIONS='--rounds 9 --connections 50'
.PHONY: bench
bench: bench-programs src/echod/echod
	python3 -B $(srcdir)/%D%/compare.py --build $(abs_builddir) \
	    $(BENCH_OPTIONS)

# What Go's compiler keeps, where there is one.
clean-local:
	rm -rf %D%/go-cache

# Figures of an instrumented build say nothing, and its switches are not those
# that are measured.
dist_check_SCRIPTS += %D%/test_bench.sh %D%/test_compare.py
if !SANITIZERS
PLAIN_TESTS += %D%/test_bench.sh %D%/test_compare.py
endif
