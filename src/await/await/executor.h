/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Threads, for calls that block.
 */
#ifndef AWAIT_EXECUTOR_H
#define AWAIT_EXECUTOR_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * Runs a function in a thread of the loop's executor and waits for its result
 * (asyncio.to_thread).  The function must not call the library, but for what
 * any thread may call.  If the waiting task is cancelled, a function that has
 * not begun never runs; otherwise the call still waits until it has returned,
 * since it works with what arg points at; then the call returns -ECANCELED.
 * For the same reason aw_loop_close blocks until it has returned.
 * AW_EINVALIDSTATE once the executor was shut down.
 */
AW_MUST_CHECK int aw_to_thread(aw_function *function, void *arg);

/*
 * The same as a future (loop.run_in_executor); executor NULL is the loop's own.
 * To cancel it takes the call back if no thread has begun it; otherwise the
 * function goes on to its end, until when arg has to stay.  So it is when the
 * loop is closed: what has not begun never runs, what runs goes on beyond, its
 * result is dropped, and the future is cancelled; aw_run waits for it first.
 * Returns a reference, or NULL if memory or threads are short or the executor
 * was shut down.
 */
aw_future *aw_loop_run_in_executor(aw_loop *loop, aw_executor *executor,
    aw_function *function, void *arg);

/*
 * A pool of at most max_workers threads (ThreadPoolExecutor); 0 is a few more
 * than there are processors, and 32 at most.  Threads are started as they are
 * needed, and signals are blocked in them.  Calls beyond max_workers wait for
 * their turn, first come, first served.  Several loops may use it.  NULL if
 * memory is short.
 */
aw_executor *aw_executor_new(unsigned max_workers);

/*
 * Refuses further calls, and blocks until those that it has are done
 * (executor.shutdown); then frees the executor.  Their futures end in the next
 * iteration of their loops.  Not for one that is a loop's default.  NULL is
 * fine.
 */
void aw_executor_shutdown(aw_executor *executor);

/*
 * Gives the loop another executor as its own, in place of the one that it
 * makes by itself when first needed (set_default_executor).  The loop takes it
 * over, and when it closes shuts it down without waiting for what runs.
 * Returns 0, -EBUSY if it has one, AW_EINVALIDSTATE if that was shut down, or
 * -ENOMEM for NULL.
 */
int aw_loop_set_default_executor(aw_loop *loop, aw_executor *executor);

/*
 * Waits until the loop's executor has done what it was given; further calls
 * are refused with NULL or AW_EINVALIDSTATE (loop.shutdown_default_executor).
 * For a task of that loop.  timeout in seconds; negative is none.  Returns 0
 * or -ETIMEDOUT.
 */
AW_MUST_CHECK int aw_loop_shutdown_default_executor(aw_loop *loop,
    double timeout);

AW_END_DECLS

#endif
