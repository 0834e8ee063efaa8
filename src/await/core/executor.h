/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Pools of threads, for calls that block.
 *
 * Threads are started as they are needed, up to a bound, and end with the pool.
 * A loop has two: one of its own for what the library has to call, and one for
 * what the program calls, which may be waited for.  A job that a thread works
 * on while its loop is closed is left to itself: nobody waits for a name server
 * that does not answer.
 */
#ifndef AWAIT_CORE_EXECUTOR_H
#define AWAIT_CORE_EXECUTOR_H

#include "core/task.h"

/* Lies in what the job works on, which no task's stack may hold. */
struct aw_job {
	struct aw_ready ready;
	TAILQ_ENTRY(aw_job) queued;   /* in the executor, not yet begun */
	LIST_ENTRY(aw_job) submitted; /* among the loop's, until it is done */
	struct aw_executor *executor;
	aw_loop *loop;                /* NULL: closed, there is nobody to tell */
	enum { AW_JOB_QUEUED, AW_JOB_WORKING, AW_JOB_FINISHED } state;
	void (*work)(struct aw_job *job); /* in a thread */
	/* In the loop, once work is done. */
	void (*done)(struct aw_job *job);
	/* In a loop that is closing, before drop; may be NULL. */
	void (*lost)(struct aw_job *job);
	/* Instead of done if the loop was closed; in any thread. */
	void (*drop)(struct aw_job *job);
};

/*
 * Has a job worked on by an executor.  Returns 0, the error that no thread was
 * to be had by, or AW_EINVALIDSTATE if the executor or the loop is closed.
 */
AW_MUST_CHECK int aw_job_submit(struct aw_executor *executor, aw_loop *loop,
    struct aw_job *job);

/* The same by the threads that are the library's own. */
AW_MUST_CHECK int aw_executor_submit(aw_loop *loop, struct aw_job *job);

/* Takes back a job that no thread has begun; false if one has. */
bool aw_job_take_back(struct aw_job *job);

/* Blocks until no thread works on the job any more. */
void aw_job_wait(struct aw_job *job);

/* Makes the loop the one that aw_executor_drain is for. */
void aw_executor_own(struct aw_executor *executor, aw_loop *loop);

/*
 * Refuses further jobs, and has the owner's running task wait until there are
 * none.  Returns 0 or -ECANCELED.
 */
AW_MUST_CHECK int aw_executor_drain(struct aw_executor *executor,
    struct task *task);

/* Ends the jobs and the executors of a loop that is closing. */
void aw_executors_close(aw_loop *loop);

#endif
