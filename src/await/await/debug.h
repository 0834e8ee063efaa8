/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Seeing what a loop does.
 */
#ifndef AWAIT_DEBUG_H
#define AWAIT_DEBUG_H

#include <stdio.h>

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * Debug mode (loop.set_debug): callbacks and steps of tasks that take long are
 * reported to the exception handler; and while the loop runs, functions that
 * have it call something, or change what it or a future of it knows, refuse to
 * be called from another thread: they answer AW_EWRONGTHREAD, NULL or false and
 * do nothing, and the loop reports it.  It is on from the start if the
 * environment has AWAIT_DEBUG with another value than "" or "0".  set and get
 * may be called from any thread.
 */
void aw_loop_set_debug(aw_loop *loop, bool on);
bool aw_loop_get_debug(const aw_loop *loop);
/* What takes long, in seconds (loop.slow_callback_duration); 0.1 at first. */
void aw_loop_set_slow_callback_duration(aw_loop *loop, double duration);

enum aw_task_state {
	AW_TASK_READY,   /* runs in the next iteration, or has not begun */
	AW_TASK_RUNNING,
	AW_TASK_WAITING,
	AW_TASK_DONE,
};

/* What is known of a task. */
typedef struct aw_task_info {
	const char *name;
	enum aw_task_state state;
	const char *waits_for;    /* in words: "data to read"; or NULL */
	const aw_future *awaits;  /* the future that it awaits, or NULL */
	/* Since when it is in that state, by aw_loop_time, to some ms. */
	double since;
	unsigned cancelling;
	size_t stack_size;        /* bytes that it may use */
	size_t stack_used;        /* of which it uses now; 0 when done */
	/*
	 * The most that was ever used, by whole pages, by it or by a task that
	 * had the same stack before it.
	 */
	size_t stack_high_water;
} aw_task_info;

/* Returns 0, or -EINVAL for a future that is no task. */
int aw_task_get_info(const aw_task *task, aw_task_info *info);

/*
 * Writes a table of the loop's tasks that are not done to a stdio stream, in
 * the order in which they were made: name, state and for how long, the stack
 * that it uses and its high-water mark, and what it waits for.  Control
 * characters in names are written as \n, \t or \x1b.  loop NULL is the running
 * one.  Returns 0, -EINVAL without a loop or stream, or the error of the
 * stream, which is flushed.
 */
int aw_dump_tasks(aw_loop *loop, FILE *stream);

/*
 * Writes that table to standard error each time that the signal arrives, such
 * as SIGUSR1.  As aw_loop_add_signal_handler, which can take it away again.
 */
AW_MUST_CHECK int aw_loop_dump_tasks_on_signal(aw_loop *loop, int signal);

AW_END_DECLS

#endif
