/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One task starts another and goes on beside it, until Ctrl-C.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static int
c2(void *arg)
{
	int err;

	(void)arg;
	puts("c2: begins");
	err = aw_sleep(seconds(2));
	if (err < 0)
		return err;
	puts("c2: ends");
	return 0;
}

static int
c1(void *arg)
{
	aw_task *task;
	int err;

	(void)arg;
	puts("c1: begins");
	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	task = aw_create_task(c2, NULL, "c2");
	if (task == NULL)
		return -ENOMEM;
	aw_future_unref(task);
	puts("c1: goes on");
	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	puts("c1: ends");
	return 0;
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

int
main(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;
	int err;

	if (loop == NULL)
		return 1;
	err = aw_loop_add_signal_handler(loop, SIGINT, stop, loop);
	task = aw_loop_create_task(loop, c1, NULL, "c1");
	if (err == 0 && task != NULL) {
		aw_loop_run_forever(loop);
		puts("bye");
	}
	aw_future_unref(task);
	aw_loop_close(loop);
	return err < 0 || task == NULL;
}
