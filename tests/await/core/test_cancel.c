/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Cancellation of tasks: when it is delivered.
 */
#include <errno.h>
#include <unistd.h>

#include "core/core.h"

TASK_TEST(a_task_that_waits_gets_the_cancellation_from_its_wait)
{
	struct plan plan;
	aw_task *task = spawn_sleeper(&plan);

	ck_assert(aw_cancel(task));
	ck_assert(!aw_future_done(task));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	ck_assert_int_eq(plan.slept, -ECANCELED);
	ck_assert_notes("sleeper!");
	aw_future_unref(task);
}

TASK_TEST(a_finished_task_can_not_be_cancelled)
{
	struct plan plan = { "done", -1, 3, 0 };
	aw_task *task = spawn(carry_out, &plan);

	turns(1);
	ck_assert(!aw_cancel(task));
	ck_assert(!aw_future_cancelled(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	ck_assert_int_eq(join(task), 3);
	ck_assert_notes("done");
}

TASK_TEST(the_error_of_a_task_that_is_cancelled_too_late_is_not_reported)
{
	struct plan plan = { "bad", -1, -EIO, 0 };
	aw_task *task = spawn(carry_out, &plan);

	turns(1);
	ck_assert(!aw_cancel(task));
	aw_future_unref(task);
	ck_assert_uint_eq(take_reports().count, 0);
	ck_assert_notes("bad");
}

TASK_TEST(each_cancel_of_a_pending_task_says_yes_and_counts)
{
	struct plan plan;
	aw_task *task = spawn_sleeper(&plan);

	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 3);
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("sleeper!");
}

TASK_TEST(a_task_cancelled_before_its_first_step_never_runs)
{
	struct plan plan = { "never", -1, 0, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	ck_assert_notes("");
	aw_future_unref(task);
}

TASK_TEST(a_cancelled_task_is_not_reported)
{
	struct plan plan;
	aw_task *task = spawn_sleeper(&plan);

	ck_assert(aw_cancel(task));
	aw_future_unref(task);
	turns(2);
	ck_assert_notes("sleeper!");
}

/* ------------------------------------------------------------- suspensions */

static int
await_done_future_then_sleep(void *arg)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	int result;

	(void)arg;
	ck_assert(aw_cancel(aw_current_task()));
	ck_assert_int_eq(aw_future_set_result(future, 5), 0);
	result = aw_await(future);
	aw_future_unref(future);
	note(result == 5 ? "result" : "error");
	result = aw_sleep(FAR);
	note(result == -ECANCELED ? "cancelled" : "slept");
	return result;
}

TASK_TEST(a_wait_that_need_not_wait_does_not_deliver_it_the_next_real_one_does)
{
	ck_assert_int_eq(join(spawn(await_done_future_then_sleep, NULL)),
	    -ECANCELED);
	ck_assert_notes("result cancelled");
}

static int
cancel_self_and_yield(void *arg)
{
	(void)arg;
	ck_assert(aw_cancel(aw_current_task()));
	note(aw_sleep(0) == -ECANCELED ? "cancelled" : "slept");
	note(aw_sleep(0) == 0 ? "slept" : "cancelled");
	return 1;
}

TASK_TEST(sleep_0_delivers_it_once)
{
	ck_assert_int_eq(join(spawn(cancel_self_and_yield, NULL)), 1);
	ck_assert_notes("cancelled slept");
}

static int
yield_often(void *arg)
{
	int i, err = 0;

	for (i = 0; i < 100 && err == 0; i++)
		err = aw_sleep(0);
	*(int *)arg = i;
	return err;
}

TASK_TEST(a_task_in_sleep_0_is_cancelled_by_another)
{
	int yields = 0;
	aw_task *task = spawn(yield_often, &yields);

	turns(3);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(yields, 3);
}

static int
cancel_self_and_wait_for_pipe(void *arg)
{
	int *ends = arg;

	ck_assert(aw_cancel(aw_current_task()));
	return aw_wait_readable(ends[0]);
}

static int
wait_for_pipe(void *arg)
{
	int *ends = arg;

	return aw_wait_readable(ends[0]);
}

TASK_TEST(a_wait_for_a_descriptor_delivers_it_before_and_meanwhile)
{
	int ends[2];
	aw_task *task;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(join(spawn(cancel_self_and_wait_for_pipe, ends)),
	    -ECANCELED);
	task = spawn(wait_for_pipe, ends);
	turns(2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	close(ends[0]);
	close(ends[1]);
}

TASK_TEST(one_that_comes_after_the_wake_up_is_delivered_all_the_same)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_it, future);

	turns(1);
	ck_assert_int_eq(aw_future_set_result(future, 5), 0);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	/* The future itself was done before. */
	ck_assert_int_eq(aw_future_result(future), 5);
	aw_future_unref(future);
}

TASK_TEST(an_error_that_a_later_cancellation_hid_counts_as_retrieved)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_it, future);

	turns(1);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(future);
}

/* --------------------------------------------------------- from callbacks */

static void
cancel_task(void *task)
{
	note(aw_cancel(task) ? "yes" : "no");
}

TASK_TEST(a_callback_of_the_loop_can_cancel_a_task)
{
	struct plan plan;
	aw_task *task = spawn_sleeper(&plan);

	aw_loop_call_soon(aw_get_running_loop(), cancel_task, task);
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert_notes("yes sleeper!");
	aw_loop_call_soon(aw_get_running_loop(), cancel_task, task);
	turns(1);
	ck_assert_notes("no");
	aw_future_unref(task);
}

static int
await_and_note(void *task)
{
	int result = aw_await(task);

	note(result == -ECANCELED ? "outer!" : "outer");
	return result;
}

static void
cancel_when_done(aw_future *future, void *task)
{
	(void)future;
	note(aw_cancel(task) ? "yes" : "no");
}

TASK_TEST(a_done_callback_can_cancel_a_task_that_was_woken_beside_it)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task;

	task = spawn(await_and_note, future);
	ck_assert_int_eq(aw_future_add_done_callback(future, cancel_when_done,
	    task), 0);
	turns(1);
	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("yes outer!");
	aw_future_unref(future);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_task_that_waits_gets_the_cancellation_from_its_wait,
		a_finished_task_can_not_be_cancelled,
		the_error_of_a_task_that_is_cancelled_too_late_is_not_reported,
		each_cancel_of_a_pending_task_says_yes_and_counts,
		a_task_cancelled_before_its_first_step_never_runs,
		a_cancelled_task_is_not_reported,
		a_wait_that_need_not_wait_does_not_deliver_it_the_next_real_one_does,
		sleep_0_delivers_it_once,
		a_task_in_sleep_0_is_cancelled_by_another,
		a_wait_for_a_descriptor_delivers_it_before_and_meanwhile,
		one_that_comes_after_the_wake_up_is_delivered_all_the_same,
		an_error_that_a_later_cancellation_hid_counts_as_retrieved,
		a_callback_of_the_loop_can_cancel_a_task,
		a_done_callback_can_cancel_a_task_that_was_woken_beside_it,
	};

	return UNIT_RUN("cancel", tests);
}
