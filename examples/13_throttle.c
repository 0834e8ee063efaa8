/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Twelve jobs, eight at a time: by a queue, and by a semaphore.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { JOBS = 12, AT_ONCE = 8 };

struct throttle {
	aw_queue *queue;
	aw_semaphore *semaphore;
	int working, most;
};

static int
work(struct throttle *throttle)
{
	int err;

	throttle->working++;
	if (throttle->working > throttle->most)
		throttle->most = throttle->working;
	err = aw_sleep(seconds(2));
	throttle->working--;
	return err;
}

static int
by_queue(void *arg)
{
	struct throttle *throttle = arg;
	void *place;
	int err;

	err = aw_queue_put(throttle->queue, NULL);
	if (err < 0)
		return err;
	err = work(throttle);
	if (err < 0)
		return err;
	return aw_queue_get(throttle->queue, &place);
}

static int
by_semaphore(void *arg)
{
	struct throttle *throttle = arg;
	int err;

	err = aw_semaphore_acquire(throttle->semaphore);
	if (err < 0)
		return err;
	err = work(throttle);
	aw_semaphore_release(throttle->semaphore);
	return err;
}

static int
run_all(const char *title, aw_coroutine *job, struct throttle *throttle)
{
	double begin = now();
	aw_group *group;
	int err, i;

	throttle->most = 0;
	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	for (i = 0; i < JOBS && err == 0; i++)
		err = aw_group_create_task(group, job, throttle, NULL, NULL);
	err = aw_group_exit(group, err);
	aw_group_free(group);
	if (err == 0)
		printf("%s: %d at once, %g s in all\n", title, throttle->most,
		    since(begin));
	return err;
}

static int
lesson(void *arg)
{
	struct throttle throttle = {
		.queue = aw_queue_new(AT_ONCE),
		.semaphore = aw_semaphore_new(AT_ONCE),
	};
	int err = -ENOMEM;

	(void)arg;
	if (throttle.queue != NULL && throttle.semaphore != NULL)
		err = run_all("queue", by_queue, &throttle);
	if (err == 0)
		err = run_all("semaphore", by_semaphore, &throttle);
	aw_semaphore_free(throttle.semaphore);
	aw_queue_free(throttle.queue);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
