/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for time to pass.
 */
#include <errno.h>

#include "core/task.h"

struct sleep {
	struct aw_timer timer;
	struct task *task;
	bool elapsed;
};

static void
on_due(struct aw_timer *timer)
{
	struct sleep *sleep = aw_container_of(timer, struct sleep, timer);

	sleep->elapsed = true;
	aw_task_wake(sleep->task, 0);
}

int
aw_sleep(double delay)
{
	struct task *task = aw_task_current();
	struct sleep sleep = { .task = task, .timer.due = on_due };
	aw_loop *loop;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	/* Not "delay <= 0": what is not a number does not wait either. */
	if (!(delay > 0))
		return aw_task_yield(task);
	loop = task->future.loop;
	sleep.timer.when = aw_loop_now() + aw_nanoseconds(delay);
	err = aw_loop_add_timer(loop, &sleep.timer);
	if (err < 0)
		return err;
	err = aw_task_park(task, "a time to pass");
	if (!sleep.elapsed)
		aw_loop_remove_timer(loop, &sleep.timer);
	return err;
}
