/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * To which loop a thing belongs that tasks wait in.
 */
#ifndef AWAIT_SYNC_BIND_H
#define AWAIT_SYNC_BIND_H

#include "core/task.h"

/*
 * Binds what belongs to no loop yet to that of the task.  Returns 0, or
 * AW_EWRONGLOOP if it is another one's.
 */
static inline int
aw_bind(aw_loop **bound, const struct task *task)
{
	if (*bound == NULL)
		*bound = task->future.loop;
	return *bound == task->future.loop ? 0 : AW_EWRONGLOOP;
}

#endif
