/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sync/queue.h"

int queue_kind;

static int
note_result(const char *sign, const char *item, int result)
{
	const char *mark = "";
	char word[32];

	if (result < 0)
		mark = result == -ECANCELED ? "!" : "?";
	snprintf(word, sizeof(word), "%s%s%s", sign, item, mark);
	note(word);
	return result;
}

static int
put_item(void *arg)
{
	struct exchange *exchange = arg;
	/* The queue gives back the pointer, which nobody writes through. */
	void *item = (void *)(uintptr_t)exchange->item;

	return note_result("+", exchange->item,
	    aw_queue_put(exchange->queue, item));
}

static int
get_item(void *arg)
{
	struct exchange *exchange = arg;
	void *item = NULL;
	int result = aw_queue_get(exchange->queue, &item);

	exchange->item = item;
	return note_result("", item != NULL ? item : "", result);
}

void
start_put(struct exchange *exchange, aw_queue *queue, const char *item)
{
	*exchange = (struct exchange){ queue, item, NULL };
	exchange->task = spawn(put_item, exchange);
}

void
start_get(struct exchange *exchange, aw_queue *queue)
{
	*exchange = (struct exchange){ queue, NULL, NULL };
	exchange->task = spawn(get_item, exchange);
}

int
join_exchange(struct exchange *exchange)
{
	return join(exchange->task);
}

void
put(aw_queue *queue, const char *item)
{
	ck_assert_int_eq(aw_queue_put_nowait(queue, (void *)(uintptr_t)item),
	    0);
}

const char *
take(aw_queue *queue)
{
	void *item;

	ck_assert_int_eq(aw_queue_get_nowait(queue, &item), 0);
	return item;
}

int
compare_words(const void *a, const void *b)
{
	return strcmp(a, b);
}

aw_queue *
new_queue_of_kind(size_t maxsize)
{
	aw_queue *queue;

	switch (queue_kind) {
	case 0:
		queue = aw_queue_new(maxsize);
		break;
	case 1:
		queue = aw_lifo_queue_new(maxsize);
		break;
	default:
		queue = aw_priority_queue_new(maxsize, compare_words);
		break;
	}
	ck_assert_ptr_nonnull(queue);
	return queue;
}
