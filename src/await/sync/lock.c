/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A lock that is released is free until the task that was woken for it runs.
 * Until then nobody else gets it: while it is free and not handed to anyone,
 * no task waits.
 */
#include <errno.h>
#include <stdlib.h>

#include "sync/bind.h"
#include "sync/lock.h"

aw_lock *
aw_lock_new(void)
{
	aw_lock *lock = calloc(1, sizeof(*lock));

	if (lock != NULL)
		TAILQ_INIT(&lock->waiters);
	return lock;
}

void
aw_lock_free(aw_lock *lock)
{
	free(lock);
}

static void
hand_over(aw_lock *lock)
{
	lock->handed = aw_waiters_wake_first(&lock->waiters, 0);
}

static int
wait_for_lock(aw_lock *lock, struct task *task)
{
	bool woken;
	int err;

	err = aw_bind(&lock->loop, task);
	if (err < 0)
		return err;
	err = aw_waiters_wait_turn(&lock->waiters, task, "a lock", &woken);
	if (err == 0) {
		lock->handed = false;
		lock->holders = 1;
	} else if (woken) {
		hand_over(lock);
	}
	return err;
}

int
aw_lock_acquire(aw_lock *lock)
{
	struct task *task = aw_task_current();

	if (task == NULL)
		return AW_ENOTASK;
	if (lock->holders > 0 || lock->handed)
		return wait_for_lock(lock, task);
	lock->holders = 1;
	return 0;
}

int
aw_lock_retake(aw_lock *lock, struct task *task)
{
	int err, result = 0;

	while ((err = aw_lock_acquire(lock)) < 0) {
		result = err;
		if (task->future.loop->closing) {
			lock->holders++;
			break;
		}
	}
	return result;
}

int
aw_lock_release(aw_lock *lock)
{
	if (lock->holders == 0)
		return AW_EINVALIDSTATE;
	if (--lock->holders == 0)
		hand_over(lock);
	return 0;
}

bool
aw_lock_locked(const aw_lock *lock)
{
	return lock->holders > 0;
}
