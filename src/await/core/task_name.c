/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Names of tasks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/task.h"

/* By hand, since it may happen in a signal's context (overflow.h). */
static void
fill_default_name(struct task *task)
{
	static const char prefix[] = "Task-";
	char digits[sizeof(task->default_name) - sizeof(prefix)];
	size_t n = 0, at = sizeof(prefix) - 1;
	uint64_t left;

	for (left = task->sequence; left > 0; left /= 10)
		digits[n++] = (char)('0' + left % 10);
	while (n > 0)
		task->default_name[at++] = digits[--n];
	/* Last, as the first byte tells that the name is there. */
	memcpy(task->default_name, prefix, sizeof(prefix) - 1);
}

const char *
aw_task_get_name(const aw_task *future)
{
	struct task *task;

	if (future == NULL || !aw_future_is_task(future))
		return "";
	task = aw_container_of(future, struct task, future);
	if (task->name != NULL)
		return task->name;
	/* Written only when asked for: most tasks' names never are. */
	if (task->default_name[0] == '\0')
		fill_default_name(task);
	return task->default_name;
}

int
aw_task_set_name(aw_task *future, const char *name)
{
	struct task *task;
	char *copy;

	if (future == NULL)
		return -ENOMEM;
	if (!aw_future_is_task(future) || name == NULL)
		return -EINVAL;
	copy = strdup(name);
	if (copy == NULL)
		return -ENOMEM;
	task = aw_task_of(future);
	free(task->name);
	task->name = copy;
	aw_sanitizer_name(&task->coro.sanitizer, name);
	return 0;
}
