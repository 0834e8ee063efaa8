/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "sync/queue.h"

TASK_TEST(it_is_empty_when_there_is_no_item)
{
	aw_queue *queue = aw_queue_new(0);

	ck_assert(aw_queue_empty(queue));
	ck_assert_uint_eq(aw_queue_qsize(queue), 0);
	put(queue, "a");
	ck_assert(!aw_queue_empty(queue));
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	ck_assert_str_eq(take(queue), "a");
	ck_assert(aw_queue_empty(queue));
	aw_queue_free(queue);
	aw_queue_free(NULL);
}

TASK_TEST(it_is_full_at_maxsize_and_never_without_one)
{
	aw_queue *queue = aw_queue_new(0);
	int i;

	for (i = 0; i < 100; i++)
		put(queue, "a");
	ck_assert(!aw_queue_full(queue));
	ck_assert_uint_eq(aw_queue_maxsize(queue), 0);
	aw_queue_free(queue);
	queue = aw_queue_new(1);
	ck_assert_uint_eq(aw_queue_maxsize(queue), 1);
	ck_assert(!aw_queue_full(queue));
	put(queue, "a");
	ck_assert(aw_queue_full(queue));
	aw_queue_free(queue);
}

TASK_TEST(items_come_out_in_the_order_in_which_they_went_in)
{
	aw_queue *queue = aw_queue_new(0);

	put(queue, "1");
	put(queue, "3");
	put(queue, "2");
	ck_assert_str_eq(take(queue), "1");
	ck_assert_str_eq(take(queue), "3");
	ck_assert_str_eq(take(queue), "2");
	aw_queue_free(queue);
}

TASK_TEST(a_null_pointer_is_an_item_too)
{
	aw_queue *queue = aw_queue_new(0);
	void *item = queue;

	ck_assert_int_eq(aw_queue_put(queue, NULL), 0);
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_ptr_null(item);
	aw_queue_free(queue);
}

static int
put_three(void *queue)
{
	const char *const items[] = { "a", "b", "c" };
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(aw_queue_put(queue,
		    (void *)(uintptr_t)items[i]), 0);
		note(items[i]);
	}
	return 0;
}

TASK_TEST(who_puts_more_than_maxsize_waits_for_room)
{
	aw_queue *queue = aw_queue_new(2);
	aw_task *putter = spawn(put_three, queue);

	turns(3);
	ck_assert_notes("a b");
	ck_assert_str_eq(take(queue), "a");
	turns(1);
	ck_assert_notes("c");
	ck_assert_str_eq(take(queue), "b");
	ck_assert_str_eq(take(queue), "c");
	ck_assert_int_eq(join(putter), 0);
	aw_queue_free(queue);
}

/* --------------------------------------------------------------------- get */

TASK_TEST(an_item_that_is_there_is_got_without_waiting)
{
	aw_queue *queue = aw_queue_new(0);
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);
	void *item;

	put(queue, "a");
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "a");
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	aw_queue_free(queue);
}

TASK_TEST(get_makes_room_for_one_who_waits)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a;
	void *item;

	put(queue, "1");
	start_put(&a, queue, "2");
	turns(1);
	ck_assert_notes("");
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "1");
	turns(1);
	ck_assert_notes("+2");
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_str_eq(take(queue), "2");
	aw_queue_free(queue);
}

static void
put_by_callback(void *queue)
{
	put(queue, "a");
}

TASK_TEST(get_waits_for_an_item)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a;

	start_get(&a, queue);
	turns(3);
	ck_assert_notes("");
	call_soon(put_by_callback, queue);
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("a");
	ck_assert(aw_queue_empty(queue));
	aw_queue_free(queue);
}

TASK_TEST(get_nowait_takes_an_item_or_says_that_there_is_none)
{
	aw_queue *queue = aw_queue_new(0);
	void *item = NULL;

	ck_assert_int_eq(aw_queue_get_nowait(queue, &item), AW_EQUEUEEMPTY);
	ck_assert_ptr_null(item);
	put(queue, "a");
	ck_assert_int_eq(aw_queue_get_nowait(queue, &item), 0);
	ck_assert_str_eq(item, "a");
	ck_assert_int_eq(aw_queue_get_nowait(queue, &item), AW_EQUEUEEMPTY);
	aw_queue_free(queue);
}

TASK_TEST(those_who_wait_for_room_get_it_by_get)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a, b;
	void *item;

	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "a");
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "b");
	ck_assert_int_eq(join_exchange(&a) | join_exchange(&b), 0);
	take_notes();
	aw_queue_free(queue);
}

static int
put_five(void *queue)
{
	int i;

	for (i = 0; i < 5; i++)
		ck_assert_int_eq(aw_queue_put(queue, NULL), 0);
	return 0;
}

static int
get_five(void *queue)
{
	void *item;
	int i;

	for (i = 0; i < 5; i++)
		ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	return 0;
}

TASK_TEST(a_producer_and_a_consumer_never_block_each_other)
{
	aw_queue *queue = aw_queue_new(1);
	aw_task *producer = spawn(put_five, queue),
	    *consumer = spawn(get_five, queue);

	ck_assert_int_eq(join(producer) | join(consumer), 0);
	ck_assert(aw_queue_empty(queue));
	aw_queue_free(queue);
}

TASK_TEST(getters_are_served_in_the_order_of_their_coming)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a, b;

	start_get(&a, queue);
	start_get(&b, queue);
	turns(1);
	put(queue, "1");
	put(queue, "2");
	ck_assert_int_eq(join_exchange(&b) | join_exchange(&a), 0);
	ck_assert_str_eq(a.item, "1");
	ck_assert_str_eq(b.item, "2");
	take_notes();
	aw_queue_free(queue);
}

TASK_TEST(a_getter_whose_item_somebody_took_waits_again)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a;

	start_get(&a, queue);
	turns(1);
	put(queue, "1");
	ck_assert_str_eq(take(queue), "1");
	turns(2);
	ck_assert_notes("");
	put(queue, "2");
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("2");
	aw_queue_free(queue);
}

/* --------------------------------------------------------------------- put */

TASK_TEST(put_does_not_wait_when_there_is_room)
{
	aw_queue *queue = aw_queue_new(0);
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);
	char word[] = "a";

	ck_assert_int_eq(aw_queue_put(queue, word), 0);
	ck_assert_notes("");
	ck_assert_str_eq(take(queue), "a");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	aw_queue_free(queue);
}

static void
take_by_callback(void *queue)
{
	note(take(queue));
}

TASK_TEST(put_waits_for_room)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a, b;

	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	turns(3);
	ck_assert_notes("+a");
	call_soon(take_by_callback, queue);
	ck_assert_int_eq(join_exchange(&b), 0);
	ck_assert_notes("a +b");
	ck_assert_int_eq(join_exchange(&a), 0);
	aw_queue_free(queue);
}

TASK_TEST(put_nowait_puts_an_item_or_says_that_there_is_no_room)
{
	aw_queue *queue = aw_queue_new(1);

	put(queue, "a");
	ck_assert_int_eq(aw_queue_put_nowait(queue, NULL), AW_EQUEUEFULL);
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	ck_assert_str_eq(take(queue), "a");
	put(queue, "b");
	ck_assert_str_eq(take(queue), "b");
	aw_queue_free(queue);
}

TASK_TEST(put_gives_the_item_to_one_who_waits)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a;
	char word[] = "a";

	start_get(&a, queue);
	turns(1);
	ck_assert_int_eq(aw_queue_put(queue, word), 0);
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("a");
	aw_queue_free(queue);
}

TASK_TEST(a_get_lets_a_task_finish_that_has_put)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a;
	void *item;

	start_put(&a, queue, "1");
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert(aw_future_done(a.task));
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("+1");
	aw_queue_free(queue);
}

static int
drain(void *queue)
{
	size_t left;

	turns(1);
	for (left = aw_queue_qsize(queue); left > 0; left--)
		note(take(queue));
	return 0;
}

TASK_TEST(each_item_taken_at_once_lets_one_putter_go_on)
{
	aw_queue *queue = aw_queue_new(2);
	struct exchange a, b, c, d;
	aw_task *drainer = spawn(drain, queue);

	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	start_put(&c, queue, "c");
	start_put(&d, queue, "d");
	ck_assert_int_eq(join(drainer) | join_exchange(&a) |
	    join_exchange(&b) | join_exchange(&c) | join_exchange(&d), 0);
	ck_assert_notes("+a +b a b +c +d");
	ck_assert_uint_eq(aw_queue_qsize(queue), 2);
	aw_queue_free(queue);
}

/* ------------------------------------------------------------------- loops */

LOOP_TEST(only_a_task_can_wait_but_anyone_can_put_and_take)
{
	aw_queue *queue = aw_queue_new(1);
	void *item;

	ck_assert(!aw_loop_is_running(loop));
	ck_assert_int_eq(aw_queue_put(queue, NULL), AW_ENOTASK);
	ck_assert_int_eq(aw_queue_get(queue, &item), AW_ENOTASK);
	ck_assert_int_eq(aw_queue_join(queue), AW_ENOTASK);
	ck_assert(aw_queue_empty(queue));
	put(queue, "a");
	ck_assert_str_eq(take(queue), "a");
	aw_queue_free(queue);
}

static int
get_from_elsewhere(void *queue)
{
	void *item;

	ck_assert_int_eq(aw_queue_get(queue, &item), AW_EWRONGLOOP);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a;

	start_get(&a, queue);
	turns(1);
	in_other_loop(get_from_elsewhere, queue);
	put(queue, "a");
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("a");
	aw_queue_free(queue);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_is_empty_when_there_is_no_item,
		it_is_full_at_maxsize_and_never_without_one,
		items_come_out_in_the_order_in_which_they_went_in,
		a_null_pointer_is_an_item_too,
		who_puts_more_than_maxsize_waits_for_room,
		an_item_that_is_there_is_got_without_waiting,
		get_makes_room_for_one_who_waits,
		get_waits_for_an_item,
		get_nowait_takes_an_item_or_says_that_there_is_none,
		those_who_wait_for_room_get_it_by_get,
		a_producer_and_a_consumer_never_block_each_other,
		getters_are_served_in_the_order_of_their_coming,
		a_getter_whose_item_somebody_took_waits_again,
		put_does_not_wait_when_there_is_room,
		put_waits_for_room,
		put_nowait_puts_an_item_or_says_that_there_is_no_room,
		put_gives_the_item_to_one_who_waits,
		a_get_lets_a_task_finish_that_has_put,
		each_item_taken_at_once_lets_one_putter_go_on,
		only_a_task_can_wait_but_anyone_can_put_and_take,
		it_belongs_to_the_loop_where_a_task_first_waited,
	};

	return UNIT_RUN("queue", tests);
}
