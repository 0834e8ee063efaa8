/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A coroutine within another: called, not called, as a task, cancelled, named.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

static int
nested(void *arg)
{
	(void)arg;
	puts("nested runs");
	return 42;
}

/* Named, but not called: it does not run. */
static void
not_awaited(void)
{
	aw_coroutine *coroutine = nested;

	(void)coroutine;
	puts("not awaited");
}

static int
as_a_task(void)
{
	aw_task *task = aw_create_task(nested, NULL, NULL);
	int answer;

	puts("task created");
	answer = aw_await(task);
	if (answer >= 0)
		printf("task awaited: %d, its result: %d\n", answer,
		    aw_future_result(task));
	aw_future_unref(task);
	return answer;
}

static int
cancelled(void)
{
	aw_task *task = aw_create_task(nested, NULL, NULL);
	int answer;

	aw_cancel(task);
	answer = aw_await(task);
	if (answer == -ECANCELED)
		puts("cancelled before it began");
	aw_future_unref(task);
	return answer == -ECANCELED ? 0 : answer;
}

static int
named(void)
{
	aw_task *task = aw_create_task(nested, NULL, "answer");
	int err;

	if (task == NULL)
		return -ENOMEM;
	printf("a task named %s\n", aw_task_get_name(task));
	err = aw_task_set_name(task, "the answer");
	if (err == 0) {
		printf("is now named %s\n", aw_task_get_name(task));
		err = aw_await(task);
	}
	aw_future_unref(task);
	return err;
}

static int
lesson(void *arg)
{
	int err;

	not_awaited();
	printf("awaited: %d\n", nested(arg));
	err = as_a_task();
	if (err >= 0)
		err = cancelled();
	if (err >= 0)
		err = named();
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
