/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A deadline over a block of code.
 */
#ifndef AWAIT_TIMEOUT_H
#define AWAIT_TIMEOUT_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * A deadline over the code between the two calls (async with
 * asyncio.timeout(delay)): once it passes, the task is cancelled, and
 * aw_timeout_exit, which is given the block's result and returns it, turns that
 * cancellation, and only that one, into -ETIMEDOUT.  aw_timeout_enter returns
 * 0, -ENOMEM or AW_ENOTASK; every enter that returned 0 needs its exit, which
 * frees the timeout.  A negative delay sets no deadline.
 */
AW_MUST_CHECK int aw_timeout_enter(double delay, aw_timeout **timeout);
AW_MUST_CHECK int aw_timeout_exit(aw_timeout *timeout, int result);

/* The same with a time of aw_loop_time (asyncio.timeout_at). */
AW_MUST_CHECK int aw_timeout_enter_at(double when, aw_timeout **timeout);

/*
 * Moves the deadline to another time of aw_loop_time; negative takes it away
 * (timeout.reschedule).  Returns 0, -ENOMEM, which leaves none, or
 * AW_EINVALIDSTATE if it has passed.
 */
AW_MUST_CHECK int aw_timeout_reschedule(aw_timeout *timeout, double when);

/* When it passes, as a time of aw_loop_time; -1 for never (timeout.when). */
double aw_timeout_when(const aw_timeout *timeout);

/* Whether the deadline has passed (timeout.expired). */
bool aw_timeout_expired(const aw_timeout *timeout);

AW_END_DECLS

#endif
