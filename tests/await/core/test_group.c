/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: how they end, and with which errors.
 */
#include <errno.h>

#include "core/group.h"

TASK_TEST(an_empty_group_returns_the_blocks_result)
{
	aw_group *group = enter_group();

	ck_assert_int_eq(aw_group_exit(group, 42), 42);
	check_errors(group, 0, 0);
	aw_group_free(NULL);
}

TASK_TEST(the_exit_waits_for_all_tasks)
{
	struct plan plans[] = { { "b", 0.2, 42, 0 }, { "a", 0.001, 11, 0 } };
	aw_task *tasks[2];
	aw_group *group = enter_group();
	int i;

	for (i = 0; i < 2; i++)
		add(group, &plans[i], &tasks[i]);
	ck_assert_int_eq(aw_group_exit(group, 1), 1);
	ck_assert_notes("a b");
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(aw_future_result(tasks[i]),
		    plans[i].result);
		aw_future_unref(tasks[i]);
	}
	check_errors(group, 0, 0);
}

TASK_TEST(the_block_may_wait_and_its_tasks_may_be_awaited)
{
	struct plan plans[] = { { "a", 0.001, 42, 0 }, { "b", 0.2, 11, 0 } };
	aw_group *group = enter_group();
	aw_task *task;

	add(group, &plans[0], &task);
	ck_assert_int_eq(aw_await_unref(task), 42);
	ck_assert_int_eq(aw_sleep(0.001), 0);
	add(group, &plans[1], NULL);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_notes("a b");
	check_errors(group, 0, 0);
}

TASK_TEST(a_task_that_is_cancelled_by_itself_is_no_error)
{
	struct plan plans[] = { { "a", FAR, 42, 0 }, { "b", 0.01, 11, 0 } };
	aw_group *group = enter_group();
	aw_task *tasks[2];

	add(group, &plans[0], &tasks[0]);
	turns(1);
	aw_cancel(tasks[0]);
	add(group, &plans[1], &tasks[1]);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert(aw_future_cancelled(tasks[0]));
	ck_assert_int_eq(aw_future_result(tasks[1]), 11);
	aw_future_unref(tasks[0]);
	aw_future_unref(tasks[1]);
	ck_assert_notes("a! b");
	check_errors(group, 0, 0);
}

TASK_TEST(the_first_failure_cancels_the_others)
{
	struct plan plans[] = { { "bad", 0.001, -EIO, 0 },
	    { "other", FAR, 1, 0 } };
	aw_group *group = enter_group();
	aw_task *other;

	add(group, &plans[0], NULL);
	add(group, &plans[1], &other);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	ck_assert_notes("bad other!");
	ck_assert(aw_future_cancelled(other));
	aw_future_unref(other);
	check_errors(group, -EIO, 0);
}

TASK_TEST(the_first_failure_cancels_the_block_too)
{
	struct plan plans[] = { { "bad", 0.001, -EIO, 0 },
	    { "other", FAR, 1, 0 } };
	aw_group *group = enter_group();
	int result;

	add(group, &plans[0], NULL);
	add(group, &plans[1], NULL);
	result = aw_sleep(FAR);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 1);
	ck_assert_int_eq(aw_group_exit(group, result), -EIO);
	ck_assert_notes("bad other!");
	check_errors(group, -EIO, 0);
}

TASK_TEST(every_error_is_collected_in_the_order_of_its_coming)
{
	struct plan plans[] = { { "a", -1, -EIO, 0 }, { "b", -1, -EPERM, 0 } };
	aw_group *group = enter_group();
	int result;

	add(group, &plans[0], NULL);
	add(group, &plans[1], NULL);
	result = aw_sleep(FAR);
	/* It was cancelled once for both of them. */
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 1);
	ck_assert_int_eq(aw_group_exit(group, result), -EIO);
	ck_assert_notes("a b");
	check_errors(group, -EIO, -EPERM);
}

TASK_TEST(many_failures_are_all_kept)
{
	enum { TASKS = 100 };
	struct plan plans[TASKS];
	aw_group *group = enter_group();
	size_t i;

	for (i = 0; i < TASKS; i++) {
		plans[i] = (struct plan){ "x", -1, -1 - (int)i, 0 };
		add(group, &plans[i], NULL);
	}
	ck_assert_int_eq(aw_group_exit(group, -ENOENT), -ENOENT);
	/* The block's came first, so none of them ever ran. */
	ck_assert_int_eq(aw_group_error(group, 0), -ENOENT);
	aw_group_free(group);
	group = enter_group();
	for (i = 0; i < TASKS; i++)
		add(group, &plans[i], NULL);
	ck_assert_int_eq(aw_group_exit(group, 0), -1);
	for (i = 0; i < TASKS; i++)
		ck_assert_int_eq(aw_group_error(group, i), -1 - (int)i);
	ck_assert_int_eq(aw_group_error(group, TASKS), 0);
	aw_group_free(group);
	(void)take_notes();
}

TASK_TEST(an_error_of_the_block_cancels_the_tasks)
{
	struct plan plans[] = { { "a", FAR, 42, 0 }, { "b", FAR, 11, 0 } };
	aw_group *group = enter_group();
	aw_task *tasks[2];
	int i;

	for (i = 0; i < 2; i++)
		add(group, &plans[i], &tasks[i]);
	turns(1);
	ck_assert_int_eq(aw_group_exit(group, -EIO), -EIO);
	for (i = 0; i < 2; i++) {
		ck_assert(aw_future_cancelled(tasks[i]));
		aw_future_unref(tasks[i]);
	}
	ck_assert_notes("a! b!");
	check_errors(group, -EIO, 0);
}

TASK_TEST(after_an_error_of_the_block_tasks_that_have_not_begun_never_run)
{
	struct plan plan = { "a", -1, 42, 0 };
	aw_group *group = enter_group();
	aw_task *task;

	add(group, &plan, &task);
	ck_assert_int_eq(aw_group_exit(group, -EIO), -EIO);
	ck_assert(aw_future_cancelled(task));
	aw_future_unref(task);
	ck_assert_notes("");
	check_errors(group, -EIO, 0);
}

TASK_TEST(a_block_that_turns_its_cancellation_into_an_error_adds_that)
{
	struct plan plan = { "bad", 0.001, -EIO, 0 };
	aw_group *group = enter_group();

	add(group, &plan, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, -EPERM), -EIO);
	ck_assert_notes("bad");
	check_errors(group, -EIO, -EPERM);
}

/* Sleeps until it is cancelled, and fails with another error. */
static int
fail_when_cancelled(void *error)
{
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	return *(int *)error;
}

TASK_TEST(the_blocks_error_is_first_though_it_is_listed_last)
{
	int error = -EPERM;
	aw_group *group = enter_group();

	ck_assert_int_eq(aw_group_create_task(group, fail_when_cancelled,
	    &error, NULL, NULL), 0);
	turns(1);
	ck_assert_int_eq(aw_group_exit(group, -EIO), -EIO);
	check_errors(group, -EPERM, -EIO);
}

TASK_TEST(the_interruption_is_an_error_like_any_other)
{
	struct plan plan = { "bad", 0.001, -EIO, 0 };
	struct plan interrupted = { "interrupted", 0.001, AW_EINTERRUPT, 0 };
	aw_group *group = enter_group();

	add(group, &plan, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, AW_EINTERRUPT), -EIO);
	check_errors(group, -EIO, AW_EINTERRUPT);
	group = enter_group();
	add(group, &interrupted, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, -EIO), AW_EINTERRUPT);
	check_errors(group, AW_EINTERRUPT, -EIO);
	(void)take_notes();
}

TASK_TEST(errors_count_as_retrieved)
{
	struct plan plan = { "bad", -1, -EIO, 0 };
	aw_group *group = enter_group();

	add(group, &plan, NULL);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	check_errors(group, -EIO, 0);
	ck_assert_uint_eq(take_reports().count, 0);
	(void)take_notes();
}

START_TEST(outside_of_a_task_there_is_no_group)
{
	aw_group *group;

	ck_assert_int_eq(aw_group_enter(&group), AW_ENOTASK);
}
END_TEST

TASK_TEST(a_failure_before_the_block_waits_does_not_cancel_what_follows)
{
	struct plan plan = { "bad", -1, -EIO, 0 };
	aw_group *group = enter_group();

	add(group, &plan, NULL);
	turns(1);
	/* The failure is dealt with in the turn in which this one waits. */
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, 5), -EIO);
	ck_assert_notes("bad");
	check_errors(group, -EIO, 0);
}

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_group_returns_the_blocks_result,
		the_exit_waits_for_all_tasks,
		the_block_may_wait_and_its_tasks_may_be_awaited,
		a_task_that_is_cancelled_by_itself_is_no_error,
		the_first_failure_cancels_the_others,
		the_first_failure_cancels_the_block_too,
		every_error_is_collected_in_the_order_of_its_coming,
		many_failures_are_all_kept,
		an_error_of_the_block_cancels_the_tasks,
		after_an_error_of_the_block_tasks_that_have_not_begun_never_run,
		a_block_that_turns_its_cancellation_into_an_error_adds_that,
		the_blocks_error_is_first_though_it_is_listed_last,
		the_interruption_is_an_error_like_any_other,
		errors_count_as_retrieved,
		outside_of_a_task_there_is_no_group,
		a_failure_before_the_block_waits_does_not_cancel_what_follows,
	};

	return UNIT_RUN("group", tests);
}
