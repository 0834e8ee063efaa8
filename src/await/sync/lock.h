/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a condition needs of its lock.
 */
#ifndef AWAIT_SYNC_LOCK_H
#define AWAIT_SYNC_LOCK_H

#include "core/waiters.h"

struct aw_lock {
	aw_loop *loop;             /* NULL until a task waits */
	struct aw_waiters waiters;
	/*
	 * 0 if it is free and 1 if it is taken.  More only while the loop is
	 * closing: see aw_lock_retake.
	 */
	unsigned holders;
	bool handed;               /* a task was woken to take it */
};

/*
 * Takes the lock however often that is cancelled.  Returns 0, or -ECANCELED if
 * it was; it has the lock in either case.  Where nothing can be waited for any
 * more it gets it beside who has it: each of them may release it once.
 */
AW_MUST_CHECK int aw_lock_retake(aw_lock *lock, struct task *task);

#endif
