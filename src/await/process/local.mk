# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/communicate.c \
	%D%/create.c \
	%D%/exit.c \
	%D%/exit.h \
	%D%/process.c \
	%D%/process.h \
	%D%/program.c \
	%D%/program.h \
	%D%/spawn.c \
	%D%/spawn.h \
	%D%/standard.c \
	%D%/standard.h
