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
 * any thread may call.  If the waiting task is cancelled, the call still waits
 * until the function has returned, since that works with what arg points at;
 * then it returns -ECANCELED.
 */
AW_MUST_CHECK int aw_to_thread(aw_function *function, void *arg);

/*
 * The same as a future (loop.run_in_executor); executor NULL is the loop's own.
 * To cancel it takes the call back if no thread has begun it; otherwise the
 * function goes on to its end, until when arg has to stay.  Returns a
 * reference, or NULL if memory or threads are short.
 */
aw_future *aw_loop_run_in_executor(aw_loop *loop, aw_executor *executor,
    aw_function *function, void *arg);

/*
 * A pool of at most max_workers threads (ThreadPoolExecutor); 0 is a few more
 * than there are processors, and 32 at most.  Threads are started as they are
 * needed.  Calls beyond max_workers wait for their turn.  NULL if memory is
 * short.
 */
aw_executor *aw_executor_new(unsigned max_workers);

/*
 * Refuses further calls, and blocks until those that it has are done
 * (executor.shutdown); then frees the executor.  Not for one that is a loop's
 * default.  NULL is fine.
 */
void aw_executor_shutdown(aw_executor *executor);

/*
 * Gives the loop another executor as its own, in place of the one that it
 * makes by itself when first needed (set_default_executor).  The loop takes it
 * over and shuts it down when it closes.  Returns 0, or -EBUSY if it has one.
 */
int aw_loop_set_default_executor(aw_loop *loop, aw_executor *executor);

/*
 * Waits until the loop's executor has done what it was given; further calls
 * are refused with NULL or AW_EINVALIDSTATE (loop.shutdown_default_executor).
 * timeout in seconds; negative is none.  Returns 0 or -ETIMEDOUT.
 */
AW_MUST_CHECK int aw_loop_shutdown_default_executor(aw_loop *loop,
    double timeout);

AW_END_DECLS

#endif
