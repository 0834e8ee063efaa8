/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdlib.h>

#include "loops.h"

aw_loop *
new_loop(void)
{
	aw_loop *loop = aw_loop_new(NULL);

	if (loop == NULL)
		abort();
	trace_reports(loop);
	return loop;
}

void
run_once(aw_loop *loop)
{
	aw_loop_stop(loop);
	aw_loop_run_forever(loop);
}

void
stop(void *loop)
{
	aw_loop_stop(loop);
}

aw_handle *
soon(aw_loop *loop, const char *word)
{
	return aw_loop_call_soon(loop, say_word, (void *)word);
}
