/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for all of them, for the first, for the first failure, for a time.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 3 };

struct job {
	const char *name;
	double delay;
	int error;
};

static struct job jobs[COUNT] = {
	{ "a", 1, 0 }, { "b", 2, -EINVAL }, { "c", 3, 0 },
};

static int
work(void *arg)
{
	const struct job *job = arg;
	int err;

	err = aw_sleep(seconds(job->delay));
	return err < 0 ? err : job->error;
}

static void
print_sets(aw_task *const *tasks)
{
	int i;

	printf("  done:");
	for (i = 0; i < COUNT; i++)
		if (aw_future_done(tasks[i]))
			printf(" %s%s", aw_task_get_name(tasks[i]),
			    aw_future_result(tasks[i]) < 0 ? " (failed)" : "");
	printf("\n  pending:");
	for (i = 0; i < COUNT; i++)
		if (!aw_future_done(tasks[i]))
			printf(" %s", aw_task_get_name(tasks[i]));
	printf("\n");
}

/* What wait leaves pending runs on, until we cancel it. */
static int
wait_for_them(const char *title, double timeout, enum aw_return_when when)
{
	aw_task *tasks[COUNT];
	double begin = now();
	int done, i;

	for (i = 0; i < COUNT; i++)
		tasks[i] = aw_create_task(work, &jobs[i], jobs[i].name);
	done = aw_wait(tasks, COUNT, timeout, when);
	if (done >= 0) {
		printf("%s: %g s\n", title, since(begin));
		print_sets(tasks);
	}
	for (i = 0; i < COUNT; i++) {
		aw_cancel(tasks[i]);
		aw_future_unref(tasks[i]);
	}
	return done < 0 ? done : 0;
}

static int
lesson(void *arg)
{
	int err;

	(void)arg;
	err = wait_for_them("all completed", -1, AW_ALL_COMPLETED);
	if (err == 0)
		err = wait_for_them("first completed", -1, AW_FIRST_COMPLETED);
	if (err == 0)
		err = wait_for_them("first exception", -1, AW_FIRST_EXCEPTION);
	if (err == 0)
		err = wait_for_them("all, for 1.5 s at most", seconds(1.5),
		    AW_ALL_COMPLETED);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
