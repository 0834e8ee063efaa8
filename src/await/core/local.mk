# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/all_tasks.c \
	%D%/as_completed.c \
	%D%/debug_mode.c \
	%D%/debug_mode.h \
	%D%/dump.c \
	%D%/error.c \
	%D%/event_handler.c \
	%D%/event_handler.h \
	%D%/event_loop.c \
	%D%/event_loop.h \
	%D%/exception.c \
	%D%/executor.c \
	%D%/executor.h \
	%D%/fd_handlers.c \
	%D%/fd_handlers.h \
	%D%/future.c \
	%D%/future.h \
	%D%/gather.c \
	%D%/group.c \
	%D%/handle.c \
	%D%/handle.h \
	%D%/loop.c \
	%D%/loop.h \
	%D%/loop_life.c \
	%D%/loops.c \
	%D%/loops.h \
	%D%/poll.c \
	%D%/poll.h \
	%D%/ready.h \
	%D%/remnant.c \
	%D%/remnant.h \
	%D%/run.c \
	%D%/shield.c \
	%D%/signals.c \
	%D%/signals.h \
	%D%/sleep.c \
	%D%/task.c \
	%D%/task.h \
	%D%/task_info.c \
	%D%/task_name.c \
	%D%/timeout.c \
	%D%/timer.c \
	%D%/timer.h \
	%D%/wait.c \
	%D%/to_thread.c \
	%D%/trim.c \
	%D%/trim.h \
	%D%/wait_fd.c \
	%D%/wait_fd.h \
	%D%/wait_for.c \
	%D%/waiters.c \
	%D%/waiters.h
