/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is known of a task.
 */
#include <errno.h>

#include "coro/resident.h"
#include "core/task.h"

enum aw_task_state
aw_task_state(const struct task *task)
{
	const aw_loop *loop = task->future.loop;

	if (task->future.state != AW_FUTURE_PENDING)
		return AW_TASK_DONE;
	if (task == loop->current || task == loop->caller)
		return AW_TASK_RUNNING;
	return task->parked ? AW_TASK_WAITING : AW_TASK_READY;
}

/*
 * Waits and ends are stamped with the iteration's time.  What is ready or runs
 * became so in this iteration, or was made while the loop did not run.
 */
static int64_t
since(const struct task *task, enum aw_task_state state)
{
	int64_t now = task->future.loop->now;

	if (state == AW_TASK_WAITING || state == AW_TASK_DONE ||
	    task->since > now)
		return task->since;
	return now;
}

/* The lowest address of its stack that the task uses. */
static const char *
lowest_used(const struct task *task, enum aw_task_state state)
{
	const char *top = task->stack.high, *lowest;

	if (state == AW_TASK_DONE)
		return top;
	if (task == task->future.loop->current)
		lowest = __builtin_frame_address(0);
	else
		lowest = aw_context_lowest(&task->coro.context);
	if (lowest < task->stack.low || lowest > top)
		return top;
	return lowest;
}

static const char *
deepest_used(const struct task *task)
{
	const char *resident = aw_stack_lowest_resident(&task->stack);

	if (task->deepest != NULL && task->deepest < resident)
		return task->deepest;
	return resident;
}

int
aw_task_get_info(const aw_task *future, aw_task_info *info)
{
	const struct task *task;
	const char *top, *used, *deepest;

	if (future == NULL || !aw_future_is_task(future))
		return -EINVAL;
	task = aw_container_of(future, const struct task, future);
	info->name = aw_task_get_name(future);
	info->state = aw_task_state(task);
	info->waits_for = info->state == AW_TASK_WAITING ? task->what : NULL;
	info->awaits = info->state == AW_TASK_WAITING ? task->awaits : NULL;
	info->since = (double)since(task, info->state) / 1e9;
	info->cancelling = task->cancel_requests;
	top = task->stack.high;
	used = lowest_used(task, info->state);
	deepest = deepest_used(task);
	info->stack_size = (size_t)(top - task->stack.low);
	info->stack_used = (size_t)(top - used);
	/* The page that the task itself lies in counts to its end only. */
	info->stack_high_water = (size_t)(top - (deepest < used ? deepest :
	    used));
	return 0;
}
