/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop that returns with a task unfinished, which a later run finishes.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static int
say_after(void *arg)
{
	const double *delay = arg;
	int err;

	printf("%g s: begins\n", *delay);
	err = aw_sleep(seconds(*delay));
	if (err < 0)
		return err;
	printf("%g s: ends\n", *delay);
	return 0;
}

static void
stop(aw_future *task, void *loop)
{
	(void)task;
	aw_loop_stop(loop);
}

static void
print_state(aw_task *task)
{
	printf("the long one is %s\n",
	    aw_future_done(task) ? "done" : "not done");
}

int
main(void)
{
	double one = 1, two = 2;
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *long_task, *short_task;
	int err;

	if (loop == NULL)
		return 1;
	long_task = aw_loop_create_task(loop, say_after, &two, "long");
	short_task = aw_loop_create_task(loop, say_after, &one, "short");
	err = aw_loop_run_until_complete(loop, short_task);
	print_state(long_task);

	if (err == 0)
		err = aw_future_add_done_callback(long_task, stop, loop);
	if (err == 0)
		err = aw_loop_run_forever(loop);
	print_state(long_task);
	aw_future_unref(short_task);
	aw_future_unref(long_task);
	aw_loop_close(loop);
	return err < 0;
}
