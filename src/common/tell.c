/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tell.h"

#include <time.h>

void
tell(aw_loop *loop, aw_callback *callback, void *arg)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	while (aw_loop_call_soon_threadsafe(loop, callback, arg) < 0)
		nanosleep(&pause, NULL);
}
