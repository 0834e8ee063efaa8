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

bench_libraries = src/common/libcommon.a src/await/libawait.la
bench_command = %D%/command.c %D%/command.h
bench_figures = %D%/figures.c %D%/figures.h
bench_process = %D%/process.c %D%/process.h
bench_server = %D%/server.c %D%/server.h

%C%_await_echo_LDADD = $(bench_libraries)
%C%_await_echo_SOURCES = %D%/await-echo.c $(bench_command)

%C%_epoll_echo_LDADD = $(bench_libraries)
%C%_epoll_echo_SOURCES = %D%/epoll-echo.c $(bench_command)

%C%_idle_LDADD = $(bench_libraries)
%C%_idle_SOURCES = %D%/idle.c $(bench_command) $(bench_figures) \
	$(bench_process) $(bench_server)

%C%_pingpong_LDADD = $(bench_libraries)
%C%_pingpong_SOURCES = %D%/pingpong.c %D%/generator.c %D%/generator.h \
	$(bench_command) $(bench_figures) $(bench_process) $(bench_server)

%C%_sleepers_LDADD = $(bench_libraries)
%C%_sleepers_SOURCES = %D%/sleepers.c $(bench_command) $(bench_figures) \
	$(bench_process)

%C%_switch_LDADD = $(bench_libraries)
%C%_switch_SOURCES = %D%/switch.c $(bench_command) $(bench_figures)

%C%_tasks_LDADD = $(bench_libraries)
%C%_tasks_SOURCES = %D%/tasks.c $(bench_command) $(bench_figures) \
	$(bench_process)
EXTRA_DIST += %D%/tasks-compare.py %D%/tasks.go %D%/tasks.py

.PHONY: bench-programs
bench-programs: $(bench_programs)

# Figures of an instrumented build say nothing, and its switches are not those
# that are measured.
dist_check_SCRIPTS += %D%/test_bench.sh
if !SANITIZERS
TESTS += %D%/test_bench.sh
endif
