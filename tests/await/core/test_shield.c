/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"
#include "core/future.h"

static aw_future *
create(void)
{
	return aw_loop_create_future(aw_get_running_loop());
}

static aw_future *
shield(aw_future *inner)
{
	aw_future *outer = aw_shield(inner);

	ck_assert_ptr_nonnull(outer);
	return outer;
}

TASK_TEST(it_has_the_result_of_the_inner_one)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert_ptr_ne(outer, inner);
	aw_future_set_result(inner, 42);
	ck_assert(!aw_future_done(outer));
	ck_assert_int_eq(aw_await_unref(outer), 42);
	aw_future_unref(inner);
}

TASK_TEST(it_has_the_error_of_the_inner_one_which_counts_as_retrieved)
{
	aw_future *inner = create(), *outer = shield(inner);

	aw_future_set_error(inner, -EIO);
	aw_future_unref(inner);
	ck_assert_int_eq(aw_await_unref(outer), -EIO);
}

TASK_TEST(it_is_cancelled_as_the_inner_one_is)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert(aw_cancel(inner));
	ck_assert_int_eq(aw_await(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(outer));
	aw_future_unref(outer);
	aw_future_unref(inner);
}

TASK_TEST(its_cancellation_leaves_the_inner_one_alone)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert(aw_cancel(outer));
	ck_assert(aw_future_cancelled(outer));
	ck_assert(!aw_cancel(outer));
	ck_assert(!aw_future_done(inner));
	aw_future_set_result(inner, 1);
	turns(2);
	ck_assert_int_eq(aw_future_result(inner), 1);
	aw_future_unref(outer);
	aw_future_unref(inner);
}

TASK_TEST(of_one_that_is_done_it_is_that_one)
{
	aw_future *inner = create(), *outer;

	aw_future_set_result(inner, 42);
	outer = shield(inner);
	ck_assert_ptr_eq(outer, inner);
	aw_future_unref(outer);
	aw_future_unref(inner);
}

TASK_TEST(an_error_after_its_cancellation_is_reported)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert(aw_cancel(outer));
	aw_future_set_error(inner, -EIO);
	turns(1);
	aw_future_unref(inner);
	ck_assert_int_eq(take_reports().error, -EIO);
	aw_future_unref(outer);
}

TASK_TEST(an_error_after_the_cancellation_of_two_is_reported_once)
{
	aw_future *inner = create(), *outer;
	int i;

	for (i = 0; i < 2; i++) {
		outer = shield(inner);
		turns(1);
		ck_assert(aw_cancel(outer));
		aw_future_unref(outer);
	}
	aw_future_set_error(inner, -EIO);
	turns(1);
	aw_future_unref(inner);
	ck_assert_uint_eq(take_reports().count, 1);
}

TASK_TEST(an_error_that_came_just_before_its_cancellation_is_reported)
{
	aw_future *inner = create(), *outer = shield(inner);

	aw_future_set_error(inner, -EIO);
	ck_assert(aw_cancel(outer));
	aw_future_unref(inner);
	turns(1);
	ck_assert_int_eq(take_reports().error, -EIO);
	ck_assert(aw_future_cancelled(outer));
	aw_future_unref(outer);
}

static int
work(void *gate)
{
	int result = aw_await(gate);

	note(result < 0 ? "stopped" : "worked");
	return result;
}

static int
await_shielded(void *task)
{
	int result = aw_await_unref(aw_shield(task));

	note(result == -ECANCELED ? "left" : "stayed");
	return result;
}

TASK_TEST(who_awaits_it_is_cancelled_while_the_work_goes_on)
{
	aw_future *gate = create();
	aw_task *inner = spawn(work, gate);
	aw_task *outer = spawn(await_shielded, inner);

	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_int_eq(join(outer), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(inner), 0);
	aw_future_set_result(gate, 7);
	ck_assert_int_eq(join(inner), 7);
	ck_assert_notes("left worked");
	aw_future_unref(gate);
}

TASK_TEST(one_over_a_gather_keeps_the_children_from_harm)
{
	aw_future *children[2] = { create(), create() }, *all, *outer;
	int i;

	all = aw_gather(children, 2, false);
	outer = shield(all);
	ck_assert(aw_cancel(outer));
	turns(1);
	ck_assert(aw_future_cancelled(outer));
	for (i = 0; i < 2; i++)
		aw_future_set_result(children[i], i);
	ck_assert_int_eq(aw_await_unref(all), 0);
	aw_future_unref(outer);
	for (i = 0; i < 2; i++)
		aw_future_unref(children[i]);
}

TASK_TEST(a_gather_of_shields_is_cancelled_without_what_they_shield)
{
	aw_future *inner[2] = { create(), create() }, *outer[2], *all;
	int i;

	for (i = 0; i < 2; i++)
		outer[i] = shield(inner[i]);
	all = aw_gather(outer, 2, false);
	ck_assert(aw_cancel(all));
	ck_assert_int_eq(aw_await_unref(all), -ECANCELED);
	for (i = 0; i < 2; i++) {
		ck_assert(aw_future_cancelled(outer[i]));
		ck_assert(!aw_future_done(inner[i]));
		aw_future_set_result(inner[i], i);
		aw_future_unref(outer[i]);
		aw_future_unref(inner[i]);
	}
}

TASK_TEST(a_shield_that_is_only_gathered_lives_as_long_as_it_must)
{
	aw_future *inner = create(), *outer = shield(inner), *all;

	all = aw_gather(&outer, 1, false);
	aw_future_unref(outer);
	aw_future_set_result(inner, 3);
	ck_assert_int_eq(aw_await_unref(all), 0);
	aw_future_unref(inner);
}

TASK_TEST(wait_for_a_shield_times_out_without_harm)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert_int_eq(aw_wait_for(outer, 0.001), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(outer));
	ck_assert(!aw_future_done(inner));
	aw_future_set_result(inner, 3);
	ck_assert_int_eq(aw_await(inner), 3);
	aw_future_unref(outer);
	aw_future_unref(inner);
}

TASK_TEST(wait_for_a_shield_with_0_lets_the_task_run_on)
{
	aw_future *gate = create();
	aw_task *task = spawn(work, gate);
	aw_future *outer = shield(task);

	ck_assert_int_eq(aw_wait_for(outer, 0), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(outer));
	ck_assert(!aw_future_done(task));
	aw_future_set_result(gate, 4);
	ck_assert_int_eq(join(task), 4);
	ck_assert_notes("worked");
	aw_future_unref(outer);
	aw_future_unref(gate);
}

TASK_TEST(wait_for_a_shield_without_a_timeout_has_the_result)
{
	aw_future *gate = create();
	aw_task *task = spawn(work, gate);
	aw_future *outer = shield(task);

	aw_future_set_result(gate, 4);
	ck_assert_int_eq(aw_wait_for(outer, -1), 4);
	ck_assert_int_eq(join(task), 4);
	ck_assert_notes("worked");
	aw_future_unref(outer);
	aw_future_unref(gate);
}

TASK_TEST(one_whose_inner_one_is_gone_can_be_cancelled)
{
	aw_future *inner = create(), *outer = shield(inner);

	aw_future_unref(inner);
	turns(1);
	ck_assert(!aw_future_done(outer));
	ck_assert(aw_cancel(outer));
	ck_assert(aw_future_cancelled(outer));
	aw_future_unref(outer);
}

TASK_TEST(one_that_nobody_has_goes_with_the_inner_one)
{
	aw_future *inner = create(), *outer = shield(inner);

	ck_assert_int_eq(aw_future_set_result(outer, 1), -EINVAL);
	aw_future_unref(outer);
	aw_future_set_result(inner, 1);
	turns(2);
	aw_future_unref(inner);
}

TASK_TEST(one_that_is_cancelled_leaves_nothing_at_the_inner_one)
{
	aw_future *inner = create(), *outer = shield(inner);

	aw_cancel(outer);
	aw_future_unref(outer);
	ck_assert(TAILQ_EMPTY(&inner->watches));
	aw_future_unref(inner);
}

LOOP_TEST(a_null_makes_none)
{
	(void)loop;
	ck_assert_ptr_null(aw_shield(NULL));
}

LOOP_TEST(its_loop_need_not_run)
{
	aw_future *inner = aw_loop_create_future(loop), *outer = shield(inner);

	aw_future_set_result(inner, 5);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, outer), 5);
	aw_future_unref(outer);
	aw_future_unref(inner);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_has_the_result_of_the_inner_one,
		it_has_the_error_of_the_inner_one_which_counts_as_retrieved,
		it_is_cancelled_as_the_inner_one_is,
		its_cancellation_leaves_the_inner_one_alone,
		of_one_that_is_done_it_is_that_one,
		an_error_after_its_cancellation_is_reported,
		an_error_after_the_cancellation_of_two_is_reported_once,
		an_error_that_came_just_before_its_cancellation_is_reported,
		who_awaits_it_is_cancelled_while_the_work_goes_on,
		one_over_a_gather_keeps_the_children_from_harm,
		a_gather_of_shields_is_cancelled_without_what_they_shield,
		a_shield_that_is_only_gathered_lives_as_long_as_it_must,
		wait_for_a_shield_times_out_without_harm,
		wait_for_a_shield_with_0_lets_the_task_run_on,
		wait_for_a_shield_without_a_timeout_has_the_result,
		one_whose_inner_one_is_gone_can_be_cancelled,
		one_that_nobody_has_goes_with_the_inner_one,
		one_that_is_cancelled_leaves_nothing_at_the_inner_one,
		a_null_makes_none,
		its_loop_need_not_run,
	};

	return UNIT_RUN("shield", tests);
}
