/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Eight jobs, four at a time: each holds one of the four places of a queue.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { JOBS = 8, WINDOW = 4 };

struct job {
	int number;
	aw_queue *window;
	double start;      /* of all jobs */
	double begin, end; /* of this one, after that */
};

static int
work(void *arg)
{
	struct job *job = arg;
	void *place;
	int err;

	err = aw_queue_put(job->window, job);
	if (err < 0)
		return err;
	job->begin = since(job->start);
	printf("j%d begins\n", job->number);
	err = aw_sleep(seconds(job->number % 3 + 1));
	if (err < 0)
		return err;
	job->end = since(job->start);
	return aw_queue_get(job->window, &place);
}

static void
print_places(const struct job *jobs)
{
	int second, i;

	for (second = 0; second < 5; second++) {
		printf("%d-%d:", second, second + 1);
		for (i = 0; i < JOBS; i++)
			if (jobs[i].begin <= second && second < jobs[i].end)
				printf(" j%d", i);
		printf("\n");
	}
}

static int
run_all(struct job *jobs, aw_queue *window)
{
	double start = now();
	aw_group *group;
	int err, i;

	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	for (i = 0; i < JOBS && err == 0; i++) {
		jobs[i] = (struct job){ .number = i, .window = window,
			.start = start };
		err = aw_group_create_task(group, work, &jobs[i], NULL, NULL);
	}
	err = aw_group_exit(group, err);
	aw_group_free(group);
	return err;
}

static int
lesson(void *arg)
{
	aw_queue *window = aw_queue_new(WINDOW);
	struct job jobs[JOBS];
	int err;

	(void)arg;
	if (window == NULL)
		return -ENOMEM;
	err = run_all(jobs, window);
	if (err == 0)
		print_places(jobs);
	aw_queue_free(window);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
