/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "core/event_loop.h"

static _Thread_local aw_loop *set_loop;
static _Thread_local bool ever_set;

static bool
in_main_thread(void)
{
	return syscall(SYS_gettid) == getpid();
}

void
aw_set_event_loop(aw_loop *loop)
{
	set_loop = loop;
	ever_set = true;
}

aw_loop *
aw_get_event_loop(void)
{
	aw_loop *loop = aw_get_running_loop();

	if (loop != NULL)
		return loop;
	if (!ever_set && in_main_thread()) {
		loop = aw_loop_new(NULL);
		/* Without one now, there may be one the next time. */
		if (loop != NULL)
			aw_set_event_loop(loop);
	}
	return set_loop;
}

void
aw_event_loop_forget(const aw_loop *loop)
{
	if (set_loop == loop)
		set_loop = NULL;
}
