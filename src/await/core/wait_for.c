/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for a future, but not for ever.
 */
#include <errno.h>

#include "core/task.h"

/* The future has no time at all: it is cancelled, and may yet have a result. */
static int
give_up(aw_future *future)
{
	int result;

	aw_cancel(future);
	result = aw_wait(&future, 1, -1, AW_ALL_COMPLETED);
	if (result < 0)
		return result;
	result = aw_future_result(future);
	return result == -ECANCELED ? -ETIMEDOUT : result;
}

static int
await_until(aw_future *future, double timeout)
{
	aw_timeout *deadline;
	int result;

	result = aw_timeout_enter(timeout, &deadline);
	if (result < 0)
		return result;
	result = aw_await(future);
	result = aw_timeout_exit(deadline, result);
	/* It may have ended just before the deadline. */
	if (result == -ETIMEDOUT && future->state == AW_FUTURE_FINISHED)
		result = aw_future_result(future);
	return result;
}

int
aw_wait_for(aw_future *future, double timeout)
{
	struct task *task = aw_task_current();
	int result;

	/*
	 * aw_await knows what is wrong with the future.  What is not a number
	 * is no timeout, as elsewhere.
	 */
	if (future == NULL || task == NULL || future == &task->future ||
	    future->loop != task->future.loop ||
	    future->state != AW_FUTURE_PENDING || !(timeout >= 0))
		return aw_await(future);
	aw_future_ref(future);
	result = timeout > 0 ? await_until(future, timeout) : give_up(future);
	aw_future_unref(future);
	return result;
}
