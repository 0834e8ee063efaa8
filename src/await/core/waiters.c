/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/waiters.h"

int
aw_waiters_wait_turn(struct aw_waiters *waiters, struct task *task,
    const char *what, bool *woken)
{
	struct aw_waiter waiter = { .task = task };
	int result;

	*woken = false;
	/* It may be left for good there, with what lies on its stack. */
	if (task->future.loop->closing)
		return aw_task_park(task, what);
	if (waiters->tqh_last == NULL)
		TAILQ_INIT(waiters);
	TAILQ_INSERT_TAIL(waiters, &waiter, queued);
	result = aw_task_park(task, what);
	if (!waiter.gone)
		TAILQ_REMOVE(waiters, &waiter, queued);
	*woken = waiter.woken;
	return result;
}

int
aw_waiters_wait(struct aw_waiters *waiters, struct task *task, const char *what)
{
	bool woken;

	return aw_waiters_wait_turn(waiters, task, what, &woken);
}

bool
aw_waiters_wake_one(struct aw_waiters *waiters, int result)
{
	struct aw_waiter *waiter;

	while ((waiter = TAILQ_FIRST(waiters)) != NULL) {
		TAILQ_REMOVE(waiters, waiter, queued);
		waiter->gone = true;
		/* Only a cancellation can have woken it already. */
		if (!waiter->task->parked)
			continue;
		waiter->woken = true;
		aw_task_wake(waiter->task, result);
		return true;
	}
	return false;
}

void
aw_waiters_wake_all(struct aw_waiters *waiters, int result)
{
	while (aw_waiters_wake_first(waiters, result))
		continue;
}
