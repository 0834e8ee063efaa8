# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/context.c \
	%D%/context.h \
	%D%/context_ucontext.c \
	%D%/coro.h \
	%D%/guard.c \
	%D%/guard.h \
	%D%/overflow.c \
	%D%/overflow.h \
	%D%/resident.c \
	%D%/resident.h \
	%D%/sanitizer.h \
	%D%/stack.c \
	%D%/stack.h
EXTRA_src_await_libawait_la_SOURCES = \
	%D%/context_aarch64.S \
	%D%/context_x86_64.S

if AW_CONTEXT_X86_64
src_await_libawait_la_SOURCES += %D%/context_x86_64.S
endif
if AW_CONTEXT_AARCH64
src_await_libawait_la_SOURCES += %D%/context_aarch64.S
endif
