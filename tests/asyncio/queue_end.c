/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "items.h"

static int
join_it(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a;

	await_join(queue);
	fill(queue, 1);
	fill(queue, 2);
	a = spawn(await_join, queue, "a");
	turns(1);
	drain(queue);
	turns(2);
	say("done %s", yes(aw_future_done(a)));
	told("task_done", aw_queue_task_done(queue));
	turns(2);
	say("done %s", yes(aw_future_done(a)));
	told("task_done", aw_queue_task_done(queue));
	told("a", join(a));
	told("task_done", aw_queue_task_done(queue));
	aw_queue_free(queue);
	return 0;
}

/* Takes one out without a word. */
static void
take(aw_queue *queue)
{
	void *item;

	if (aw_queue_get_nowait(queue, &item) < 0)
		say("no item");
}

static int
join_of_a_queue_that_fills_again(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a;

	fill(queue, 1);
	a = spawn(await_join, queue, "a");
	turns(1);
	take(queue);
	fill(queue, 2);
	aw_queue_task_done(queue);
	turns(2);
	say("done %s", yes(aw_future_done(a)));
	take(queue);
	aw_queue_task_done(queue);
	told("a", join(a));
	aw_queue_free(queue);
	return 0;
}

static int
shut_down(void)
{
	aw_queue *queue = aw_queue_new(0);

	fill(queue, 1);
	fill(queue, 2);
	aw_queue_shutdown(queue, false);
	put_nowait(queue, 3);
	told("put", aw_queue_put(queue, ITEM(3)));
	get_item(queue);
	get_nowait(queue);
	get_item(queue);
	get_nowait(queue);
	aw_queue_free(queue);
	return 0;
}

static int
shut_down_wakes_getters(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a = spawn(get_item, queue, "a");
	aw_task *b = spawn(get_item, queue, "b");

	turns(1);
	aw_queue_shutdown(queue, false);
	told("a", join(a));
	told("b", join(b));
	aw_queue_free(queue);
	return 0;
}

static int
shut_down_wakes_putters(void)
{
	aw_queue *queue = aw_queue_new(1);
	struct put two = { queue, 2 };
	aw_task *a;

	fill(queue, 1);
	a = spawn(put_item, &two, "a");
	turns(1);
	aw_queue_shutdown(queue, false);
	told("a", join(a));
	get_item(queue);
	describe(queue);
	aw_queue_free(queue);
	return 0;
}

static int
shut_down_at_once(void)
{
	aw_queue *queue = aw_queue_new(0);

	fill(queue, 1);
	fill(queue, 2);
	aw_queue_shutdown(queue, true);
	describe(queue);
	get_item(queue);
	await_join(queue);
	told("task_done", aw_queue_task_done(queue));
	aw_queue_free(queue);
	return 0;
}

static int
join_ends_with_an_immediate_shut_down(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a;

	fill(queue, 1);
	a = spawn(await_join, queue, "a");
	turns(1);
	aw_queue_shutdown(queue, true);
	told("a", join(a));
	aw_queue_free(queue);
	return 0;
}

static int
join_after_a_shut_down(void)
{
	aw_queue *queue = aw_queue_new(0);
	aw_task *a;

	fill(queue, 1);
	a = spawn(await_join, queue, "a");
	turns(1);
	aw_queue_shutdown(queue, false);
	get_item(queue);
	say("done %s", yes(aw_future_done(a)));
	aw_queue_task_done(queue);
	told("a", join(a));
	aw_queue_free(queue);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(join_it),
	CASE(join_of_a_queue_that_fills_again),
	CASE(shut_down),
	CASE(shut_down_wakes_getters),
	CASE(shut_down_wakes_putters),
	CASE(shut_down_at_once),
	CASE(join_ends_with_an_immediate_shut_down),
	CASE(join_after_a_shut_down),
};
TRACE_MAIN(cases)
