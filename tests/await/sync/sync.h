/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of src/await/sync share, beside core/core.h.
 */
#ifndef TESTS_AWAIT_SYNC_SYNC_H
#define TESTS_AWAIT_SYNC_SYNC_H

#include "core/core.h"

/*
 * A call on an object of the library by a task of its own, which notes its
 * label when it is over, "label!" if it was cancelled, "label?" for another
 * error.
 */
struct call {
	const char *label;
	int (*function)(void *object);
	void *object;
	int result;
	unsigned calls;  /* how often the task called the function */
	aw_task *task;
};

/* Starts the task of a call; join_call awaits it and gives it back. */
void start_call(struct call *call, const char *label,
    int (*function)(void *object), void *object);
int join_call(struct call *call);

/* The functions of calls; a label is noted once they have returned. */
int acquire_lock(void *lock);
int acquire_semaphore(void *semaphore);
int wait_for_event(void *event);
int wait_at_barrier(void *barrier);
int join_queue(void *queue);
/* These acquire first; the second releases in the end. */
int wait_in_condition(void *condition);
int wait_in_condition_and_release(void *condition);

/* A condition with a lock of its own; these must not fail. */
aw_condition *new_condition(void);
void acquire_condition(aw_condition *condition);
void release_condition(void *condition);

/* For aw_loop_call_soon. */
void cancel_callback(void *task);

/* Has it called in the loop's next iteration. */
void call_soon(aw_callback *callback, void *arg);

/* Runs body in the main task of another loop, in a thread of its own. */
void in_other_loop(aw_coroutine *body, void *arg);

/*
 * Runs body as the main task of a loop that is then closed with all that still
 * waits, and forgets what is reported of that.  before, unless it is NULL, is
 * called when the loop runs no more: whom it wakes has no time to run.
 */
void close_while_pending(aw_coroutine *body, aw_callback *before, void *arg);

#endif
