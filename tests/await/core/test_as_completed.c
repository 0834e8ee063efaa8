/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/futures.h"
#include "core/task.h"

static aw_completion_iterator *
complete(aw_future **futures, size_t count, double timeout)
{
	aw_completion_iterator *iterator =
	    aw_as_completed(futures, count, timeout);

	ck_assert_ptr_nonnull(iterator);
	return iterator;
}

static aw_future *
next(aw_completion_iterator *iterator)
{
	aw_future *future = NULL;

	ck_assert_int_eq(aw_completion_iterator_next(iterator, &future), 1);
	ck_assert(aw_future_done(future));
	return future;
}

static void
check_end(aw_completion_iterator *iterator, int result)
{
	aw_future *future;
	int i;

	for (i = 0; i < 2; i++)
		ck_assert_int_eq(aw_completion_iterator_next(iterator,
		    &future), result);
	aw_completion_iterator_free(iterator);
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
}

TASK_TEST(futures_come_in_the_order_in_which_they_end)
{
	struct plan plans[] = { { "b", 0.02, 2, 0 }, { "c", 0.04, 3, 0 },
	    { "a", -1, 1, 0 } };
	aw_completion_iterator *iterator;
	aw_future *futures[3];
	int i;

	for (i = 0; i < 3; i++)
		futures[i] = spawn(carry_out, &plans[i]);
	iterator = complete(futures, 3, -1);
	for (i = 1; i <= 3; i++)
		ck_assert_int_eq(aw_future_result(next(iterator)), i);
	check_end(iterator, 0);
	ck_assert_notes("a b c");
	unref_futures(futures, 3);
}

TASK_TEST(those_that_are_done_already_come_first)
{
	aw_completion_iterator *iterator;
	aw_future *futures[3];

	create_futures(aw_get_running_loop(), futures, 3);
	aw_future_set_result(futures[2], 0);
	aw_future_set_result(futures[1], 0);
	iterator = complete(futures, 3, -1);
	aw_future_set_result(futures[0], 0);
	ck_assert_ptr_eq(next(iterator), futures[1]);
	ck_assert_ptr_eq(next(iterator), futures[2]);
	ck_assert_ptr_eq(next(iterator), futures[0]);
	check_end(iterator, 0);
	unref_futures(futures, 3);
}

TASK_TEST(errors_and_cancelled_ones_come_like_others)
{
	aw_completion_iterator *iterator;
	aw_future *futures[2];

	create_futures(aw_get_running_loop(), futures, 2);
	iterator = complete(futures, 2, -1);
	aw_future_set_error(futures[1], -EIO);
	aw_cancel(futures[0]);
	ck_assert_int_eq(aw_future_result(next(iterator)), -EIO);
	ck_assert(aw_future_cancelled(next(iterator)));
	check_end(iterator, 0);
	unref_futures(futures, 2);
}

TASK_TEST(each_future_comes_once_though_it_is_named_twice)
{
	aw_completion_iterator *iterator;
	aw_future *futures[5];

	create_futures(aw_get_running_loop(), futures, 2);
	aw_future_set_result(futures[0], 0);
	futures[2] = futures[3] = futures[0];
	futures[4] = futures[1];
	iterator = complete(futures, 5, -1);
	ck_assert_ptr_eq(next(iterator), futures[0]);
	aw_future_set_result(futures[1], 0);
	ck_assert_ptr_eq(next(iterator), futures[1]);
	check_end(iterator, 0);
	unref_futures(futures, 2);
}

TASK_TEST(after_the_timeout_it_is_said_again_and_again)
{
	struct plan plans[] = { { "a", 0.001, 1, 0 }, { "b", FAR, 2, 0 } };
	aw_future *futures[2];
	aw_completion_iterator *iterator;
	int i;

	for (i = 0; i < 2; i++)
		futures[i] = spawn(carry_out, &plans[i]);
	iterator = complete(futures, 2, 0.2);
	ck_assert_ptr_eq(next(iterator), futures[0]);
	ck_assert_int_eq(aw_completion_iterator_next(iterator, &futures[0]),
	    -ETIMEDOUT);
	/* Nothing was cancelled. */
	ck_assert_uint_eq(aw_task_cancelling(futures[1]), 0);
	aw_cancel(futures[1]);
	ck_assert_int_eq(aw_await(futures[1]), -ECANCELED);
	check_end(iterator, -ETIMEDOUT);
	(void)take_notes();
	unref_futures(futures, 2);
}

TASK_TEST(what_ended_before_the_timeout_is_handed_out_after_it)
{
	aw_completion_iterator *iterator;
	aw_future *futures[3];

	create_futures(aw_get_running_loop(), futures, 3);
	iterator = complete(futures, 3, 0.001);
	aw_future_set_result(futures[1], 0);
	ck_assert_int_eq(aw_sleep(0.02), 0);
	/* This one is late. */
	aw_future_set_result(futures[0], 0);
	ck_assert_ptr_eq(next(iterator), futures[1]);
	check_end(iterator, -ETIMEDOUT);
	unref_futures(futures, 3);
}

TASK_TEST(a_timeout_that_was_not_needed_leaves_no_timer)
{
	struct plan plan = { "a", 0.001, 1, 0 };
	aw_future *task = spawn(carry_out, &plan);
	aw_completion_iterator *iterator = complete(&task, 1, FAR);

	ck_assert_ptr_eq(next(iterator), task);
	check_end(iterator, 0);
	aw_future_unref(task);
	(void)take_notes();
}

TASK_TEST(after_the_last_one_a_timeout_is_none)
{
	aw_completion_iterator *iterator;
	aw_future *future;

	create_futures(aw_get_running_loop(), &future, 1);
	aw_future_set_result(future, 0);
	iterator = complete(&future, 1, 0.001);
	ck_assert_ptr_eq(next(iterator), future);
	ck_assert_int_eq(aw_sleep(0.02), 0);
	check_end(iterator, 0);
	aw_future_unref(future);
}

TASK_TEST(a_timeout_of_0_gives_only_what_is_done)
{
	aw_completion_iterator *iterator;
	aw_future *futures[2];

	create_futures(aw_get_running_loop(), futures, 2);
	aw_future_set_result(futures[1], 0);
	iterator = complete(futures, 2, 0);
	ck_assert_ptr_eq(next(iterator), futures[1]);
	check_end(iterator, -ETIMEDOUT);
	unref_futures(futures, 2);
}

TASK_TEST(without_futures_it_is_at_its_end)
{
	check_end(complete(NULL, 0, -1), 0);
	check_end(complete(NULL, 0, 0), 0);
}

struct consumer {
	aw_completion_iterator *iterator;
	unsigned taken;
	int last;
};

static int
consume(void *arg)
{
	struct consumer *consumer = arg;
	aw_future *future;

	for (;;) {
		consumer->last = aw_completion_iterator_next(
		    consumer->iterator, &future);
		if (consumer->last <= 0)
			return consumer->last;
		consumer->taken++;
	}
}

TASK_TEST(several_tasks_can_share_one)
{
	struct consumer consumers[2] = { { .taken = 0 }, { .taken = 0 } };
	aw_future *futures[4];
	aw_task *tasks[2];
	int i;

	create_futures(aw_get_running_loop(), futures, 4);
	for (i = 0; i < 2; i++) {
		consumers[i].iterator = consumers[0].iterator == NULL ?
		    complete(futures, 4, -1) : consumers[0].iterator;
		tasks[i] = spawn(consume, &consumers[i]);
	}
	turns(1);
	for (i = 0; i < 4; i++) {
		aw_future_set_result(futures[i], 0);
		turns(1);
	}
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(join(tasks[i]), 0);
	ck_assert_uint_eq(consumers[0].taken + consumers[1].taken, 4);
	aw_completion_iterator_free(consumers[0].iterator);
	unref_futures(futures, 4);
}

TASK_TEST(waiting_for_the_next_can_be_cancelled)
{
	struct consumer consumer = { .taken = 0 };
	aw_future *future;
	aw_task *task;

	create_futures(aw_get_running_loop(), &future, 1);
	consumer.iterator = complete(&future, 1, FAR);
	task = spawn(consume, &consumer);
	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	/* The future was left alone, and can still be had. */
	aw_future_set_result(future, 0);
	ck_assert_ptr_eq(next(consumer.iterator), future);
	check_end(consumer.iterator, 0);
	aw_future_unref(future);
}

TASK_TEST(one_may_stop_in_the_middle_and_go_on_later)
{
	aw_completion_iterator *iterator;
	aw_future *futures[3];

	create_futures(aw_get_running_loop(), futures, 3);
	iterator = complete(futures, 3, -1);
	aw_future_set_result(futures[1], 0);
	ck_assert_ptr_eq(next(iterator), futures[1]);
	/* Meanwhile another one ends, and the task does something else. */
	aw_future_set_result(futures[2], 0);
	turns(3);
	ck_assert_ptr_eq(next(iterator), futures[2]);
	aw_future_set_result(futures[0], 0);
	ck_assert_ptr_eq(next(iterator), futures[0]);
	check_end(iterator, 0);
	unref_futures(futures, 3);
}

TASK_TEST(who_asks_first_gets_what_ends_first)
{
	struct consumer consumers[2] = { { .taken = 0 }, { .taken = 0 } };
	aw_future *futures[2];
	aw_task *tasks[2];
	int i;

	create_futures(aw_get_running_loop(), futures, 2);
	consumers[0].iterator = consumers[1].iterator =
	    complete(futures, 2, -1);
	for (i = 0; i < 2; i++)
		tasks[i] = spawn(consume, &consumers[i]);
	turns(1);
	aw_future_set_result(futures[1], 0);
	turns(2);
	ck_assert_uint_eq(consumers[0].taken, 1);
	ck_assert_uint_eq(consumers[1].taken, 0);
	aw_future_set_result(futures[0], 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(join(tasks[i]), 0);
	aw_completion_iterator_free(consumers[0].iterator);
	unref_futures(futures, 2);
}

TASK_TEST(iterators_over_the_same_futures_are_independent)
{
	aw_completion_iterator *one, *other;
	aw_future *futures[2];

	create_futures(aw_get_running_loop(), futures, 2);
	one = complete(futures, 2, -1);
	other = complete(futures, 2, -1);
	aw_future_set_result(futures[1], 0);
	aw_future_set_result(futures[0], 0);
	ck_assert_ptr_eq(next(one), futures[1]);
	ck_assert_ptr_eq(next(other), futures[1]);
	ck_assert_ptr_eq(next(other), futures[0]);
	ck_assert_ptr_eq(next(one), futures[0]);
	check_end(one, 0);
	check_end(other, 0);
	unref_futures(futures, 2);
}

TASK_TEST(it_can_be_freed_early_and_keeps_the_futures_until_then)
{
	aw_completion_iterator *iterator;
	aw_future *futures[2];

	create_futures(aw_get_running_loop(), futures, 2);
	iterator = complete(futures, 2, FAR);
	aw_future_set_result(futures[0], 9);
	aw_future_unref(futures[0]);
	ck_assert_int_eq(aw_future_result(next(iterator)), 9);
	aw_completion_iterator_free(iterator);
	ck_assert(TAILQ_EMPTY(&futures[1]->watches));
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
	aw_future_unref(futures[1]);
	aw_completion_iterator_free(NULL);
}

LOOP_TEST(what_can_not_be_had_is_refused)
{
	aw_future *futures[2] = { aw_loop_create_future(loop), NULL };
	aw_completion_iterator *iterator;
	aw_loop *other = aw_loop_new(NULL);

	ck_assert_ptr_null(aw_as_completed(futures, 2, -1));
	ck_assert_int_eq(aw_completion_iterator_next(NULL, futures), -ENOMEM);
	futures[1] = aw_loop_create_future(other);
	ck_assert_ptr_null(aw_as_completed(futures, 2, -1));
	/* Without a loop that runs it can be made, but not waited for. */
	iterator = complete(futures, 1, -1);
	ck_assert_int_eq(aw_completion_iterator_next(iterator, &futures[1]),
	    AW_ENOTASK);
	aw_completion_iterator_free(iterator);
	unref_futures(futures, 2);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

int
main(void)
{
	const TTest *const tests[] = {
		futures_come_in_the_order_in_which_they_end,
		those_that_are_done_already_come_first,
		errors_and_cancelled_ones_come_like_others,
		each_future_comes_once_though_it_is_named_twice,
		after_the_timeout_it_is_said_again_and_again,
		what_ended_before_the_timeout_is_handed_out_after_it,
		a_timeout_that_was_not_needed_leaves_no_timer,
		after_the_last_one_a_timeout_is_none,
		a_timeout_of_0_gives_only_what_is_done,
		without_futures_it_is_at_its_end,
		several_tasks_can_share_one,
		waiting_for_the_next_can_be_cancelled,
		one_may_stop_in_the_middle_and_go_on_later,
		who_asks_first_gets_what_ends_first,
		iterators_over_the_same_futures_are_independent,
		it_can_be_freed_early_and_keeps_the_futures_until_then,
		what_can_not_be_had_is_refused,
	};

	return UNIT_RUN("as_completed", tests);
}
