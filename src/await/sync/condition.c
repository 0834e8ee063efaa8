/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdlib.h>

#include "sync/bind.h"
#include "sync/lock.h"

struct aw_condition {
	aw_loop *loop;     /* NULL until a task waits */
	struct aw_waiters waiters;
	aw_lock *lock;
	aw_lock *own_lock; /* the same if it goes with the condition, or NULL */
};

aw_condition *
aw_condition_new(aw_lock *lock)
{
	aw_condition *condition = calloc(1, sizeof(*condition));

	if (condition == NULL)
		return NULL;
	TAILQ_INIT(&condition->waiters);
	condition->lock = lock;
	if (lock == NULL)
		condition->lock = condition->own_lock = aw_lock_new();
	if (condition->lock == NULL) {
		free(condition);
		condition = NULL;
	}
	return condition;
}

void
aw_condition_free(aw_condition *condition)
{
	if (condition == NULL)
		return;
	aw_lock_free(condition->own_lock);
	free(condition);
}

int
aw_condition_acquire(aw_condition *condition)
{
	return aw_lock_acquire(condition->lock);
}

int
aw_condition_release(aw_condition *condition)
{
	return aw_lock_release(condition->lock);
}

bool
aw_condition_locked(const aw_condition *condition)
{
	return aw_lock_locked(condition->lock);
}

/* Both, so that nothing but a cancellation can be in the way of retaking. */
static int
bind_both(aw_condition *condition, const struct task *task)
{
	int err;

	err = aw_bind(&condition->loop, task);
	if (err == 0)
		err = aw_bind(&condition->lock->loop, task);
	return err;
}

int
aw_condition_wait(aw_condition *condition)
{
	struct task *task = aw_task_current();
	int err, relock;
	bool notified;

	if (task == NULL)
		return AW_ENOTASK;
	if (!aw_lock_locked(condition->lock))
		return AW_EINVALIDSTATE;
	err = bind_both(condition, task);
	if (err < 0)
		return err;
	(void)aw_lock_release(condition->lock);
	err = aw_waiters_wait_turn(&condition->waiters, task, "a condition",
	    &notified);
	relock = aw_lock_retake(condition->lock, task);
	if (err == 0)
		err = relock;
	/* The notification was for a task that will look after the state. */
	if (err < 0 && notified)
		aw_waiters_wake_first(&condition->waiters, 0);
	return err;
}

int
aw_condition_wait_for(aw_condition *condition, aw_predicate *predicate,
    void *arg)
{
	int err = 0;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	while (err == 0 && !predicate(arg))
		err = aw_condition_wait(condition);
	return err;
}

int
aw_condition_notify(aw_condition *condition, size_t count)
{
	if (!aw_lock_locked(condition->lock))
		return AW_EINVALIDSTATE;
	while (count > 0 && aw_waiters_wake_first(&condition->waiters, 0))
		count--;
	return 0;
}

int
aw_condition_notify_all(aw_condition *condition)
{
	return aw_condition_notify(condition, SIZE_MAX);
}
