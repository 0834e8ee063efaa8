/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks that hibernate, among the tasks of their loop and at its end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sleepers.h"

/* ------------------------------------------------------ what is known of it */

SLEEPER_TEST(what_is_known_of_a_task_stays_known)
{
	struct sleeper sleeper;
	aw_task_info before, after;

	sleeper_begin(&sleeper, 1);
	turns(1);
	ck_assert_int_eq(aw_task_get_info(sleeper.task, &before), 0);
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert_int_eq(aw_task_get_info(sleeper.task, &after), 0);
	ck_assert_int_eq(after.state, AW_TASK_WAITING);
	ck_assert_str_eq(after.waits_for, "data");
	ck_assert_uint_eq(after.stack_used, before.stack_used);
	ck_assert_uint_eq(after.stack_size, before.stack_size);
	ck_assert_uint_eq(after.stack_high_water, before.stack_high_water);
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

/* Of three, the one in the middle, or all but that. */
static void
begin_three(struct sleeper *three, unsigned asleep)
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		sleeper_begin(&three[i], i);
		if ((asleep >> i & 1) == 0)
			inside(three[i].task)->may_hibernate = sleeper_stays_awake;
	}
	for (i = 0; i < 3; i++)
		sleeper_wait_until_trimmed(&three[i]);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating,
	    can_hibernate() ? (unsigned)__builtin_popcount(asleep) : 0);
}

static void
check_order(unsigned asleep)
{
	struct sleeper three[3];
	aw_task *all[5];
	size_t i;

	begin_three(three, asleep);
	ck_assert_uint_eq(aw_all_tasks(NULL, all, 5), 4);
	ck_assert_ptr_eq(all[0], aw_current_task());
	for (i = 0; i < 3; i++)
		ck_assert_ptr_eq(all[i + 1], three[i].task);
	for (i = 0; i < 4; i++)
		aw_future_unref(all[i]);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(sleeper_wake(&three[i]), 5);
}

SLEEPER_TEST(it_keeps_its_place_among_the_tasks)
{
	check_order(2);
	check_order(5);
	check_order(7);
	return 0;
}

SLEEPER_TEST(a_dump_has_it_and_does_not_wake_it)
{
	struct sleeper three[3];
	char *text = NULL;
	size_t size, i, asleep;
	FILE *stream;

	begin_three(three, 6);
	ck_assert_int_eq(aw_task_set_name(three[0].task, "awake"), 0);
	asleep = aw_get_running_loop()->hibernating;
	stream = open_memstream(&text, &size);
	ck_assert_int_eq(aw_dump_tasks(NULL, stream), 0);
	fclose(stream);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating, asleep);
	ck_assert_ptr_nonnull(strstr(text, "\nawake "));
	ck_assert_ptr_nonnull(strstr(strstr(text, "\nawake "), "\nsleeper "));
	ck_assert_ptr_nonnull(strstr(text, "4 tasks: 1 running, 0 ready, 3"));
	free(text);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(sleeper_wake(&three[i]), 5);
	return 0;
}

/* ------------------------------------------------------ the end of the loop */

static int
leave_asleep(void *arg)
{
	sleeper_put_to_sleep(arg);
	return 0;
}

static int
await_sleeper(void *arg)
{
	return aw_await(((struct sleeper *)arg)->task);
}

/* The loop does not run when it is touched. */
START_TEST(between_two_runs_of_the_loop_it_comes_back_too)
{
	aw_loop *loop = aw_loop_new(&quickly);
	struct sleeper sleeper;
	aw_task *task;

	task = aw_loop_create_task(loop, leave_asleep, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert(aw_cancel(sleeper.task));
	ck_assert_uint_eq(loop->hibernating, 0);
	task = aw_loop_create_task(loop, await_sleeper, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), -ECANCELED);
	aw_future_unref(task);
	ck_assert(sleeper.ended);
	aw_future_unref(sleeper.task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(a_loop_that_closes_ends_a_task_that_hibernates)
{
	aw_loop *loop = aw_loop_new(&quickly);
	struct sleeper sleeper;
	aw_task *task;

	record_reports(loop);
	task = aw_loop_create_task(loop, leave_asleep, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	aw_future_unref(sleeper.task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_str_eq(take_reports().message,
	    "a task was dropped while it was pending");
	ck_assert(sleeper.ended);
	ck_assert_int_eq(sleeper.result, -ECANCELED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_known_of_a_task_stays_known,
		it_keeps_its_place_among_the_tasks,
		a_dump_has_it_and_does_not_wake_it,
		between_two_runs_of_the_loop_it_comes_back_too,
		a_loop_that_closes_ends_a_task_that_hibernates,
	};

	return UNIT_RUN("hibernate_loop", tests);
}
