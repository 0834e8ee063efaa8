/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/futures.h"

TASK_TEST(it_is_done_when_all_are)
{
	aw_future *futures[3], *all;
	int i;

	create_futures(aw_get_running_loop(), futures, 3);
	all = gather(futures, 3, false);
	/* Not in the order of the arguments. */
	aw_future_set_result(futures[2], 30);
	aw_future_set_result(futures[0], 10);
	turns(3);
	ck_assert(!aw_future_done(all));
	ck_assert_int_eq(aw_future_result(all), AW_EINVALIDSTATE);
	aw_future_set_result(futures[1], 20);
	ck_assert(!aw_future_done(all));
	ck_assert_int_eq(aw_await_unref(all), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(aw_future_result(futures[i]), (i + 1) * 10);
	unref_futures(futures, 3);
}

TASK_TEST(with_return_exceptions_it_is_the_same_if_all_succeed)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	all = gather(futures, 2, true);
	aw_future_set_result(futures[1], 2);
	turns(2);
	ck_assert(!aw_future_done(all));
	aw_future_set_result(futures[0], 1);
	ck_assert_int_eq(aw_await_unref(all), 0);
	unref_futures(futures, 2);
}

TASK_TEST(futures_that_are_done_already_count_at_once)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	aw_future_set_result(futures[0], 0);
	aw_future_set_result(futures[1], 0);
	all = gather(futures, 2, false);
	ck_assert(aw_future_done(all));
	ck_assert_int_eq(aw_await_unref(all), 0);
	unref_futures(futures, 2);
}

TASK_TEST(the_first_error_ends_it_and_later_ones_count_as_retrieved)
{
	aw_future *futures[4], *all;

	create_futures(aw_get_running_loop(), futures, 4);
	all = gather(futures, 4, false);
	aw_future_set_result(futures[0], 0);
	aw_future_set_error(futures[1], -EIO);
	ck_assert_int_eq(aw_await(all), -EIO);
	ck_assert(!aw_future_cancelled(all));
	/* The others are not touched, and may end in any way. */
	ck_assert(!aw_future_done(futures[2]));
	aw_future_set_error(futures[2], -EPERM);
	aw_cancel(futures[3]);
	turns(1);
	unref_futures(futures, 4);
	ck_assert_int_eq(aw_future_result(all), -EIO);
	aw_future_unref(all);
}

TASK_TEST(errors_that_come_at_the_same_time_count_as_retrieved_too)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	all = gather(futures, 2, false);
	aw_future_set_error(futures[1], -EPERM);
	aw_future_set_error(futures[0], -EIO);
	unref_futures(futures, 2);
	ck_assert_int_eq(aw_await_unref(all), -EPERM);
}

TASK_TEST(the_others_run_on_after_an_error)
{
	struct plan plan = { "bad", 0.001, -EIO, 0 };
	aw_future *gate = aw_loop_create_future(aw_get_running_loop());
	aw_future *futures[2] = { spawn(carry_out, &plan),
	    spawn(await_it, gate) };

	ck_assert_int_eq(aw_await_unref(gather(futures, 2, false)), -EIO);
	ck_assert_notes("bad");
	ck_assert(!aw_future_done(futures[1]));
	ck_assert_uint_eq(aw_task_cancelling(futures[1]), 0);
	aw_future_set_result(gate, 5);
	ck_assert_int_eq(aw_await(futures[1]), 5);
	unref_futures(futures, 2);
	aw_future_unref(gate);
}

TASK_TEST(its_own_error_is_reported_if_nobody_asks)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = gather(&future, 1, false);

	aw_future_set_error(future, -EIO);
	aw_future_unref(future);
	turns(1);
	ck_assert_uint_eq(take_reports().count, 0);
	aw_future_unref(all);
	ck_assert_int_eq(take_reports().error, -EIO);
}

TASK_TEST(with_return_exceptions_it_waits_for_all_and_has_no_error)
{
	aw_future *futures[4], *all;

	create_futures(aw_get_running_loop(), futures, 4);
	all = gather(futures, 4, true);
	aw_future_set_result(futures[0], 3);
	aw_future_set_error(futures[1], -EIO);
	aw_cancel(futures[3]);
	turns(2);
	ck_assert(!aw_future_done(all));
	aw_future_set_error(futures[2], -EPERM);
	ck_assert_int_eq(aw_await_unref(all), 0);
	ck_assert_int_eq(aw_future_result(futures[1]), -EIO);
	ck_assert_int_eq(aw_future_result(futures[2]), -EPERM);
	ck_assert(aw_future_cancelled(futures[3]));
	unref_futures(futures, 4);
}

TASK_TEST(a_cancelled_child_is_an_error_and_cancels_nothing)
{
	aw_future *futures[3], *all;

	create_futures(aw_get_running_loop(), futures, 3);
	all = gather(futures, 3, false);
	aw_future_set_result(futures[0], 0);
	ck_assert(aw_cancel(futures[1]));
	ck_assert_int_eq(aw_await(all), -ECANCELED);
	ck_assert(aw_future_done(all));
	ck_assert(!aw_future_cancelled(all));
	ck_assert(!aw_future_done(futures[2]));
	aw_future_unref(all);
	unref_futures(futures, 3);
}

LOOP_TEST(with_no_future_and_no_loop_there_is_none)
{
	(void)loop;
	ck_assert_ptr_null(aw_gather(NULL, 0, false));
}

TASK_TEST(with_no_future_it_is_done_at_once)
{
	aw_future *all = gather(NULL, 0, false);

	ck_assert(aw_future_done(all));
	ck_assert_int_eq(aw_future_result(all), 0);
	aw_future_unref(all);
	ck_assert_int_eq(aw_await_unref(gather(NULL, 0, true)), 0);
}

LOOP_TEST(futures_of_one_loop_need_not_have_it_running)
{
	aw_future *futures[2], *all;

	create_futures(loop, futures, 2);
	all = gather(futures, 2, false);
	aw_future_set_result(futures[0], 1);
	aw_future_set_result(futures[1], 2);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, all), 0);
	aw_future_unref(all);
	unref_futures(futures, 2);
}

LOOP_TEST(futures_of_several_loops_are_refused)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_future *futures[2];

	futures[0] = aw_loop_create_future(loop);
	futures[1] = aw_loop_create_future(other);
	ck_assert_ptr_null(aw_gather(futures, 2, false));
	/* And are left as they were. */
	ck_assert(aw_cancel(futures[0]));
	unref_futures(futures, 2);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

LOOP_TEST(a_null_among_the_futures_makes_none)
{
	aw_future *futures[2] = { aw_loop_create_future(loop), NULL };

	ck_assert_ptr_null(aw_gather(futures, 2, false));
	ck_assert_int_eq(aw_await(NULL), -ENOMEM);
	unref_futures(futures, 1);
}

TASK_TEST(a_future_may_be_named_twice)
{
	struct plan plan = { "once", 0, 7, 0 };
	aw_task *task = spawn(carry_out, &plan);
	aw_future *futures[3] = { task, NULL, task };

	futures[1] = aw_loop_create_future(aw_get_running_loop());
	aw_future_set_result(futures[1], 0);
	ck_assert_int_eq(aw_await_unref(gather(futures, 3, false)), 0);
	ck_assert_notes("once");
	unref_futures(futures, 2);
}

TASK_TEST(done_callbacks_and_results_are_as_of_any_future)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = gather(&future, 1, false);

	ck_assert_int_eq(aw_future_set_result(all, 1), -EINVAL);
	ck_assert_int_eq(aw_future_set_error(all, -EIO), -EINVAL);
	ck_assert_int_eq(aw_future_add_done_callback(all, note_done, "called"),
	    0);
	ck_assert_str_eq(aw_task_get_name(all), "");
	aw_future_set_result(future, 1);
	turns(2);
	ck_assert_notes("called");
	aw_future_unref(all);
	aw_future_unref(future);
}

TASK_TEST(it_lives_by_itself_until_its_children_are_done)
{
	struct plan plan = { "child", 0.001, 0, 0 };
	aw_future *task = spawn(carry_out, &plan);
	aw_future *all = gather(&task, 1, false);

	ck_assert_int_eq(aw_future_add_done_callback(all, note_done, "all"),
	    0);
	aw_future_unref(all);
	ck_assert_int_eq(join(task), 0);
	turns(2);
	ck_assert_notes("child all");
}

LOOP_TEST(a_pending_one_goes_with_its_children_after_the_loop)
{
	/* What matters is that tools see no leak and no use of freed memory. */
	aw_loop *other = aw_loop_new(NULL);
	aw_future *future = aw_loop_create_future(other);
	aw_future *all = gather(&future, 1, false);

	(void)loop;
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert(!aw_future_done(all));
	aw_future_unref(all);
	aw_future_unref(future);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_is_done_when_all_are,
		with_return_exceptions_it_is_the_same_if_all_succeed,
		futures_that_are_done_already_count_at_once,
		the_first_error_ends_it_and_later_ones_count_as_retrieved,
		errors_that_come_at_the_same_time_count_as_retrieved_too,
		the_others_run_on_after_an_error,
		its_own_error_is_reported_if_nobody_asks,
		with_return_exceptions_it_waits_for_all_and_has_no_error,
		a_cancelled_child_is_an_error_and_cancels_nothing,
		with_no_future_and_no_loop_there_is_none,
		with_no_future_it_is_done_at_once,
		futures_of_one_loop_need_not_have_it_running,
		futures_of_several_loops_are_refused,
		a_null_among_the_futures_makes_none,
		a_future_may_be_named_twice,
		done_callbacks_and_results_are_as_of_any_future,
		it_lives_by_itself_until_its_children_are_done,
		a_pending_one_goes_with_its_children_after_the_loop,
	};

	return UNIT_RUN("gather", tests);
}
