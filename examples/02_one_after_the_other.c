/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Two coroutines one after the other, and at the same time.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

struct saying {
	double delay;
	const char *what;
};

static int
say_after(void *arg)
{
	const struct saying *saying = arg;
	int err;

	err = aw_sleep(seconds(saying->delay));
	if (err < 0)
		return err;
	puts(saying->what);
	return 0;
}

static struct saying hello = { 2, "hello" };
static struct saying world = { 3, "world" };

static int
one_after_the_other(void)
{
	int err;

	err = say_after(&hello);
	if (err < 0)
		return err;
	return say_after(&world);
}

static int
at_the_same_time(void)
{
	aw_task *task1 = aw_create_task(say_after, &hello, NULL);
	aw_task *task2 = aw_create_task(say_after, &world, NULL);
	int err;

	err = aw_await(task1);
	if (err == 0)
		err = aw_await(task2);
	aw_future_unref(task1);
	aw_future_unref(task2);
	return err;
}

static int
lesson(void *arg)
{
	double begin = now();
	int err;

	(void)arg;
	err = one_after_the_other();
	if (err < 0)
		return err;
	printf("one after the other: %g s\n", since(begin));

	begin = now();
	err = at_the_same_time();
	if (err < 0)
		return err;
	printf("at the same time: %g s\n", since(begin));
	return 0;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
