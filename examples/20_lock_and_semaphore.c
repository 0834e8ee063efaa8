/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A lock, which is held across waits, and a semaphore; both are fair.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 4 };

static aw_lock *lock;
static aw_semaphore *semaphore;
static int total;

/* What others add meanwhile is lost. */
static int
add(void)
{
	int old = total;
	int err = aw_sleep(seconds(1));

	total = old + 1;
	return err;
}

static int
add_unlocked(void *arg)
{
	(void)arg;
	return add();
}

static int
add_locked(void *arg)
{
	int err;

	err = aw_lock_acquire(lock);
	if (err < 0)
		return err;
	printf("task %s has the lock\n", (const char *)arg);
	err = add();
	aw_lock_release(lock);
	return err;
}

static int
enter(void *arg)
{
	int err;

	err = aw_semaphore_acquire(semaphore);
	if (err < 0)
		return err;
	printf("task %s is in\n", (const char *)arg);
	err = aw_sleep(seconds(1));
	aw_semaphore_release(semaphore);
	return err;
}

static int
run_all(const char *title, aw_coroutine *coroutine)
{
	static char *names[COUNT] = { "a", "b", "c", "d" };
	double begin = now();
	aw_group *group;
	int err, i;

	total = 0;
	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	for (i = 0; i < COUNT && err == 0; i++)
		err = aw_group_create_task(group, coroutine, names[i], NULL,
		    NULL);
	err = aw_group_exit(group, err);
	aw_group_free(group);
	if (err == 0)
		printf("%s: total %d, %g s\n", title, total, since(begin));
	return err;
}

static int
lesson(void *arg)
{
	int err = -ENOMEM;

	(void)arg;
	lock = aw_lock_new();
	semaphore = aw_semaphore_new(2);
	if (lock != NULL && semaphore != NULL)
		err = run_all("without a lock", add_unlocked);
	if (err == 0)
		err = run_all("with a lock", add_locked);
	if (err == 0)
		err = run_all("semaphore of two", enter);
	aw_semaphore_free(semaphore);
	aw_lock_free(lock);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
