/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Queues, when a task is cancelled that waits: no item is lost, and nobody is
 * left waiting for what is there.
 */
#include <errno.h>

#include "sync/queue.h"

TASK_TEST(a_cancelled_getter_leaves_the_item_to_the_next)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a, b;
	char word[] = "x";

	start_get(&a, queue);
	start_get(&b, queue);
	turns(1);
	ck_assert(aw_cancel(a.task));
	turns(1);
	ck_assert_notes("!");
	ck_assert_int_eq(aw_queue_put(queue, word), 0);
	turns(1);
	ck_assert_notes("x");
	ck_assert_int_eq(join_exchange(&b), 0);
	ck_assert_int_eq(join_exchange(&a), -ECANCELED);
	aw_queue_free(queue);
}

TASK_TEST(a_put_passes_over_a_getter_that_was_just_cancelled)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a, b;

	start_get(&a, queue);
	start_get(&b, queue);
	turns(1);
	ck_assert(aw_cancel(a.task));
	put(queue, "x");
	turns(1);
	ck_assert_notes("! x");
	ck_assert_int_eq(join_exchange(&a), -ECANCELED);
	ck_assert_int_eq(join_exchange(&b), 0);
	aw_queue_free(queue);
}

TASK_TEST(a_getter_cancelled_after_it_was_woken_loses_no_item)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange reader;

	start_get(&reader, queue);
	turns(1);
	put(queue, "1");
	put(queue, "2");
	ck_assert(aw_cancel(reader.task));
	ck_assert_int_eq(join_exchange(&reader), -ECANCELED);
	start_get(&reader, queue);
	ck_assert_int_eq(join_exchange(&reader), 0);
	ck_assert_notes("! 1");
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	aw_queue_free(queue);
}

TASK_TEST(a_getter_cancelled_after_it_was_woken_wakes_the_next)
{
	aw_queue *queue = aw_queue_new(0);
	struct exchange a, b, c;

	start_get(&a, queue);
	start_get(&b, queue);
	start_get(&c, queue);
	turns(1);
	put(queue, "1");
	put(queue, "2");
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_exchange(&a), -ECANCELED);
	ck_assert_int_eq(join_exchange(&c), 0);
	ck_assert_int_eq(join_exchange(&b), 0);
	ck_assert_notes("! 1 2");
	aw_queue_free(queue);
}

TASK_TEST(a_timeout_takes_a_getter_out)
{
	aw_queue *queue = aw_queue_new(5);
	aw_timeout *timeout;
	struct exchange a;
	void *item;

	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_queue_get(queue, &item)),
	    -ETIMEDOUT);
	/* The item goes to the next who comes, at once. */
	start_get(&a, queue);
	turns(1);
	put(queue, "x");
	turns(1);
	ck_assert_notes("x");
	ck_assert_int_eq(join_exchange(&a), 0);
	aw_queue_free(queue);
}

TASK_TEST(an_item_that_is_there_is_got_in_spite_of_a_cancellation)
{
	aw_queue *queue = aw_queue_new(0);
	void *item;

	put(queue, "x");
	ck_assert(aw_cancel(aw_current_task()));
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "x");
	ck_assert_int_eq(aw_queue_get(queue, &item), -ECANCELED);
	aw_queue_free(queue);
}

/* --------------------------------------------------------------------- put */

TASK_TEST(the_item_of_a_cancelled_putter_is_not_put)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a, b, c;

	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	start_put(&c, queue, "c");
	turns(1);
	ck_assert_notes("+a");
	ck_assert(aw_cancel(c.task));
	turns(1);
	ck_assert_notes("+c!");
	ck_assert_str_eq(take(queue), "a");
	turns(1);
	ck_assert_str_eq(take(queue), "b");
	ck_assert_int_eq(join_exchange(&b), 0);
	ck_assert(aw_queue_empty(queue));
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_int_eq(join_exchange(&c), -ECANCELED);
	ck_assert_notes("+b");
	aw_queue_free(queue);
}

TASK_TEST(a_putter_cancelled_after_it_was_woken_can_put_again)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange writer;

	put(queue, "1");
	start_put(&writer, queue, "2");
	turns(1);
	ck_assert_str_eq(take(queue), "1");
	ck_assert(aw_cancel(writer.task));
	ck_assert_int_eq(join_exchange(&writer), -ECANCELED);
	ck_assert(aw_queue_empty(queue));
	start_put(&writer, queue, "2");
	ck_assert_int_eq(join_exchange(&writer), 0);
	ck_assert_str_eq(take(queue), "2");
	ck_assert(aw_queue_empty(queue));
	take_notes();
	aw_queue_free(queue);
}

TASK_TEST(a_putter_cancelled_after_it_was_woken_wakes_the_next)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a, b;

	put(queue, "1");
	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	turns(1);
	ck_assert_str_eq(take(queue), "1");
	ck_assert(aw_cancel(a.task));
	turns(2);
	ck_assert_notes("+a! +b");
	ck_assert_str_eq(take(queue), "b");
	ck_assert_int_eq(join_exchange(&a), -ECANCELED);
	ck_assert_int_eq(join_exchange(&b), 0);
	aw_queue_free(queue);
}

TASK_TEST(a_cancelled_putter_leaves_the_room_to_the_next)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a, b;

	put(queue, "1");
	start_put(&a, queue, "a");
	turns(1);
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_exchange(&a), -ECANCELED);
	start_put(&b, queue, "b");
	turns(1);
	ck_assert_str_eq(take(queue), "1");
	turns(1);
	ck_assert_notes("+a! +b");
	ck_assert_int_eq(join_exchange(&b), 0);
	aw_queue_free(queue);
}

TASK_TEST(a_putter_whose_room_somebody_took_waits_again)
{
	aw_queue *queue = aw_queue_new(1);
	struct exchange a;

	put(queue, "1");
	start_put(&a, queue, "a");
	turns(1);
	ck_assert_str_eq(take(queue), "1");
	put(queue, "2");
	turns(2);
	ck_assert_notes("");
	ck_assert_str_eq(take(queue), "2");
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_notes("+a");
	aw_queue_free(queue);
}

TASK_TEST(a_cancelled_join_leaves_the_others)
{
	aw_queue *queue = aw_queue_new(0);
	struct call a, b;

	put(queue, "1");
	start_call(&a, "a", join_queue, queue);
	start_call(&b, "b", join_queue, queue);
	turns(1);
	ck_assert(aw_cancel(a.task));
	take(queue);
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b), 0);
	ck_assert_notes("a! b");
	aw_queue_free(queue);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_cancelled_getter_leaves_the_item_to_the_next,
		a_put_passes_over_a_getter_that_was_just_cancelled,
		a_getter_cancelled_after_it_was_woken_loses_no_item,
		a_getter_cancelled_after_it_was_woken_wakes_the_next,
		a_timeout_takes_a_getter_out,
		an_item_that_is_there_is_got_in_spite_of_a_cancellation,
		the_item_of_a_cancelled_putter_is_not_put,
		a_putter_cancelled_after_it_was_woken_can_put_again,
		a_putter_cancelled_after_it_was_woken_wakes_the_next,
		a_cancelled_putter_leaves_the_room_to_the_next,
		a_putter_whose_room_somebody_took_waits_again,
		a_cancelled_join_leaves_the_others,
	};

	return UNIT_RUN("queue_cancel", tests);
}
