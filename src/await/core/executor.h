/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop's pool of threads, for calls that block.
 *
 * Threads are started as they are needed, up to a bound, and end with the loop.
 * A job that a thread is busy with then is left to itself: nobody waits for a
 * name server that does not answer.
 */
#ifndef AWAIT_CORE_EXECUTOR_H
#define AWAIT_CORE_EXECUTOR_H

#include "core/loop.h"

/* Lies in what the job works on, which no task's stack may hold. */
struct aw_job {
	struct aw_ready ready;
	struct aw_job *next;
	aw_loop *loop;
	void (*work)(struct aw_job *job); /* in a thread */
	/* In the loop, once work is done. */
	void (*done)(struct aw_job *job);
	/* Instead of done if the loop was closed; in any thread. */
	void (*drop)(struct aw_job *job);
};

/* Has a job worked on.  Returns 0 or the error that no thread was to be had by. */
AW_MUST_CHECK int aw_executor_submit(aw_loop *loop, struct aw_job *job);

/* Ends the pool of a loop that is closing. */
void aw_executor_close(aw_loop *loop);

#endif
