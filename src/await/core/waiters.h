/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A queue of tasks that wait for the same thing, first come, first served.
 */
#ifndef AWAIT_CORE_WAITERS_H
#define AWAIT_CORE_WAITERS_H

#include "core/task.h"

/* Lies on the stack of the task that waits. */
struct aw_waiter {
	struct aw_waiter *next, *previous;
	struct task *task;
	bool woken;
};

struct aw_waiters {
	struct aw_waiter *first, *last;
};

/*
 * Waits in the queue until it is woken with a result, and returns that, or
 * -ECANCELED.  what says what for, as a static string.
 */
AW_MUST_CHECK int aw_waiters_wait(struct aw_waiters *waiters,
    struct task *task, const char *what);

/* Takes all tasks from the queue and wakes them. */
void aw_waiters_wake_all(struct aw_waiters *waiters, int result);

#endif
