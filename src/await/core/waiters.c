/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/waiters.h"

int
aw_waiters_wait(struct aw_waiters *waiters, struct task *task, const char *what)
{
	struct aw_waiter waiter = { .task = task };
	int result;

	if (waiters->tqh_last == NULL)
		TAILQ_INIT(waiters);
	TAILQ_INSERT_TAIL(waiters, &waiter, queued);
	result = aw_task_park(task, what);
	if (!waiter.woken)
		TAILQ_REMOVE(waiters, &waiter, queued);
	return result;
}

void
aw_waiters_wake_all(struct aw_waiters *waiters, int result)
{
	struct aw_waiter *waiter;

	while ((waiter = TAILQ_FIRST(waiters)) != NULL) {
		TAILQ_REMOVE(waiters, waiter, queued);
		waiter->woken = true;
		aw_task_wake(waiter->task, result);
	}
}
