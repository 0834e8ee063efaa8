/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for several futures, or for one in special ways.
 */
#ifndef AWAIT_WAIT_H
#define AWAIT_WAIT_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * A future that is done when all of these are (asyncio.gather), or with the
 * first error, as soon as one fails; the others run on, and their errors count
 * as retrieved.  With return_exceptions errors are no reason to end early, and
 * its result is 0.  The results are the futures' own, by aw_future_result.  To
 * cancel it cancels every one of them, and it ends cancelled.  The same future
 * may be named twice.  It lives until they are done, but takes no reference on
 * them.  Returns a reference, or NULL if memory is short, if one of the futures
 * is NULL, or if they are of several loops.  If all are done already, so is it;
 * with count 0 it takes a running loop.  What the tasks work with has to
 * outlive them, also those that run on after an error: see aw_group_enter for
 * tasks that end together.
 */
aw_future *aw_gather(aw_future *const *futures, size_t count,
    bool return_exceptions);

enum aw_return_when {
	AW_ALL_COMPLETED,
	AW_FIRST_COMPLETED,
	/* As soon as one fails; a cancelled one does not count as failed. */
	AW_FIRST_EXCEPTION,
};

/*
 * Waits for several futures (asyncio.wait), for at most timeout seconds unless
 * that is negative.  Returns how many of them are done, which aw_future_done
 * tells of each; a timeout is no error.  Cancels nothing, not even when it is
 * cancelled itself.  An error that it looks for counts as retrieved.  -EINVAL
 * without futures.
 */
AW_MUST_CHECK int aw_wait(aw_future *const *futures, size_t count,
    double timeout, enum aw_return_when return_when);

/*
 * Waits for a future's result, for at most timeout seconds unless that is
 * negative (asyncio.wait_for).  At the timeout it cancels the future, waits
 * until that has really ended, and returns -ETIMEDOUT; or the result, if it
 * had one all the same.  With a timeout of 0 a task that has not begun never
 * runs.  If the waiting task is cancelled, so is the future.
 */
AW_MUST_CHECK int aw_wait_for(aw_future *future, double timeout);

/*
 * A future that ends as the inner one does, but whose cancellation leaves that
 * alone (asyncio.shield).  An error of the inner one that comes after that is
 * reported.  Returns a reference, or NULL if memory is short.
 */
aw_future *aw_shield(aw_future *inner);

/*
 * Hands out futures in the order in which they end (asyncio.as_completed).
 * timeout in seconds is for all of them; negative is none.  Returns NULL if
 * memory is short.
 */
typedef struct aw_completion_iterator aw_completion_iterator;
aw_completion_iterator *aw_as_completed(aw_future *const *futures,
    size_t count, double timeout);
/*
 * Waits for the next future to end.  Returns 1 and the future, without a
 * reference of its own; 0 after the last one; -ETIMEDOUT, again at each call.
 */
AW_MUST_CHECK int aw_completion_iterator_next(aw_completion_iterator *iterator,
    aw_future **future);
/*
 * Frees the iterator, in which no task waits and whose loop is not closed; the
 * futures run on.  NULL is fine.
 */
void aw_completion_iterator_free(aw_completion_iterator *iterator);

/*
 * Wait until a file descriptor can be read from or written to without
 * blocking; one that can't be polled, such as a regular file's, always can.
 * The descriptor stays the caller's, who must not close it meanwhile.
 */
AW_MUST_CHECK int aw_wait_readable(int fd);
AW_MUST_CHECK int aw_wait_writable(int fd);

AW_END_DECLS

#endif
