# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/barrier.c \
	%D%/bind.h \
	%D%/condition.c \
	%D%/event.c \
	%D%/items.c \
	%D%/items.h \
	%D%/lock.c \
	%D%/lock.h \
	%D%/queue.c \
	%D%/semaphore.c
