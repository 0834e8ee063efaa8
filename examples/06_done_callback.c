/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A callback that the loop calls once a task is done.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static int
work(void *arg)
{
	int err;

	(void)arg;
	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	puts("the task ends");
	return 42;
}

static void
finished(aw_future *task, void *arg)
{
	(void)arg;
	printf("callback: %s is done, its result: %d\n",
	    aw_task_get_name(task), aw_future_result(task));
}

static int
watch(aw_task *task)
{
	int err;

	err = aw_future_add_done_callback(task, finished, NULL);
	if (err < 0)
		return err;
	puts("callback added");
	err = aw_await(task);
	if (err < 0)
		return err;
	puts("awaited");

	/* The task is done, and yet it is the loop that calls. */
	err = aw_future_add_done_callback(task, finished, NULL);
	if (err < 0)
		return err;
	puts("callback added once more");
	return aw_sleep(0);
}

static int
lesson(void *arg)
{
	aw_task *task = aw_create_task(work, arg, "work");
	int err = watch(task);

	aw_future_unref(task);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
