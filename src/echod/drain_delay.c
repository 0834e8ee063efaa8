/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "drain_delay.h"

#include "common/log.h"
#include "phase.h"

/* The handle is gone once this has been called. */
static void
on_timer(void *arg)
{
	struct drain_delay *delay = arg;

	delay->timer = NULL;
	delay->over(delay->arg);
}

bool
drain_delay_begin(struct drain_delay *delay, aw_loop *loop, double seconds,
    aw_callback *over, void *arg)
{
	if (seconds <= 0)
		return false;
	delay->over = over;
	delay->arg = arg;
	delay->timer = aw_loop_call_later(loop, seconds, on_timer, delay);
	if (delay->timer == NULL)
		return false;
	phase_set(PHASE_LEAVING);
	log_notice("not ready any more, and stopping in %.6g s: connections "
	    "are accepted until then; another signal ends the wait", seconds);
	return true;
}

bool
drain_delay_cancel(struct drain_delay *delay)
{
	if (delay->timer == NULL)
		return false;
	aw_handle_cancel(delay->timer);
	delay->timer = NULL;
	return true;
}
