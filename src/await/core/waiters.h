/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A queue of tasks that wait for the same thing, first come, first served.
 *
 * A task that is cancelled stays in the queue until it runs, unless somebody
 * looks for a task to wake before that, who drops it.  So cancelling one of
 * many costs as much as cancelling the only one.
 */
#ifndef AWAIT_CORE_WAITERS_H
#define AWAIT_CORE_WAITERS_H

#include "core/task.h"

/* Lies on the stack of the task that waits. */
struct aw_waiter {
	TAILQ_ENTRY(aw_waiter) queued;
	struct task *task;
	bool gone;  /* no longer in the queue */
	bool woken; /* gone since it was woken, not since it was cancelled */
};

/* All zero is a queue too, until it is first used. */
TAILQ_HEAD(aw_waiters, aw_waiter);

/*
 * Waits in the queue until it is woken with a result, and returns that, or
 * -ECANCELED.  what says what for, as a static string.
 */
AW_MUST_CHECK int aw_waiters_wait(struct aw_waiters *waiters,
    struct task *task, const char *what);

/*
 * The same for who was promised something by being woken: *woken says whether
 * that was so, even if it was cancelled before it ran.
 */
AW_MUST_CHECK int aw_waiters_wait_turn(struct aw_waiters *waiters,
    struct task *task, const char *what, bool *woken);

/* As aw_waiters_wake_first, for a queue that is not empty. */
bool aw_waiters_wake_one(struct aw_waiters *waiters, int result);

/*
 * Takes the task that waits longest from the queue and wakes it.  Returns false
 * if none waits that has not been cancelled.
 */
static inline bool
aw_waiters_wake_first(struct aw_waiters *waiters, int result)
{
	return TAILQ_FIRST(waiters) != NULL &&
	    aw_waiters_wake_one(waiters, result);
}

/* Takes all tasks from the queue and wakes them. */
void aw_waiters_wake_all(struct aw_waiters *waiters, int result);

#endif
