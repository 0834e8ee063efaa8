/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Done callbacks: added, removed and called in all kinds of orders.
 */
#include <errno.h>

#include "core/core.h"

#define KINDS 3

static char *const words[KINDS] = { "a", "b", "c" };

static aw_future *
with_callbacks(void)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	int i;

	for (i = 0; i < KINDS; i++)
		ck_assert_int_eq(aw_future_add_done_callback(future,
		    note_done, words[i]), 0);
	return future;
}

static int
take_off(aw_future *future, int kind)
{
	return aw_future_remove_done_callback(future, note_done, words[kind]);
}

/* Ends the future, checks who was told, and gives it back. */
static void
check_called(aw_future *future, const char *expected)
{
	ck_assert_notes("");
	ck_assert_int_eq(aw_future_set_result(future, 5), 0);
	ck_assert_notes("");
	turns(1);
	ck_assert_notes(expected);
	ck_assert_int_eq(aw_future_result(future), 5);
	aw_future_unref(future);
}

TASK_TEST(the_first_can_be_removed_once)
{
	aw_future *future = with_callbacks();

	ck_assert_int_eq(take_off(future, 0), 1);
	ck_assert_int_eq(take_off(future, 0), 0);
	check_called(future, "b c");
}

TASK_TEST(the_first_and_the_second_can_be_removed)
{
	aw_future *future = with_callbacks();

	ck_assert_int_eq(take_off(future, 0), 1);
	ck_assert_int_eq(take_off(future, 1), 1);
	ck_assert_int_eq(take_off(future, 0), 0);
	check_called(future, "c");
}

TASK_TEST(the_last_can_be_removed_and_another_comes_after_the_rest)
{
	aw_future *future = with_callbacks();

	ck_assert_int_eq(take_off(future, 2), 1);
	ck_assert_int_eq(take_off(future, 2), 0);
	ck_assert_int_eq(aw_future_add_done_callback(future, note_done, "d"),
	    0);
	check_called(future, "a b d");
}

TASK_TEST(all_can_be_removed)
{
	aw_future *future = with_callbacks();
	int i;

	for (i = 0; i < KINDS; i++)
		ck_assert_int_eq(take_off(future, i), 1);
	check_called(future, "");
}

TASK_TEST(all_equal_ones_are_removed_at_once_and_no_other)
{
	aw_future *future = with_callbacks();
	int i;

	ck_assert_int_eq(take_off(future, 1), 1);
	ck_assert_int_eq(take_off(future, 2), 1);
	ck_assert_int_eq(aw_future_add_done_callback(future, note_done, "b"),
	    0);
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(aw_future_add_done_callback(future,
		    note_done, words[0]), 0);
	ck_assert_int_eq(take_off(future, 0), 6);
	check_called(future, "b");
}

TASK_TEST(they_are_called_when_an_error_is_set)
{
	aw_future *future = with_callbacks();

	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	turns(1);
	ck_assert_notes("a b c");
	ck_assert_int_eq(aw_future_result(future), -EIO);
	aw_future_unref(future);
}

static int removed;

static void
remove_others(aw_future *future, void *arg)
{
	int i;

	note(arg);
	removed = 0;
	for (i = 0; i < KINDS; i++)
		removed += take_off(future, i);
}

TASK_TEST(one_that_is_called_can_not_stop_those_behind_it)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	int i;

	removed = -1;
	ck_assert_int_eq(aw_future_add_done_callback(future, remove_others,
	    "remover"), 0);
	for (i = 0; i < KINDS; i++)
		ck_assert_int_eq(aw_future_add_done_callback(future,
		    note_done, words[i]), 0);
	check_called(future, "remover a b c");
	ck_assert_int_eq(removed, 0);
}

TASK_TEST(removing_of_a_null_is_an_error)
{
	ck_assert_int_eq(aw_future_remove_done_callback(NULL, note_done,
	    words[0]), -ENOMEM);
	ck_assert_int_eq(aw_future_add_done_callback(NULL, note_done,
	    words[0]), -ENOMEM);
}

TASK_TEST(a_task_that_awaits_is_not_among_those_removed)
{
	aw_future *future = with_callbacks();
	aw_task *task = spawn(await_it, future);

	turns(1);
	ck_assert_int_eq(take_off(future, 2), 1);
	aw_future_set_result(future, 5);
	ck_assert_int_eq(join(task), 5);
	ck_assert_notes("a b");
	aw_future_unref(future);
}

TASK_TEST(a_result_that_nobody_retrieved_is_no_news)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());

	aw_future_set_result(future, 5);
	aw_future_unref(future);
	turns(1);
	ck_assert_uint_eq(take_reports().count, 0);
}

static void
end_and_forget(void *future)
{
	aw_future_set_result(future, 1);
	aw_future_unref(future);
}

TASK_TEST(futures_that_only_their_setters_have_go_when_they_are_set)
{
	aw_loop *loop = aw_get_running_loop();
	int i;

	for (i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(aw_loop_call_soon(loop, end_and_forget,
		    aw_loop_create_future(loop)));
	turns(2);
}

TASK_TEST(one_that_was_cancelled_can_not_be_set)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());

	ck_assert(aw_cancel(future));
	ck_assert_int_eq(aw_future_set_result(future, 2), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), AW_EINVALIDSTATE);
	ck_assert(aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), -ECANCELED);
	aw_future_unref(future);
}

static int
await_twice(void *future)
{
	int first = aw_await(future), second = aw_await(future);

	return first == second ? first : -EINVAL;
}

TASK_TEST(one_task_can_await_it_twice)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_twice, future);

	turns(1);
	aw_future_set_result(future, 6);
	ck_assert_int_eq(join(task), 6);
	aw_future_unref(future);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_first_can_be_removed_once,
		the_first_and_the_second_can_be_removed,
		the_last_can_be_removed_and_another_comes_after_the_rest,
		all_can_be_removed,
		all_equal_ones_are_removed_at_once_and_no_other,
		they_are_called_when_an_error_is_set,
		one_that_is_called_can_not_stop_those_behind_it,
		removing_of_a_null_is_an_error,
		a_task_that_awaits_is_not_among_those_removed,
		a_result_that_nobody_retrieved_is_no_news,
		futures_that_only_their_setters_have_go_when_they_are_set,
		one_that_was_cancelled_can_not_be_set,
		one_task_can_await_it_twice,
	};

	return UNIT_RUN("future_callbacks", tests);
}
