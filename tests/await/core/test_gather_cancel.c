/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Gathers that are cancelled, and gathers of gathers.
 */
#include <errno.h>

#include "core/futures.h"

#define NESTED 3000

TASK_TEST(one_that_is_named_twice_is_cancelled_once)
{
	struct plan plan = { "it", FAR, 0, 0 };
	aw_task *task = spawn(carry_out, &plan);
	aw_future *futures[2] = { task, task };
	aw_future *all = gather(futures, 2, false);

	turns(1);
	ck_assert(aw_cancel(all));
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	ck_assert_int_eq(aw_await_unref(all), -ECANCELED);
	ck_assert_notes("it!");
	aw_future_unref(task);
}

TASK_TEST(to_cancel_it_cancels_all_and_it_ends_when_they_have)
{
	struct plan plans[] = { { "a", FAR, 0, 0 }, { "b", FAR, 0, 0 } };
	aw_future *futures[3], *all;
	int i;

	for (i = 0; i < 2; i++)
		futures[i] = spawn(carry_out, &plans[i]);
	futures[2] = aw_loop_create_future(aw_get_running_loop());
	aw_future_set_result(futures[2], 0);
	turns(1);
	all = gather(futures, 3, false);
	ck_assert(aw_cancel(all));
	ck_assert(!aw_future_done(all));
	ck_assert_int_eq(aw_await(all), -ECANCELED);
	ck_assert(aw_future_cancelled(all));
	ck_assert_notes("a! b!");
	ck_assert(!aw_cancel(all));
	aw_future_unref(all);
	unref_futures(futures, 3);
}

TASK_TEST(cancelled_it_ends_cancelled_even_with_return_exceptions)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	all = gather(futures, 2, true);
	aw_future_set_result(futures[0], 1);
	ck_assert(aw_cancel(all));
	ck_assert(aw_future_cancelled(futures[1]));
	ck_assert_int_eq(aw_await(all), -ECANCELED);
	ck_assert(aw_future_cancelled(all));
	aw_future_unref(all);
	unref_futures(futures, 2);
}

static int
swallow(void *arg)
{
	(void)arg;
	return aw_sleep(FAR) == -ECANCELED ? 42 : -EIO;
}

TASK_TEST(cancelled_it_ends_cancelled_even_if_its_children_do_not)
{
	aw_future *task = spawn(swallow, NULL);
	aw_future *all = gather(&task, 1, false);

	turns(1);
	ck_assert(aw_cancel(all));
	ck_assert_int_eq(aw_await(all), -ECANCELED);
	ck_assert(aw_future_cancelled(all));
	ck_assert_int_eq(aw_future_result(task), 42);
	aw_future_unref(all);
	aw_future_unref(task);
}

static aw_task *gathering;
static bool was_cancelled;

static void
cancel_gathering(aw_future *future, void *arg)
{
	(void)future, (void)arg;
	was_cancelled = aw_cancel(gathering);
}

TASK_TEST(once_all_are_done_it_is_too_late_to_cancel_it)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = gather(&future, 1, false);

	gathering = all;
	was_cancelled = true;
	ck_assert_int_eq(aw_future_add_done_callback(future, cancel_gathering,
	    NULL), 0);
	aw_future_set_result(future, 1);
	ck_assert(!aw_cancel(all));
	ck_assert_int_eq(aw_await_unref(all), 0);
	ck_assert(!was_cancelled);
	aw_future_unref(future);
}

TASK_TEST(a_task_is_cancelled_though_what_it_gathers_is_all_done)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = gather(&future, 1, false);
	aw_task *task = spawn(await_it, all);

	turns(1);
	aw_future_set_result(future, 1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(aw_await_unref(all), 0);
	aw_future_unref(future);
}

static int
gather_forever(void *arg)
{
	aw_future *future = arg;
	int i, result = 0;

	/* A new one each time: the old one ended with the cancellation. */
	for (i = 0; i < 3 && result == 0; i++)
		result = aw_await_unref(gather(&future, 1, true));
	return result;
}

TASK_TEST(a_task_that_gathers_with_return_exceptions_can_be_cancelled)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(gather_forever, future);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	aw_future_unref(task);
	aw_future_unref(future);
}

TASK_TEST(the_cancellation_of_a_task_goes_through_to_the_children)
{
	aw_future *inner[2], *tasks[2], *all, *outer;
	int i;

	create_futures(aw_get_running_loop(), inner, 2);
	for (i = 0; i < 2; i++)
		tasks[i] = spawn(await_it, inner[i]);
	all = gather(tasks, 2, false);
	outer = spawn(await_it, all);
	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert(aw_future_cancelled(inner[0]));
	ck_assert(aw_future_cancelled(inner[1]));
	ck_assert_int_eq(aw_await(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(all));
	for (i = 0; i < 2; i++)
		ck_assert(aw_future_cancelled(tasks[i]));
	unref_futures(inner, 2);
	unref_futures(tasks, 2);
	aw_future_unref(all);
	aw_future_unref(outer);
}

TASK_TEST(after_an_error_to_cancel_it_cancels_no_child)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	all = gather(futures, 2, false);
	aw_future_set_error(futures[0], -EIO);
	ck_assert_int_eq(aw_await(all), -EIO);
	ck_assert(!aw_cancel(all));
	ck_assert(!aw_future_done(futures[1]));
	aw_future_unref(all);
	unref_futures(futures, 2);
}

TASK_TEST(nobody_can_end_it_any_more_but_it_can_be_cancelled)
{
	aw_future *futures[2], *all;

	create_futures(aw_get_running_loop(), futures, 2);
	all = gather(futures, 2, false);
	aw_future_set_result(futures[0], 0);
	/* The other goes while it is pending. */
	unref_futures(futures, 2);
	turns(2);
	ck_assert(!aw_future_done(all));
	ck_assert(aw_cancel(all));
	ck_assert(aw_future_cancelled(all));
	aw_future_unref(all);
}

TASK_TEST(cancelled_it_ends_without_the_children_that_are_gone)
{
	struct plan plan = { "child", FAR, 0, 0 };
	aw_future *futures[2], *all;

	futures[0] = aw_loop_create_future(aw_get_running_loop());
	futures[1] = spawn(carry_out, &plan);
	all = gather(futures, 2, true);
	aw_future_unref(futures[0]);
	turns(1);
	ck_assert(aw_cancel(all));
	ck_assert_int_eq(join(futures[1]), -ECANCELED);
	turns(2);
	ck_assert_notes("child!");
	ck_assert(aw_future_cancelled(all));
	aw_future_unref(all);
}

static aw_future *
nest(aw_future *innermost)
{
	aw_future *all = aw_future_ref(innermost), *inner;
	size_t i;

	for (i = 0; i < NESTED; i++) {
		inner = all;
		all = gather(&inner, 1, false);
		aw_future_unref(inner);
	}
	return all;
}

TASK_TEST(nested_ones_are_cancelled_however_deep)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = nest(future);

	ck_assert(aw_cancel(all));
	ck_assert(aw_future_cancelled(future));
	ck_assert_int_eq(aw_await(all), -ECANCELED);
	ck_assert(aw_future_cancelled(all));
	aw_future_unref(all);
	aw_future_unref(future);
}

TASK_TEST(nested_ones_end_and_go_however_deep)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = nest(future);

	aw_future_set_result(future, 1);
	aw_future_unref(future);
	ck_assert_int_eq(aw_await_unref(all), 0);
	/* And these are never done. */
	future = aw_loop_create_future(aw_get_running_loop());
	aw_future_unref(nest(future));
	aw_future_unref(future);
}

TASK_TEST(gathers_of_gathers_are_cancelled_in_no_time)
{
	/* Each is there twice, so there are 2^60 ways down. */
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_future *all = aw_future_ref(future), *twice[2];
	int i;

	for (i = 0; i < 60; i++) {
		twice[0] = twice[1] = all;
		all = gather(twice, 2, false);
		aw_future_unref(twice[0]);
	}
	ck_assert(aw_cancel(all));
	ck_assert_int_eq(aw_await_unref(all), -ECANCELED);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
}

static aw_future *circle;

static int
await_circle(void *arg)
{
	(void)arg;
	return aw_await(circle);
}

TASK_TEST(a_task_that_awaits_a_gather_of_itself_can_be_cancelled)
{
	aw_future *futures[2];

	futures[0] = spawn(await_circle, NULL);
	futures[1] = aw_loop_create_future(aw_get_running_loop());
	circle = gather(futures, 2, false);
	turns(1);
	ck_assert(aw_cancel(futures[0]));
	ck_assert_int_eq(aw_await(futures[0]), -ECANCELED);
	ck_assert(aw_future_cancelled(futures[1]));
	ck_assert_int_eq(aw_await_unref(circle), -ECANCELED);
	unref_futures(futures, 2);
}

TASK_TEST(a_gather_that_its_own_child_awaits_can_be_cancelled)
{
	aw_future *task = spawn(await_circle, NULL);

	circle = gather(&task, 1, false);
	turns(1);
	ck_assert(aw_cancel(circle));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert_int_eq(aw_await_unref(circle), -ECANCELED);
	aw_future_unref(task);
}

int
main(void)
{
	const TTest *const tests[] = {
		one_that_is_named_twice_is_cancelled_once,
		to_cancel_it_cancels_all_and_it_ends_when_they_have,
		cancelled_it_ends_cancelled_even_with_return_exceptions,
		cancelled_it_ends_cancelled_even_if_its_children_do_not,
		once_all_are_done_it_is_too_late_to_cancel_it,
		a_task_is_cancelled_though_what_it_gathers_is_all_done,
		a_task_that_gathers_with_return_exceptions_can_be_cancelled,
		the_cancellation_of_a_task_goes_through_to_the_children,
		after_an_error_to_cancel_it_cancels_no_child,
		nobody_can_end_it_any_more_but_it_can_be_cancelled,
		cancelled_it_ends_without_the_children_that_are_gone,
		nested_ones_are_cancelled_however_deep,
		nested_ones_end_and_go_however_deep,
		gathers_of_gathers_are_cancelled_in_no_time,
		a_task_that_awaits_a_gather_of_itself_can_be_cancelled,
		a_gather_that_its_own_child_awaits_can_be_cancelled,
	};

	return UNIT_RUN("gather_cancel", tests);
}
