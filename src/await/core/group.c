/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: tasks that end together.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/task.h"

/* A task of the group; it lies beside the task. */
struct member {
	struct aw_future_watch watch;
	struct aw_ready ready;
	aw_group *group;        /* NULL if the group did not wait for it */
	struct task *task;      /* a reference */
	TAILQ_ENTRY(member) members;
};

struct aw_group {
	struct task *parent;    /* a reference */
	TAILQ_HEAD(, member) members; /* whose end is not yet dealt with */
	size_t live;            /* how many these are */
	int *errors;            /* with room for one of each, and the block's */
	size_t error_count, error_capacity;
	int first_error;
	bool exiting;
	bool aborting;
	bool parent_cancelled;  /* by the group */
};

int
aw_group_enter(aw_group **result)
{
	struct task *parent = aw_task_current();
	aw_group *group;

	if (parent == NULL)
		return AW_ENOTASK;
	group = calloc(1, sizeof(*group));
	if (group == NULL)
		return -ENOMEM;
	group->error_capacity = 4;
	group->errors = malloc(group->error_capacity * sizeof(int));
	if (group->errors == NULL) {
		free(group);
		return -ENOMEM;
	}
	TAILQ_INIT(&group->members);
	group->parent = parent;
	aw_future_ref(&parent->future);
	*result = group;
	return 0;
}

static void
add_error(aw_group *group, int error)
{
	if (group->first_error == 0)
		group->first_error = error;
	group->errors[group->error_count++] = error;
}

/* Makes room for an error of one more task. */
static int
reserve_error(aw_group *group)
{
	size_t capacity = group->error_capacity * 2;
	int *errors;

	if (group->error_count + group->live + 2 <= group->error_capacity)
		return 0;
	errors = realloc(group->errors, capacity * sizeof(int));
	if (errors == NULL)
		return -ENOMEM;
	group->errors = errors;
	group->error_capacity = capacity;
	return 0;
}

static void
abort_tasks(aw_group *group)
{
	struct member *member;

	group->aborting = true;
	TAILQ_FOREACH(member, &group->members, members)
		aw_cancel(&member->task->future);
}

static void
count_member(aw_group *group, aw_future *future)
{
	int result = aw_future_result(future);

	if (--group->live == 0 && group->exiting)
		aw_task_wake(group->parent, 0);
	if (result >= 0 || aw_future_cancelled(future))
		return;
	add_error(group, result);
	if (group->aborting)
		return;
	abort_tasks(group);
	if (!group->exiting) {
		group->parent_cancelled = true;
		aw_cancel(&group->parent->future);
	}
}

static void
run_member(struct aw_ready *ready)
{
	struct member *member = aw_container_of(ready, struct member, ready);
	struct task *task = member->task;

	if (member->group != NULL) {
		TAILQ_REMOVE(&member->group->members, member, members);
		count_member(member->group, &task->future);
	}
	aw_future_unref(&task->future);
}

static void
member_done(struct aw_future_watch *watch)
{
	struct member *member = aw_container_of(watch, struct member, watch);

	aw_loop_ready(member->task->future.loop, &member->ready);
}

int
aw_group_create_task(aw_group *group, aw_coroutine *coroutine, void *arg,
    const char *name, aw_task **result)
{
	struct member *member;
	struct task *task;
	void *extra;

	if (AW_WRONG_THREAD(group->parent->future.loop))
		return AW_EWRONGTHREAD;
	if (group->aborting || (group->exiting && group->live == 0))
		return AW_EINVALIDSTATE;
	if (reserve_error(group) < 0)
		return -ENOMEM;
	task = aw_task_new(group->parent->future.loop, coroutine, arg, name,
	    sizeof(*member), &extra);
	if (task == NULL)
		return -ENOMEM;
	member = extra;
	member->watch.done = member_done;
	member->ready.run = run_member;
	member->group = group;
	member->task = task;
	aw_future_watch(&task->future, &member->watch);
	TAILQ_INSERT_TAIL(&group->members, member, members);
	group->live++;
	if (result != NULL)
		*result = aw_future_ref(&task->future);
	return 0;
}

/* The loop is closing, which ends the tasks in its own way. */
static void
forget_members(aw_group *group)
{
	struct member *member;

	while ((member = TAILQ_FIRST(&group->members)) != NULL) {
		TAILQ_REMOVE(&group->members, member, members);
		member->group = NULL;
		if (member->task->future.state != AW_FUTURE_PENDING)
			continue;
		aw_future_unwatch(&member->task->future, &member->watch);
		aw_future_unref(&member->task->future);
	}
	group->live = 0;
}

/*
 * Waits for the tasks.  A cancellation cancels them, and is *propagate; one
 * that finds them cancelled already is *late.
 */
static void
wait_for_tasks(aw_group *group, bool *propagate, bool *late)
{
	struct task *parent = group->parent;

	while (group->live > 0) {
		if (aw_task_park(parent, "the tasks of a group") >= 0)
			continue;
		*late = true;
		if (!group->aborting) {
			*propagate = true;
			abort_tasks(group);
		}
		if (parent->future.loop->closing)
			forget_members(group);
	}
}

/* Takes the group's own cancellation back; tells whether another is left. */
static bool
is_cancelled(aw_group *group, bool propagate, bool late)
{
	if (!group->parent_cancelled)
		return propagate;
	if (aw_task_uncancel(&group->parent->future) == 0)
		return false;
	return propagate || late;
}

int
aw_group_exit(aw_group *group, int result)
{
	aw_task *parent = &group->parent->future;
	bool propagate = result == -ECANCELED, late = false;

	group->exiting = true;
	if (result < 0 && !propagate && group->first_error == 0)
		group->first_error = result;
	if (result < 0 && !group->aborting)
		abort_tasks(group);
	wait_for_tasks(group, &propagate, &late);
	propagate = is_cancelled(group, propagate, late);
	if (result < 0 && result != -ECANCELED)
		add_error(group, result);
	if (group->error_count == 0)
		return propagate ? -ECANCELED : result < 0 ? 0 : result;
	/* One from outside is for the next wait; the count stays. */
	if (aw_task_cancelling(parent) > 0) {
		aw_task_uncancel(parent);
		aw_cancel(parent);
	}
	return group->first_error;
}

int
aw_group_error(const aw_group *group, size_t i)
{
	return i < group->error_count ? group->errors[i] : 0;
}

void
aw_group_free(aw_group *group)
{
	if (group == NULL)
		return;
	aw_future_unref(&group->parent->future);
	free(group->errors);
	free(group);
}
