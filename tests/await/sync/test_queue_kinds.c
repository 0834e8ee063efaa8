/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The three kinds of queue: what differs, then what does not.
 */
#include <errno.h>
#include <stdlib.h>

#include "sync/queue.h"

/* In which order each kind gives back what put_3_1_2 put. */
static const char *const orders[QUEUE_KINDS][3] = {
	{ "3", "1", "2" },
	{ "2", "1", "3" },
	{ "1", "2", "3" },
};

static void
put_3_1_2(aw_queue *queue)
{
	put(queue, "3");
	put(queue, "1");
	put(queue, "2");
}

QUEUE_TEST(each_kind_has_its_order)
{
	aw_queue *queue = new_queue_of_kind(0);
	int i;

	put_3_1_2(queue);
	for (i = 0; i < 3; i++)
		ck_assert_str_eq(take(queue), orders[queue_kind][i]);
	ck_assert(aw_queue_empty(queue));
	aw_queue_free(queue);
}

QUEUE_TEST(the_order_holds_for_those_who_wait_too)
{
	aw_queue *queue = new_queue_of_kind(3);
	struct exchange a, b, c;

	start_get(&a, queue);
	start_get(&b, queue);
	start_get(&c, queue);
	turns(1);
	put_3_1_2(queue);
	ck_assert(aw_queue_full(queue));
	ck_assert_int_eq(join_exchange(&a) | join_exchange(&b) |
	    join_exchange(&c), 0);
	ck_assert_str_eq(a.item, orders[queue_kind][0]);
	ck_assert_str_eq(b.item, orders[queue_kind][1]);
	ck_assert_str_eq(c.item, orders[queue_kind][2]);
	take_notes();
	aw_queue_free(queue);
}

/* -------------------------------------------------------------------- join */

QUEUE_TEST(nothing_is_done_more_often_than_it_was_put)
{
	aw_queue *queue = new_queue_of_kind(0);

	ck_assert_int_eq(aw_queue_task_done(queue), AW_EINVALIDSTATE);
	put(queue, "a");
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	ck_assert_int_eq(aw_queue_task_done(queue), AW_EINVALIDSTATE);
	aw_queue_free(queue);
}

#define ITEMS 100
static const char words[] = "the quick brown fox jumps over the lazy dog and "
    "then over the next one, and over the one after that until it sleeps";
static unsigned done;

static int
work(void *queue)
{
	void *item;
	int err;

	while ((err = aw_queue_get(queue, &item)) == 0) {
		turns(1);
		done++;
		ck_assert_int_eq(aw_queue_task_done(queue), 0);
	}
	return err;
}

QUEUE_TEST(join_waits_until_all_is_done)
{
	aw_queue *queue = new_queue_of_kind(0);
	aw_task *a, *b;
	int i;

	for (i = 0; i < ITEMS; i++)
		put(queue, words + i);
	a = spawn(work, queue);
	b = spawn(work, queue);
	ck_assert_int_eq(aw_queue_join(queue), 0);
	ck_assert_uint_eq(done, ITEMS);
	ck_assert(aw_queue_empty(queue));
	ck_assert(aw_cancel(a) && aw_cancel(b));
	ck_assert_int_eq(join(a), -ECANCELED);
	ck_assert_int_eq(join(b), -ECANCELED);
	aw_queue_free(queue);
}

QUEUE_TEST(join_of_what_is_empty_does_not_wait)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_queue_join(queue), 0);
	ck_assert_int_eq(aw_queue_join(queue), 0);
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	aw_queue_free(queue);
}

QUEUE_TEST(what_was_taken_but_is_not_done_keeps_join_waiting)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct call a, b;

	put(queue, "1");
	start_call(&a, "a", join_queue, queue);
	start_call(&b, "b", join_queue, queue);
	take(queue);
	turns(3);
	ck_assert_notes("");
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	/* They return even if there is more to do by then. */
	put(queue, "2");
	turns(1);
	ck_assert_notes("a b");
	ck_assert_int_eq(join_call(&a) | join_call(&b), 0);
	aw_queue_free(queue);
}

QUEUE_TEST(join_begins_anew_after_each_round)
{
	aw_queue *queue = new_queue_of_kind(2);
	struct call a;
	int i;

	for (i = 0; i < 3; i++) {
		put(queue, "1");
		start_call(&a, "a", join_queue, queue);
		turns(2);
		ck_assert_notes("");
		take(queue);
		ck_assert_int_eq(aw_queue_task_done(queue), 0);
		ck_assert_int_eq(join_call(&a), 0);
		ck_assert_notes("a");
	}
	aw_queue_free(queue);
}

int
main(void)
{
	const TTest *const tests[] = {
		each_kind_has_its_order,
		the_order_holds_for_those_who_wait_too,
		nothing_is_done_more_often_than_it_was_put,
		join_waits_until_all_is_done,
		join_of_what_is_empty_does_not_wait,
		what_was_taken_but_is_not_done_keeps_join_waiting,
		join_begins_anew_after_each_round,
	};

	return UNIT_RUN_EACH_FORKED("queue_kinds", tests, QUEUE_KINDS);
}
