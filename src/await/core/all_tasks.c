/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/task.h"

size_t
aw_all_tasks(aw_loop *loop, aw_task **tasks, size_t capacity)
{
	struct task *task;
	size_t count = 0;

	if (loop == NULL)
		loop = aw_get_running_loop();
	if (loop == NULL)
		return 0;
	TAILQ_FOREACH(task, &loop->tasks, pending) {
		if (count < capacity)
			tasks[count] = aw_future_ref(&task->future);
		count++;
	}
	return count;
}
