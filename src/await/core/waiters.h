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
	TAILQ_ENTRY(aw_waiter) queued;
	struct task *task;
	bool woken;
};

/* All zero is a queue too, until it is first used. */
TAILQ_HEAD(aw_waiters, aw_waiter);

/*
 * Waits in the queue until it is woken with a result, and returns that, or
 * -ECANCELED.  what says what for, as a static string.
 */
AW_MUST_CHECK int aw_waiters_wait(struct aw_waiters *waiters,
    struct task *task, const char *what);

/* Takes all tasks from the queue and wakes them. */
void aw_waiters_wake_all(struct aw_waiters *waiters, int result);

#endif
