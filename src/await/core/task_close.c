/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Ending the tasks of a loop that closes.
 */
#include "core/hibernate.h"
#include "core/task.h"

/* Empties the ring: of tasks for good, of the rest into others. */
static void
unready_tasks(struct aw_ready_ring *ring, struct aw_ready_ring *others)
{
	struct aw_ready *ready;

	while (!aw_ready_is_empty(ring)) {
		ready = aw_ready_pop(ring);
		if (aw_task_of_entry(ready) == NULL)
			aw_ready_push(others, ready);
	}
}

void
aw_tasks_close(aw_loop *loop)
{
	struct aw_ready_ring others = { NULL };
	struct task_link *link;
	struct task *task;

	while ((link = TAILQ_FIRST(&loop->tasks)) != NULL) {
		task = aw_task_awake(link);
		unready_tasks(&loop->ready, &others);
		aw_future_ref(&task->future);
		aw_loop_report(loop, "a task was dropped while it was pending",
		    0, &task->future);
		task->parked = false;
		task->must_cancel = true;
		task->ready.run(&task->ready);
		if (task->future.state == AW_FUTURE_PENDING) {
			/* It did not return; its stack goes with the pool. */
			aw_task_forget(task);
			aw_coro_free(&task->coro);
			continue;
		}
		aw_future_unref(&task->future);
	}
	unready_tasks(&loop->ready, &others);
	loop->ready = others;
}
