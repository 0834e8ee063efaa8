/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Who releases a place gives it to the task that waits longest.  Until that one
 * runs nobody gets past it, even if more places are free by then; it then
 * wakes as many as there are places for.  So while there are places and none
 * is handed to anyone, no task waits.
 */
#include <stdlib.h>

#include "core/waiters.h"
#include "sync/bind.h"

struct aw_semaphore {
	aw_loop *loop;   /* NULL until a task waits */
	struct aw_waiters waiters;
	size_t value;    /* places that are free */
	size_t handed;   /* places of tasks that were woken but have not run */
	size_t bound;    /* most places that there can be */
};

static aw_semaphore *
new_semaphore(size_t value, size_t bound)
{
	aw_semaphore *semaphore = calloc(1, sizeof(*semaphore));

	if (semaphore == NULL)
		return NULL;
	TAILQ_INIT(&semaphore->waiters);
	semaphore->value = value;
	semaphore->bound = bound;
	return semaphore;
}

aw_semaphore *
aw_semaphore_new(size_t value)
{
	return new_semaphore(value, SIZE_MAX);
}

aw_semaphore *
aw_bounded_semaphore_new(size_t value)
{
	return new_semaphore(value, value);
}

void
aw_semaphore_free(aw_semaphore *semaphore)
{
	free(semaphore);
}

/* Gives a free place to the task that waits longest, if one does. */
static bool
hand_over(aw_semaphore *semaphore)
{
	if (!aw_waiters_wake_first(&semaphore->waiters, 0))
		return false;
	semaphore->value--;
	semaphore->handed++;
	return true;
}

static inline bool
is_locked(const aw_semaphore *semaphore)
{
	return semaphore->value == 0 || semaphore->handed > 0;
}

static int
wait_for_place(aw_semaphore *semaphore, struct task *task)
{
	bool woken;
	int err;

	err = aw_bind(&semaphore->loop, task);
	if (err < 0)
		return err;
	err = aw_waiters_wait_turn(&semaphore->waiters, task, "a semaphore",
	    &woken);
	if (woken)
		semaphore->handed--;
	if (woken && err < 0)
		semaphore->value++;
	while (semaphore->value > 0 && hand_over(semaphore))
		continue;
	return err;
}

int
aw_semaphore_acquire(aw_semaphore *semaphore)
{
	struct task *task = aw_task_current();

	if (task == NULL)
		return AW_ENOTASK;
	if (is_locked(semaphore))
		return wait_for_place(semaphore, task);
	semaphore->value--;
	return 0;
}

int
aw_semaphore_release(aw_semaphore *semaphore)
{
	if (semaphore->value >= semaphore->bound)
		return AW_EINVALIDSTATE;
	semaphore->value++;
	(void)hand_over(semaphore);
	return 0;
}

bool
aw_semaphore_locked(const aw_semaphore *semaphore)
{
	return is_locked(semaphore);
}
