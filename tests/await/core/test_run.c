/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/core.h"

static int
note_and_return(void *result)
{
	ck_assert_ptr_nonnull(aw_get_running_loop());
	ck_assert_ptr_nonnull(aw_current_task());
	note("main");
	return *(int *)result;
}

static int
run(int result)
{
	return aw_run(note_and_return, &result);
}

START_TEST(it_runs_the_coroutine_and_returns_its_result)
{
	ck_assert_int_eq(run(42), 42);
	ck_assert_int_eq(run(0), 0);
	ck_assert_int_eq(run(-EIO), -EIO);
	ck_assert_int_eq(run(-ECANCELED), -ECANCELED);
	ck_assert_notes("main main main main");
	ck_assert_ptr_null(aw_get_running_loop());
}
END_TEST

static int
run_nested(void *arg)
{
	int result = 1;

	(void)arg;
	ck_assert_int_eq(aw_run(note_and_return, &result), -EBUSY);
	ck_assert_int_eq(aw_run_with(note_and_return, &result, NULL), -EBUSY);
	return aw_sleep(0);
}

START_TEST(it_refuses_to_nest)
{
	ck_assert_int_eq(aw_run(run_nested, NULL), 0);
	ck_assert_notes("");
}
END_TEST

static int
cancel_self(void *arg)
{
	(void)arg;
	aw_cancel(aw_current_task());
	return aw_sleep(FAR);
}

START_TEST(a_main_task_that_is_cancelled_without_sigint_is_just_that)
{
	ck_assert_int_eq(aw_run(cancel_self, NULL), -ECANCELED);
}
END_TEST

static int
check_base(void *base)
{
	return aw_loop_get_event_base(aw_get_running_loop()) == base ? 1 : 0;
}

START_TEST(the_options_are_the_loops)
{
	struct event_base *base = event_base_new();
	aw_loop_options options = { .base = base };

	ck_assert_int_eq(aw_run_with(check_base, base, &options), 1);
	ck_assert_int_eq(aw_run(check_base, base), 0);
	event_base_free(base);
}
END_TEST

/* ---------------------------------------------------------- what is left */

static struct plan leftover;

static int
leave_a_sleeper(void *arg)
{
	(void)arg;
	leftover = (struct plan){ .label = "sleeper", .delay = FAR };
	aw_future_unref(spawn(carry_out, &leftover));
	turns(1);
	return 7;
}

START_TEST(tasks_that_are_left_are_cancelled)
{
	ck_assert_int_eq(aw_run(leave_a_sleeper, NULL), 7);
	ck_assert_int_eq(leftover.slept, -ECANCELED);
	ck_assert_notes("sleeper!");
}
END_TEST

static int
clean_up_slowly(void *arg)
{
	int err = aw_sleep(FAR);

	(void)arg;
	ck_assert_int_eq(aw_sleep(0.005), 0);
	note("cleaned up");
	return err;
}

static int
leave_a_slow_one(void *arg)
{
	(void)arg;
	aw_future_unref(spawn(clean_up_slowly, NULL));
	turns(1);
	return 0;
}

START_TEST(their_clean_up_may_wait_and_is_waited_for)
{
	ck_assert_int_eq(aw_run(leave_a_slow_one, NULL), 0);
	ck_assert_notes("cleaned up");
}
END_TEST

static int
leave_one_that_has_not_begun(void *arg)
{
	(void)arg;
	leftover = (struct plan){ .label = "sleeper", .delay = FAR };
	aw_future_unref(spawn(carry_out, &leftover));
	return 0;
}

START_TEST(one_that_was_made_last_still_has_its_first_step)
{
	ck_assert_int_eq(aw_run(leave_one_that_has_not_begun, NULL), 0);
	ck_assert_notes("sleeper!");
}
END_TEST

static int
fail_in_clean_up(void *arg)
{
	(void)arg;
	return aw_sleep(FAR) == -ECANCELED ? -EIO : 0;
}

static int
leave_a_failing_one(void *arg)
{
	(void)arg;
	record_reports(aw_get_running_loop());
	aw_future_unref(aw_create_task(fail_in_clean_up, NULL, "failing"));
	turns(1);
	return 0;
}

START_TEST(what_fails_then_is_reported)
{
	struct report report;

	ck_assert_int_eq(aw_run(leave_a_failing_one, NULL), 0);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert_int_eq(report.error, -EIO);
	ck_assert_str_eq(report.name, "failing");
	ck_assert_str_eq(report.message,
	    "a task failed while the loop was ending");
}
END_TEST

static int
swallow(void *arg)
{
	(void)arg;
	return aw_sleep(FAR) == -ECANCELED ? 3 : 0;
}

static int
leave_a_swallowing_one(void *arg)
{
	(void)arg;
	record_reports(aw_get_running_loop());
	aw_future_unref(spawn(swallow, NULL));
	turns(1);
	return 0;
}

START_TEST(one_that_swallows_the_cancellation_is_fine)
{
	ck_assert_int_eq(aw_run(leave_a_swallowing_one, NULL), 0);
	ck_assert_uint_eq(take_reports().count, 0);
}
END_TEST

static int
start_another_in_clean_up(void *arg)
{
	int err = aw_sleep(FAR);

	(void)arg;
	leftover = (struct plan){ .label = "late", .delay = FAR };
	aw_future_unref(spawn(carry_out, &leftover));
	return err;
}

static int
leave_one_that_starts_another(void *arg)
{
	(void)arg;
	record_reports(aw_get_running_loop());
	aw_future_unref(spawn(start_another_in_clean_up, NULL));
	turns(1);
	return 0;
}

START_TEST(one_that_is_started_during_the_clean_up_does_not_hold_it_up)
{
	ck_assert_int_eq(aw_run(leave_one_that_starts_another, NULL), 0);
	take_reports();
	take_notes();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_runs_the_coroutine_and_returns_its_result,
		it_refuses_to_nest,
		a_main_task_that_is_cancelled_without_sigint_is_just_that,
		the_options_are_the_loops,
		tasks_that_are_left_are_cancelled,
		their_clean_up_may_wait_and_is_waited_for,
		one_that_was_made_last_still_has_its_first_step,
		what_fails_then_is_reported,
		one_that_swallows_the_cancellation_is_fine,
		one_that_is_started_during_the_clean_up_does_not_hold_it_up,
	};

	return UNIT_RUN("run", tests);
}
