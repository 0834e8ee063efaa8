/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Each item that is put wakes a task that waits for one, and each that is taken
 * a task that waits for room.  A woken task looks again when it runs; one
 * that can't do what it was woken for passes that on.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/waiters.h"
#include "sync/bind.h"
#include "sync/items.h"

struct aw_queue {
	aw_loop *loop;     /* NULL until a task waits */
	struct aw_items items;
	size_t maxsize;
	struct aw_waiters getters, putters, joiners;
	size_t unfinished; /* items put, and not yet said to be done with */
	bool shut_down;
};

static aw_queue *
new_queue(enum aw_items_order order, size_t maxsize, aw_compare *compare)
{
	aw_queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return NULL;
	if (aw_items_init(&queue->items, order, maxsize, compare) < 0) {
		free(queue);
		return NULL;
	}
	TAILQ_INIT(&queue->getters);
	TAILQ_INIT(&queue->putters);
	TAILQ_INIT(&queue->joiners);
	queue->maxsize = maxsize;
	return queue;
}

aw_queue *
aw_queue_new(size_t maxsize)
{
	return new_queue(AW_ITEMS_FIRST_IN, maxsize, NULL);
}

aw_queue *
aw_lifo_queue_new(size_t maxsize)
{
	return new_queue(AW_ITEMS_LAST_IN, maxsize, NULL);
}

aw_queue *
aw_priority_queue_new(size_t maxsize, aw_compare *compare)
{
	return new_queue(AW_ITEMS_LEAST, maxsize, compare);
}

void
aw_queue_free(aw_queue *queue)
{
	if (queue == NULL)
		return;
	aw_items_free(&queue->items);
	free(queue);
}

static inline bool
is_empty(const aw_queue *queue)
{
	return queue->items.count == 0;
}

static inline bool
is_full(const aw_queue *queue)
{
	return queue->maxsize > 0 && queue->items.count >= queue->maxsize;
}

static int
wait_in(aw_queue *queue, struct aw_waiters *waiters, struct task *task,
    const char *what, bool *woken)
{
	int err;

	err = aw_bind(&queue->loop, task);
	if (err < 0)
		return err;
	return aw_waiters_wait_turn(waiters, task, what, woken);
}

static int
put_item(aw_queue *queue, void *item)
{
	int err;

	if (queue->shut_down)
		return AW_EQUEUESHUTDOWN;
	if (is_full(queue))
		return AW_EQUEUEFULL;
	err = aw_items_add(&queue->items, item);
	if (err < 0)
		return err;
	queue->unfinished++;
	aw_waiters_wake_first(&queue->getters, 0);
	return 0;
}

int
aw_queue_put_nowait(aw_queue *queue, void *item)
{
	return put_item(queue, item);
}

int
aw_queue_put(aw_queue *queue, void *item)
{
	struct task *task = aw_task_current();
	bool woken = false;
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	while (err == 0 && is_full(queue) && !queue->shut_down)
		err = wait_in(queue, &queue->putters, task, "room in a queue",
		    &woken);
	if (err == 0)
		err = put_item(queue, item);
	if (err < 0 && woken && !is_full(queue))
		aw_waiters_wake_first(&queue->putters, 0);
	return err;
}

static int
take_item(aw_queue *queue, void **item)
{
	if (is_empty(queue))
		return queue->shut_down ? AW_EQUEUESHUTDOWN : AW_EQUEUEEMPTY;
	*item = aw_items_take(&queue->items);
	aw_waiters_wake_first(&queue->putters, 0);
	return 0;
}

int
aw_queue_get_nowait(aw_queue *queue, void **item)
{
	return take_item(queue, item);
}

int
aw_queue_get(aw_queue *queue, void **item)
{
	struct task *task = aw_task_current();
	bool woken = false;
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	while (err == 0 && is_empty(queue) && !queue->shut_down)
		err = wait_in(queue, &queue->getters, task,
		    "an item in a queue", &woken);
	if (err == 0)
		err = take_item(queue, item);
	else if (woken && !is_empty(queue))
		aw_waiters_wake_first(&queue->getters, 0);
	return err;
}

static void
finish_items(aw_queue *queue, size_t count)
{
	queue->unfinished -= count;
	if (queue->unfinished == 0)
		aw_waiters_wake_all(&queue->joiners, 0);
}

int
aw_queue_task_done(aw_queue *queue)
{
	if (queue->unfinished == 0)
		return AW_EINVALIDSTATE;
	finish_items(queue, 1);
	return 0;
}

int
aw_queue_join(aw_queue *queue)
{
	struct task *task = aw_task_current();
	bool woken;

	if (task == NULL)
		return AW_ENOTASK;
	if (queue->unfinished == 0)
		return 0;
	return wait_in(queue, &queue->joiners, task,
	    "a queue's items to be done", &woken);
}

void
aw_queue_shutdown(aw_queue *queue, bool immediate)
{
	size_t count = queue->items.count;

	queue->shut_down = true;
	if (immediate) {
		queue->items.count = 0;
		/* Some may have been called done before they were taken. */
		finish_items(queue, count < queue->unfinished ? count :
		    queue->unfinished);
	}
	aw_waiters_wake_all(&queue->getters, 0);
	aw_waiters_wake_all(&queue->putters, 0);
}

size_t
aw_queue_qsize(const aw_queue *queue)
{
	return queue->items.count;
}

size_t
aw_queue_maxsize(const aw_queue *queue)
{
	return queue->maxsize;
}

bool
aw_queue_empty(const aw_queue *queue)
{
	return is_empty(queue);
}

bool
aw_queue_full(const aw_queue *queue)
{
	return is_full(queue);
}
