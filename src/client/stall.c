/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "stall.h"

#include <errno.h>
#include <stddef.h>

/*
 * How long the loop may still read what came in while the process itself was
 * stopped, in seconds.
 */
#define GRACE 0.05

/* A timer that was set before the last progress is set anew for the rest. */
static void
look(void *arg)
{
	struct stall *stall = arg;
	double left;
	bool overdue;

	stall->timer = NULL;
	if (!stall->waiting)
		return;
	left = stall->progress + stall->limit - aw_loop_time(stall->loop);
	overdue = left <= 0;
	if (overdue && !stall->overdue)
		left = GRACE;
	stall->overdue = overdue;
	if (left > 0)
		stall->timer = aw_loop_call_later(stall->loop, left, look,
		    stall);
	if (stall->timer == NULL)
		stall->expired(stall->arg);
}

int
stall_begin(struct stall *stall)
{
	if (stall->waiting || stall->limit <= 0)
		return 0;
	stall->waiting = true;
	stall->overdue = false;
	stall_progress(stall);
	if (stall->timer == NULL)
		stall->timer = aw_loop_call_later(stall->loop, stall->limit,
		    look, stall);
	return stall->timer == NULL ? -ENOMEM : 0;
}

void
stall_progress(struct stall *stall)
{
	stall->progress = aw_loop_time(stall->loop);
}

void
stall_end(struct stall *stall)
{
	stall->waiting = false;
}

void
stall_stop(struct stall *stall)
{
	stall->waiting = false;
	if (stall->timer != NULL)
		aw_handle_cancel(stall->timer);
	stall->timer = NULL;
}
