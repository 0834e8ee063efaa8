/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Queues of each kind that are shut down.
 */
#include <errno.h>

#include "sync/queue.h"

static void
check_no_put(aw_queue *queue)
{
	size_t size = aw_queue_qsize(queue);

	ck_assert_int_eq(aw_queue_put(queue, NULL), AW_EQUEUESHUTDOWN);
	ck_assert_int_eq(aw_queue_put_nowait(queue, NULL), AW_EQUEUESHUTDOWN);
	ck_assert_uint_eq(aw_queue_qsize(queue), size);
}

static void
check_no_put_and_no_get(aw_queue *queue)
{
	void *item;

	check_no_put(queue);
	ck_assert_uint_eq(aw_queue_qsize(queue), 0);
	ck_assert_int_eq(aw_queue_get(queue, &item), AW_EQUEUESHUTDOWN);
	ck_assert_int_eq(aw_queue_get_nowait(queue, &item),
	    AW_EQUEUESHUTDOWN);
}

static void
check_all_done(aw_queue *queue)
{
	ck_assert_int_eq(aw_queue_task_done(queue), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_queue_join(queue), 0);
	aw_queue_free(queue);
}

QUEUE_TEST(an_empty_one_ends_at_once)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct exchange getter;

	start_get(&getter, queue);
	turns(1);
	aw_queue_shutdown(queue, false);
	ck_assert_uint_eq(aw_queue_qsize(queue), 0);
	ck_assert_int_eq(aw_queue_join(queue), 0);
	turns(1);
	ck_assert_notes("?");
	ck_assert_int_eq(join_exchange(&getter), AW_EQUEUESHUTDOWN);
	check_no_put_and_no_get(queue);
	check_all_done(queue);
}

QUEUE_TEST(what_is_in_it_can_still_be_got)
{
	aw_queue *queue = new_queue_of_kind(1);
	struct exchange putter;
	struct call joiner;
	void *item;

	put(queue, "1");
	start_call(&joiner, "joined", join_queue, queue);
	start_put(&putter, queue, "2");
	turns(1);
	aw_queue_shutdown(queue, false);
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	turns(1);
	ck_assert_notes("+2?");
	ck_assert_int_eq(join_exchange(&putter), AW_EQUEUESHUTDOWN);
	/* It is full as well. */
	check_no_put(queue);
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_str_eq(item, "1");
	turns(1);
	ck_assert_notes("");
	check_no_put_and_no_get(queue);
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	turns(1);
	ck_assert_notes("joined");
	ck_assert_int_eq(join_call(&joiner), 0);
	check_all_done(queue);
}

QUEUE_TEST(immediately_it_is_emptied)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct call joiner;

	put(queue, "1");
	put(queue, "2");
	start_call(&joiner, "joined", join_queue, queue);
	turns(1);
	aw_queue_shutdown(queue, true);
	ck_assert_uint_eq(aw_queue_qsize(queue), 0);
	ck_assert(aw_queue_empty(queue));
	turns(1);
	ck_assert_notes("joined");
	ck_assert_int_eq(join_call(&joiner), 0);
	check_no_put_and_no_get(queue);
	check_all_done(queue);
}

QUEUE_TEST(what_was_taken_before_has_yet_to_be_done)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct call joiner;

	put(queue, "1");
	put(queue, "2");
	start_call(&joiner, "joined", join_queue, queue);
	take(queue);
	turns(1);
	aw_queue_shutdown(queue, true);
	ck_assert_uint_eq(aw_queue_qsize(queue), 0);
	turns(2);
	ck_assert_notes("");
	check_no_put_and_no_get(queue);
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	turns(1);
	ck_assert_notes("joined");
	ck_assert_int_eq(join_call(&joiner), 0);
	check_all_done(queue);
}

QUEUE_TEST(what_was_called_done_before_it_was_taken_counts_once)
{
	aw_queue *queue = new_queue_of_kind(0);

	put(queue, "1");
	put(queue, "2");
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	ck_assert_int_eq(aw_queue_task_done(queue), 0);
	aw_queue_shutdown(queue, true);
	check_all_done(queue);
}

QUEUE_TEST(all_who_wait_are_told)
{
	aw_queue *queue = new_queue_of_kind(1);
	struct exchange a, b, c;

	put(queue, "1");
	start_put(&a, queue, "a");
	start_put(&b, queue, "b");
	start_put(&c, queue, "c");
	turns(1);
	aw_queue_shutdown(queue, queue_kind == 1);
	turns(1);
	ck_assert_notes("+a? +b? +c?");
	ck_assert_int_eq(join_exchange(&a), AW_EQUEUESHUTDOWN);
	ck_assert_int_eq(join_exchange(&b), AW_EQUEUESHUTDOWN);
	ck_assert_int_eq(join_exchange(&c), AW_EQUEUESHUTDOWN);
	aw_queue_free(queue);
}

QUEUE_TEST(a_getter_that_was_woken_before_gets_its_item)
{
	aw_queue *queue = new_queue_of_kind(0);
	struct exchange a, b;

	start_get(&a, queue);
	start_get(&b, queue);
	turns(1);
	put(queue, "1");
	aw_queue_shutdown(queue, false);
	turns(1);
	ck_assert_notes("1 ?");
	ck_assert_int_eq(join_exchange(&a), 0);
	ck_assert_int_eq(join_exchange(&b), AW_EQUEUESHUTDOWN);
	aw_queue_free(queue);
}

QUEUE_TEST(a_putter_that_was_woken_before_does_not_put)
{
	aw_queue *queue = new_queue_of_kind(1);
	struct exchange a;

	put(queue, "1");
	start_put(&a, queue, "a");
	turns(1);
	take(queue);
	aw_queue_shutdown(queue, false);
	ck_assert_int_eq(join_exchange(&a), AW_EQUEUESHUTDOWN);
	ck_assert(aw_queue_empty(queue));
	ck_assert_notes("+a?");
	aw_queue_free(queue);
}

QUEUE_TEST(it_can_be_shut_down_again_immediately)
{
	aw_queue *queue = new_queue_of_kind(0);

	put(queue, "1");
	aw_queue_shutdown(queue, false);
	aw_queue_shutdown(queue, false);
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	aw_queue_shutdown(queue, true);
	aw_queue_shutdown(queue, false);
	check_no_put_and_no_get(queue);
	check_all_done(queue);
}

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_one_ends_at_once,
		what_is_in_it_can_still_be_got,
		immediately_it_is_emptied,
		what_was_taken_before_has_yet_to_be_done,
		what_was_called_done_before_it_was_taken_counts_once,
		all_who_wait_are_told,
		a_getter_that_was_woken_before_gets_its_item,
		a_putter_that_was_woken_before_does_not_put,
		it_can_be_shut_down_again_immediately,
	};

	return UNIT_RUN_EACH("queue_shutdown", tests, QUEUE_KINDS);
}
