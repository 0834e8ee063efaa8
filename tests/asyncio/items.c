/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "items.h"

int
got(int err, void *item)
{
	return err < 0 ? err : (int)(intptr_t)item;
}

int
get_item(void *queue)
{
	void *item = NULL;
	int err = aw_queue_get(queue, &item);

	return told("get", got(err, item));
}

int
get_nowait(aw_queue *queue)
{
	void *item = NULL;
	int err = aw_queue_get_nowait(queue, &item);

	return told("get", got(err, item));
}

int
put_nowait(aw_queue *queue, int n)
{
	return told("put", aw_queue_put_nowait(queue, ITEM(n)));
}

void
fill(aw_queue *queue, int n)
{
	if (aw_queue_put_nowait(queue, ITEM(n)) < 0)
		say("no room");
}

int
put_item(void *arg)
{
	const struct put *put = arg;
	int err = aw_queue_put(put->queue, ITEM(put->n));

	say("put %d -> %s", put->n, spell(err));
	return err;
}

int
await_join(void *queue)
{
	return told("join", aw_queue_join(queue));
}

void
describe(const aw_queue *queue)
{
	say("%zu of %zu, empty %s full %s", aw_queue_qsize(queue),
	    aw_queue_maxsize(queue), yes(aw_queue_empty(queue)),
	    yes(aw_queue_full(queue)));
}

void
drain(aw_queue *queue)
{
	while (!aw_queue_empty(queue))
		get_item(queue);
}
