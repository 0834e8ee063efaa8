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
	double when;         /* -1: never */
	unsigned cancelling; /* the task's cancellations at the start */
	enum { NO_DEADLINE, ACTIVE, EXPIRING, EXPIRED } state;
	bool in_ring;
	bool exited;         /* freed by the ring, where it still is */
};

/* asyncio calls on_timeout by call_at, so from the ring. */
static void
expire(struct aw_ready *ready)
{
	aw_timeout *timeout = aw_container_of(ready, aw_timeout, ready);

	timeout->in_ring = false;
	if (timeout->exited) {
		free(timeout);
		return;
	}
	/* It may have been put off since it came into the ring. */
	if (timeout->state != EXPIRING)
		return;
	timeout->state = EXPIRED;
	if (!timeout->task->future.loop->closing)
		aw_cancel(&timeout->task->future);
}

static void
on_due(struct aw_timer *timer)
{
	aw_timeout *timeout = aw_container_of(timer, aw_timeout, timer);

	timeout->state = EXPIRING;
	if (timeout->in_ring)
		return;
	timeout->in_ring = true;
	aw_loop_ready(timeout->task->future.loop, &timeout->ready);
}

/* Sets the deadline, if there is one, where none is. */
static int
set_deadline(aw_timeout *timeout, double when, int64_t nanoseconds)
{
	int err;

	timeout->when = -1;
	timeout->state = NO_DEADLINE;
	/* What is not a number is no deadline either. */
	if (!(when >= 0))
		return 0;
	timeout->when = when;
	timeout->timer.when = nanoseconds;
	if (nanoseconds <= aw_loop_now()) {
		/* Now, so that it comes before a wait that is over at once. */
		on_due(&timeout->timer);
		return 0;
	}
	err = aw_loop_add_timer(timeout->task->future.loop, &timeout->timer);
	if (err < 0)
		timeout->when = -1;
	else
		timeout->state = ACTIVE;
	return err;
}

static void
remove_deadline(aw_timeout *timeout)
{
	if (timeout->state == ACTIVE)
		aw_loop_remove_timer(timeout->task->future.loop,
		    &timeout->timer);
}

static int
enter(double when, int64_t nanoseconds, aw_timeout **result)
{
	struct task *task = aw_task_current();
	aw_timeout *timeout;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	timeout = calloc(1, sizeof(*timeout));
	if (timeout == NULL)
		return -ENOMEM;
	timeout->task = task;
	timeout->cancelling = task->cancel_requests;
	timeout->timer.due = on_due;
	timeout->ready.run = expire;
	err = set_deadline(timeout, when, nanoseconds);
	if (err < 0)
		free(timeout);
	else
		*result = timeout;
	return err;
}

int
aw_timeout_enter(double delay, aw_timeout **result)
{
	int64_t now = aw_loop_now();

	if (!(delay >= 0))
		return enter(-1, 0, result);
	return enter((double)now / 1e9 + delay, now + aw_nanoseconds(delay),
	    result);
}

int
aw_timeout_enter_at(double when, aw_timeout **result)
{
	return enter(when, aw_nanoseconds(when), result);
}

int
aw_timeout_reschedule(aw_timeout *timeout, double when)
{
	if (timeout->state == EXPIRED)
		return AW_EINVALIDSTATE;
	remove_deadline(timeout);
	return set_deadline(timeout, when, aw_nanoseconds(when));
}

double
aw_timeout_when(const aw_timeout *timeout)
{
	return timeout->when;
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
	remove_deadline(timeout);
	if (timeout->in_ring)
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
