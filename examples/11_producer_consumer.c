/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A producer and a consumer with a queue of one place between them.
 */
#include <errno.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 5 };

static int
produce(void *arg)
{
	static int items[COUNT];
	aw_queue *queue = arg;
	int err, i;

	for (i = 0; i < COUNT; i++) {
		err = aw_sleep(seconds(1));
		if (err < 0)
			return err;
		printf("tick %d\n", i);
		items[i] = i;
		err = aw_queue_put(queue, &items[i]);
		if (err < 0)
			return err;
	}
	return aw_queue_put(queue, NULL);
}

static int
consume(void *arg)
{
	aw_queue *queue = arg;
	void *item;
	int err;

	for (;;) {
		err = aw_queue_get(queue, &item);
		if (err < 0 || item == NULL)
			return err;
		printf("got %d\n", *(int *)item);
	}
}

static int
lesson(void *arg)
{
	aw_queue *queue = aw_queue_new(1);
	aw_group *group;
	int err;

	(void)arg;
	if (queue == NULL)
		return -ENOMEM;
	err = aw_group_enter(&group);
	if (err < 0)
		goto free_queue;
	err = aw_group_create_task(group, produce, queue, NULL, NULL);
	if (err == 0)
		err = aw_group_create_task(group, consume, queue, NULL, NULL);
	err = aw_group_exit(group, err);
	aw_group_free(group);
	if (err == 0)
		puts("no more");
free_queue:
	aw_queue_free(queue);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
