/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "items.h"

static int
first_in_first_out(void)
{
	aw_queue *queue = aw_queue_new(0);
	static const int items[] = { 3, 1, 2 };
	int i;

	describe(queue);
	for (i = 0; i < 3; i++)
		told("put", aw_queue_put(queue, ITEM(items[i])));
	describe(queue);
	drain(queue);
	aw_queue_free(queue);
	return 0;
}

static int
last_in_first_out(void)
{
	aw_queue *queue = aw_lifo_queue_new(0);

	fill(queue, 3);
	fill(queue, 1);
	fill(queue, 2);
	drain(queue);
	aw_queue_free(queue);
	return 0;
}

static int
compare_items(const void *a, const void *b)
{
	return (int)((intptr_t)a - (intptr_t)b);
}

static int
the_least_first(void)
{
	aw_queue *queue = aw_priority_queue_new(0, compare_items);
	static const int items[] = { 3, 1, 4, 1, 5, 9, 2, 6 };
	int i;

	for (i = 0; i < 8; i++)
		fill(queue, items[i]);
	drain(queue);
	aw_queue_free(queue);
	return 0;
}

static int
nowait(void)
{
	aw_queue *queue = aw_queue_new(2);

	get_nowait(queue);
	put_nowait(queue, 1);
	put_nowait(queue, 2);
	put_nowait(queue, 3);
	describe(queue);
	get_nowait(queue);
	describe(queue);
	aw_queue_free(queue);
	return 0;
}

static int
getters_are_served_in_order(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");
	aw_task *b = spawn(get_item, queue, "b");
	aw_task *c = spawn(get_item, queue, "c");

	turns(1);
	fill(queue, 1);
	fill(queue, 2);
	fill(queue, 3);
	join(a);
	join(b);
	join(c);
	aw_queue_free(queue);
	return 0;
}

static int
putters_are_served_in_order(void)
{
	aw_queue *queue = aw_queue_new(1);
	struct put puts[] = { { queue, 1 }, { queue, 2 }, { queue, 3 } };
	aw_task *a = spawn(put_item, &puts[0], "a");
	aw_task *b = spawn(put_item, &puts[1], "b");
	aw_task *c = spawn(put_item, &puts[2], "c");
	int i;

	turns(2);
	for (i = 0; i < 3; i++) {
		get_item(queue);
		turns(2);
	}
	join(a);
	join(b);
	join(c);
	aw_queue_free(queue);
	return 0;
}

static int
produce(void *queue)
{
	int i;

	for (i = 0; i < 4; i++) {
		(void)!aw_queue_put(queue, ITEM(i));
		say("put %d", i);
	}
	return 0;
}

static int
consume(void *queue)
{
	void *item = NULL;
	int i;

	for (i = 0; i < 4; i++) {
		(void)!aw_queue_get(queue, &item);
		say("got %d", (int)(intptr_t)item);
	}
	return 0;
}

static int
a_producer_and_a_consumer(void)
{
	aw_queue *queue = aw_queue_new(1);
	aw_task *producer = spawn(produce, queue, "producer");
	aw_task *consumer = spawn(consume, queue, "consumer");

	join(producer);
	join(consumer);
	aw_queue_free(queue);
	return 0;
}

static int
a_getter_is_cancelled(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");
	aw_task *b = spawn(get_item, queue, "b");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	fill(queue, 1);
	told("b", join(b));
	aw_queue_free(queue);
	return 0;
}

static int
a_getter_is_cancelled_after_it_was_woken(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");
	aw_task *b = spawn(get_item, queue, "b");

	turns(1);
	fill(queue, 1);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	describe(queue);
	aw_queue_free(queue);
	return 0;
}

static int
no_item_is_lost(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");

	turns(1);
	fill(queue, 1);
	aw_cancel(a);
	told("a", join(a));
	describe(queue);
	get_item(queue);
	aw_queue_free(queue);
	return 0;
}

static int
a_putter_is_cancelled(void)
{
	aw_queue *queue = aw_queue_new(1);
	struct put puts[] = { { queue, 1 }, { queue, 2 } };
	aw_task *a, *b;

	fill(queue, 0);
	a = spawn(put_item, &puts[0], "a");
	b = spawn(put_item, &puts[1], "b");
	turns(1);
	aw_cancel(a);
	told("a", join(a));
	get_item(queue);
	told("b", join(b));
	get_item(queue);
	describe(queue);
	aw_queue_free(queue);
	return 0;
}

static int
a_putter_is_cancelled_after_it_was_woken(void)
{
	aw_queue *queue = aw_queue_new(1);
	struct put puts[] = { { queue, 1 }, { queue, 2 } };
	aw_task *a, *b;

	fill(queue, 0);
	a = spawn(put_item, &puts[0], "a");
	b = spawn(put_item, &puts[1], "b");
	turns(1);
	get_nowait(queue);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	get_item(queue);
	aw_queue_free(queue);
	return 0;
}

static void
get_for_a_while(aw_queue *queue)
{
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = get_item(queue);
	told("timeout", aw_timeout_exit(timeout, result));
}

static int
a_timeout_while_it_gets(void)
{
	aw_queue *queue = aw_queue_new(0);

	get_for_a_while(queue);
	fill(queue, 1);
	get_for_a_while(queue);
	aw_queue_free(queue);
	return 0;
}

static int
a_late_getter_takes_what_a_woken_one_was_to_have(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");

	turns(1);
	fill(queue, 1);
	get_item(queue);
	turns(2);
	say("done %s", yes(aw_future_done(a)));
	fill(queue, 2);
	told("a", join(a));
	aw_queue_free(queue);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(first_in_first_out),
	CASE(last_in_first_out),
	CASE(the_least_first),
	CASE(nowait),
	CASE(getters_are_served_in_order),
	CASE(putters_are_served_in_order),
	CASE(a_producer_and_a_consumer),
	CASE(a_getter_is_cancelled),
	CASE(a_getter_is_cancelled_after_it_was_woken),
	CASE(no_item_is_lost),
	CASE(a_putter_is_cancelled),
	CASE(a_putter_is_cancelled_after_it_was_woken),
	CASE(a_timeout_while_it_gets),
	CASE(a_late_getter_takes_what_a_woken_one_was_to_have),
};
TRACE_MAIN(cases)
