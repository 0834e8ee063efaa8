/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/hibernate.h"
#include "core/task.h"

size_t
aw_all_tasks(aw_loop *loop, aw_task **tasks, size_t capacity)
{
	struct task_link *link;
	struct task *task;
	size_t count = 0;

	if (loop == NULL)
		loop = aw_get_running_loop();
	if (loop == NULL)
		return 0;
	for (link = TAILQ_FIRST(&loop->tasks); link != NULL;
	    link = TAILQ_NEXT(link, pending)) {
		if (count < capacity) {
			task = aw_task_awake(link);
			tasks[count] = aw_future_ref(&task->future);
			link = &task->link;
		}
		count++;
	}
	return count;
}
