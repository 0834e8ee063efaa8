/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Several at once, and their results in the order of asking.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 3 };

static double delays[COUNT] = { 1, 0.5, 1.5 };

/* Sleeps, and returns for how many tenths of a second. */
static int
sleep_for(void *arg)
{
	const double *delay = arg;
	int err;

	err = aw_sleep(seconds(*delay));
	if (err < 0)
		return err;
	printf("slept %g s\n", *delay);
	return (int)(*delay * 10);
}

static int
lesson(void *arg)
{
	aw_task *tasks[COUNT];
	double begin = now();
	int err, i;

	(void)arg;
	for (i = 0; i < COUNT; i++)
		tasks[i] = aw_create_task(sleep_for, &delays[i], NULL);
	err = aw_await_unref(aw_gather(tasks, COUNT, false));
	if (err == 0)
		printf("results: %d %d %d\n", aw_future_result(tasks[0]),
		    aw_future_result(tasks[1]), aw_future_result(tasks[2]));
	printf("together: %g s\n", since(begin));
	for (i = 0; i < COUNT; i++)
		aw_future_unref(tasks[i]);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
