/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/waiters.h"

static void
append(struct aw_waiters *waiters, struct aw_waiter *waiter)
{
	waiter->next = NULL;
	waiter->previous = waiters->last;
	if (waiters->last != NULL)
		waiters->last->next = waiter;
	else
		waiters->first = waiter;
	waiters->last = waiter;
}

static void
unlink_waiter(struct aw_waiters *waiters, struct aw_waiter *waiter)
{
	if (waiter->next != NULL)
		waiter->next->previous = waiter->previous;
	else
		waiters->last = waiter->previous;
	if (waiter->previous != NULL)
		waiter->previous->next = waiter->next;
	else
		waiters->first = waiter->next;
}

int
aw_waiters_wait(struct aw_waiters *waiters, struct task *task, const char *what)
{
	struct aw_waiter waiter = { .task = task };
	int result;

	append(waiters, &waiter);
	result = aw_task_park(task, what);
	if (!waiter.woken)
		unlink_waiter(waiters, &waiter);
	return result;
}

void
aw_waiters_wake_all(struct aw_waiters *waiters, int result)
{
	struct aw_waiter *waiter;

	while ((waiter = waiters->first) != NULL) {
		unlink_waiter(waiters, waiter);
		waiter->woken = true;
		aw_task_wake(waiter->task, result);
	}
}
