/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A task that stops the loop.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static int
c1(void *arg)
{
	int err;

	(void)arg;
	puts("c1: begins");
	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	puts("c1: ends");
	return 0;
}

static int
c2(void *arg)
{
	int err;

	(void)arg;
	puts("c2: begins");
	err = aw_sleep(seconds(2));
	if (err < 0)
		return err;
	puts("c2: stops the loop");
	aw_loop_stop(aw_get_running_loop());
	return 0;
}

int
main(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task1, *task2;

	if (loop == NULL)
		return 1;
	task1 = aw_loop_create_task(loop, c1, NULL, "c1");
	task2 = aw_loop_create_task(loop, c2, NULL, "c2");
	if (task1 != NULL && task2 != NULL) {
		aw_loop_run_forever(loop);
		puts("done");
	}
	aw_future_unref(task1);
	aw_future_unref(task2);
	aw_loop_close(loop);
	return task1 == NULL || task2 == NULL;
}
