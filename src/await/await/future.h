/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Futures: a result that is not there yet.
 */
#ifndef AWAIT_FUTURE_H
#define AWAIT_FUTURE_H

#include <await/types.h>

AW_BEGIN_DECLS

/* Makes a pending future (loop.create_future), owned by the caller. */
aw_future *aw_loop_create_future(aw_loop *loop);

/*
 * Futures and tasks are counted: each function that returns one gives the
 * caller a reference, which aw_future_unref gives back.  The loop holds one of
 * its own on a task until it ends, so a task may be let go at once.  A future
 * that ended with an error which nobody asked for is reported when it goes.
 * unref takes NULL.
 */
aw_future *aw_future_ref(aw_future *future);
void aw_future_unref(aw_future *future);

/*
 * End a future with a result of 0 or more, or with a negative error.
 * -ECANCELED cancels it.  Return 0, AW_EINVALIDSTATE if it is done already,
 * -EINVAL for a value of the wrong sign, or for a task, a gather or a shield,
 * which end by themselves.
 */
int aw_future_set_result(aw_future *future, int result);
int aw_future_set_error(aw_future *future, int error);

/*
 * Whether it has a result, an error or was cancelled; whether it was cancelled
 * (done(), cancelled()).  NULL is neither.
 */
bool aw_future_done(const aw_future *future);
bool aw_future_cancelled(const aw_future *future);

/*
 * The result or the error of a future that is done (future.result); the error
 * counts as retrieved.  AW_EINVALIDSTATE while it is pending.
 */
int aw_future_result(aw_future *future);

/* Called with a future that is done. */
typedef void aw_done_callback(aw_future *future, void *arg);

/*
 * Has the callback called by the loop, never inline, once the future is done;
 * callbacks are called in the order in which they were added.  Returns 0 or
 * -ENOMEM.
 */
AW_MUST_CHECK int aw_future_add_done_callback(aw_future *future,
    aw_done_callback *callback, void *arg);

/* Returns how many were taken off the list (remove_done_callback). */
int aw_future_remove_done_callback(aw_future *future,
    aw_done_callback *callback, void *arg);

/*
 * Asks a task to end, or cancels a future (task.cancel, future.cancel).
 * Returns false if it is done already; its error then counts as retrieved.  A
 * task gets -ECANCELED from the call that it waits in, or from the next one that
 * really waits; it may clean up, waiting as it pleases, or go on.
 */
bool aw_cancel(aw_future *future);

AW_END_DECLS

#endif
