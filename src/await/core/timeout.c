/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A deadline over a block of code.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/task.h"

struct aw_timeout {
	struct aw_timer timer;
	struct aw_ready ready;
	struct task *task;
	unsigned cancelling; /* the task's cancellations at the start */
	enum { NO_DEADLINE, ACTIVE, EXPIRING, EXPIRED } state;
	bool exited;         /* freed by the ring, where it still is */
};

/* asyncio calls on_timeout by call_at, so from the ring. */
static void
expire(struct aw_ready *ready)
{
	aw_timeout *timeout = aw_container_of(ready, aw_timeout, ready);

	if (timeout->exited) {
		free(timeout);
		return;
	}
	timeout->state = EXPIRED;
	if (!timeout->task->future.loop->closing)
		aw_cancel(&timeout->task->future);
}

static void
on_due(struct aw_timer *timer)
{
	aw_timeout *timeout = aw_container_of(timer, aw_timeout, timer);

	timeout->state = EXPIRING;
	aw_loop_ready(timeout->task->future.loop, &timeout->ready);
}

int
aw_timeout_enter(double delay, aw_timeout **result)
{
	struct task *task = aw_task_current();
	aw_timeout *timeout;
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	timeout = calloc(1, sizeof(*timeout));
	if (timeout == NULL)
		return -ENOMEM;
	timeout->task = task;
	timeout->cancelling = task->cancel_requests;
	timeout->timer.due = on_due;
	timeout->ready.run = expire;
	if (delay > 0) {
		timeout->state = ACTIVE;
		timeout->timer.when = aw_loop_now() + aw_nanoseconds(delay);
		err = aw_loop_add_timer(task->future.loop, &timeout->timer);
	} else if (delay == 0) {
		/* Now, so that it comes before a wait that is over at once. */
		on_due(&timeout->timer);
	}
	if (err < 0)
		free(timeout);
	else
		*result = timeout;
	return err;
}

int
aw_timeout_exit(aw_timeout *timeout, int result)
{
	struct task *task = timeout->task;

	/*
	 * The cancellation is the deadline's own if the count is back to where
	 * it was once the deadline's is taken off.
	 */
	if (timeout->state == EXPIRED &&
	    aw_task_uncancel(&task->future) <= timeout->cancelling &&
	    result == -ECANCELED)
		result = -ETIMEDOUT;
	if (timeout->state == ACTIVE)
		aw_loop_remove_timer(task->future.loop, &timeout->timer);
	if (timeout->state == EXPIRING)
		timeout->exited = true;
	else
		free(timeout);
	return result;
}

bool
aw_timeout_expired(const aw_timeout *timeout)
{
	return timeout->state == EXPIRED;
}
