/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: how they end, and with which errors.
 */
#include <errno.h>

#include "core/core.h"

#define FAR 1000.0

static aw_group *
enter(void)
{
	aw_group *group = NULL;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	ck_assert_ptr_nonnull(group);
	return group;
}

/* Starts the plan in the group; the caller's reference, if wanted. */
static void
add(aw_group *group, struct plan *plan, aw_task **task)
{
	ck_assert_int_eq(aw_group_create_task(group, carry_out, plan, NULL,
	    task), 0);
}

/* Frees the group, which had these errors, up to the first 0. */
static void
check_errors(aw_group *group, int first, int second)
{
	ck_assert_int_eq(aw_group_error(group, 0), first);
	ck_assert_int_eq(aw_group_error(group, 1), second);
	ck_assert_int_eq(aw_group_error(group, 2), 0);
	aw_group_free(group);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 0);
	/* Nothing is left that would cancel what comes next. */
	turns(2);
}

TASK_TEST(an_empty_group_returns_the_blocks_result)
{
	aw_group *group = enter();

	ck_assert_int_eq(aw_group_exit(group, 42), 42);
	check_errors(group, 0, 0);
	aw_group_free(NULL);
}

TASK_TEST(the_exit_waits_for_all_tasks)
{
	struct plan plans[] = { { "b", 0.02, 42, 0 }, { "a", 0.001, 11, 0 } };
	aw_task *tasks[2];
	aw_group *group = enter();
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
	struct plan plans[] = { { "a", 0.001, 42, 0 }, { "b", 0.02, 11, 0 } };
	aw_group *group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();
	size_t i;

	for (i = 0; i < TASKS; i++) {
		plans[i] = (struct plan){ "x", -1, -1 - (int)i, 0 };
		add(group, &plans[i], NULL);
	}
	ck_assert_int_eq(aw_group_exit(group, -ENOENT), -ENOENT);
	/* The block's came first, so none of them ever ran. */
	ck_assert_int_eq(aw_group_error(group, 0), -ENOENT);
	aw_group_free(group);
	group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();
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
	aw_group *group = enter();

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
	aw_group *group = enter();

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
	aw_group *group = enter();

	add(group, &plan, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, AW_EINTERRUPT), -EIO);
	check_errors(group, -EIO, AW_EINTERRUPT);
	group = enter();
	add(group, &interrupted, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, -EIO), AW_EINTERRUPT);
	check_errors(group, AW_EINTERRUPT, -EIO);
	(void)take_notes();
}

TASK_TEST(a_task_that_ends_with_the_block_makes_the_group_idle_not_closed)
{
	struct plan plans[] = { { "a", -1, 1, 0 }, { "b", -1, 2, 0 } };
	aw_group *group = enter();

	add(group, &plans[0], NULL);
	turns(3);
	add(group, &plans[1], NULL);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_notes("a b");
	check_errors(group, 0, 0);
}

struct root {
	aw_group *group;
	struct plan plans[2];
};

static int
start_two(void *arg)
{
	struct root *root = arg;
	int i;

	note("root");
	for (i = 0; i < 2; i++)
		add(root->group, &root->plans[i], NULL);
	return 0;
}

TASK_TEST(tasks_can_add_others_while_the_group_is_ending)
{
	struct root root = { enter(), { { "b", 0.03, 0, 0 },
	    { "a", 0.01, 0, 0 } } };

	ck_assert_int_eq(aw_group_create_task(root.group, start_two, &root,
	    "root", NULL), 0);
	ck_assert_int_eq(aw_group_exit(root.group, 0), 0);
	ck_assert_notes("root a b");
	check_errors(root.group, 0, 0);
}

struct hydra {
	aw_group *group;
	unsigned heads;
};

static int
grow(void *arg)
{
	struct hydra *hydra = arg;
	int i, err;

	hydra->heads++;
	err = aw_sleep(0.001);
	for (i = 0; i < 2 && err == 0; i++)
		err = aw_group_create_task(hydra->group, grow, hydra, NULL,
		    NULL);
	return err;
}

static int
slay(void *arg)
{
	struct hydra *hydra = arg;

	while (hydra->heads < 10)
		ck_assert_int_eq(aw_sleep(0), 0);
	return -EIO;
}

TASK_TEST(a_group_that_only_grows_is_ended_by_a_failure)
{
	struct hydra hydra = { enter(), 0 };
	aw_group *group = hydra.group;

	ck_assert_int_eq(aw_group_create_task(group, grow, &hydra, NULL,
	    NULL), 0);
	ck_assert_int_eq(aw_group_create_task(group, slay, &hydra, NULL,
	    NULL), 0);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	ck_assert_uint_ge(hydra.heads, 10);
	check_errors(group, -EIO, 0);
}

struct late {
	aw_group *group;
	int result;
};

static int
add_when_cancelled(void *arg)
{
	struct late *late = arg;

	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	late->result = aw_group_create_task(late->group, start_two, NULL,
	    NULL, NULL);
	return -ECANCELED;
}

TASK_TEST(after_a_failure_no_task_can_be_added)
{
	struct plan plan = { "bad", 0.001, -EIO, 0 };
	struct late late = { enter(), 0 };

	ck_assert_int_eq(aw_group_create_task(late.group, add_when_cancelled,
	    &late, NULL, NULL), 0);
	add(late.group, &plan, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_create_task(late.group, carry_out, &plan,
	    NULL, NULL), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_group_exit(late.group, -ECANCELED), -EIO);
	ck_assert_int_eq(late.result, AW_EINVALIDSTATE);
	ck_assert_notes("bad");
	check_errors(late.group, -EIO, 0);
}

TASK_TEST(after_the_exit_no_task_can_be_added)
{
	struct plan plan = { "a", -1, 0, 0 };
	aw_group *group = enter();

	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_int_eq(aw_group_create_task(group, carry_out, &plan, NULL,
	    NULL), AW_EINVALIDSTATE);
	check_errors(group, 0, 0);
	ck_assert_notes("");
}

TASK_TEST(tasks_have_the_names_they_are_given)
{
	struct plan plan = { "a", -1, 0, 0 };
	aw_group *group = enter();
	aw_task *task;

	ck_assert_int_eq(aw_group_create_task(group, carry_out, &plan,
	    "yolo", &task), 0);
	ck_assert_str_eq(aw_task_get_name(task), "yolo");
	aw_future_unref(task);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	check_errors(group, 0, 0);
	(void)take_notes();
}

TASK_TEST(errors_count_as_retrieved)
{
	struct plan plan = { "bad", -1, -EIO, 0 };
	aw_group *group = enter();

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
	aw_group *group = enter();

	add(group, &plan, NULL);
	turns(1);
	/* The failure is dealt with in the turn in which this one waits. */
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	ck_assert_int_eq(aw_group_exit(group, 5), -EIO);
	ck_assert_notes("bad");
	check_errors(group, -EIO, 0);
}

static int
fail_at_once(void *arg)
{
	(void)arg;
	return -EIO;
}

static int
add_one_that_fails(void *group)
{
	int first;

	ck_assert_int_eq(aw_group_create_task(group, fail_at_once, NULL, NULL,
	    NULL), 0);
	first = aw_sleep(0);
	note(first == 0 && aw_sleep(0) == 0 ? "missed" : "told");
	return 0;
}

TASK_TEST(a_task_is_told_of_the_failure_of_one_that_it_has_added)
{
	aw_group *group = enter();

	ck_assert_int_eq(aw_group_create_task(group, add_one_that_fails,
	    group, NULL, NULL), 0);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	ck_assert_notes("told");
	check_errors(group, -EIO, 0);
}

TASK_TEST(tasks_may_come_and_go_while_the_block_lasts)
{
	struct plan plan = { "x", 0, 0, 0 };
	aw_group *group = enter();
	int i;

	for (i = 0; i < 10; i++) {
		add(group, &plan, NULL);
		turns(1);
	}
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_uint_eq(count_notes(), 10);
	(void)take_notes();
	check_errors(group, 0, 0);
}

TASK_TEST(the_cost_of_a_task_does_not_grow_with_the_group)
{
	enum { TASKS = 2000 };
	static struct plan plans[TASKS];
	double start = processor_time();
	aw_group *group = enter();
	int i;

	for (i = 0; i < TASKS; i++) {
		plans[i] = (struct plan){ "", 0, 0, 0 };
		add(group, &plans[i], NULL);
	}
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_double_lt(processor_time() - start, 10);
	aw_group_free(group);
	(void)take_notes();
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
		a_task_that_ends_with_the_block_makes_the_group_idle_not_closed,
		tasks_can_add_others_while_the_group_is_ending,
		a_group_that_only_grows_is_ended_by_a_failure,
		after_a_failure_no_task_can_be_added,
		after_the_exit_no_task_can_be_added,
		tasks_have_the_names_they_are_given,
		errors_count_as_retrieved,
		outside_of_a_task_there_is_no_group,
		a_failure_before_the_block_waits_does_not_cancel_what_follows,
		a_task_is_told_of_the_failure_of_one_that_it_has_added,
		tasks_may_come_and_go_while_the_block_lasts,
		the_cost_of_a_task_does_not_grow_with_the_group,
	};

	return UNIT_RUN("group", tests);
}
