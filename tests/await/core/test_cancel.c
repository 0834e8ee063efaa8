/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Cancellation of tasks: when it is delivered, and what becomes of it.
 */
#include <errno.h>
#include <unistd.h>

#include "core/core.h"
#include "core/loop.h"

#define FAR 1000.0

static aw_task *
spawn_sleeper(struct plan *plan)
{
	aw_task *task;

	*plan = (struct plan){ .label = "sleeper", .delay = FAR };
	task = spawn(carry_out, plan);
	turns(1);
	return task;
}

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

static int
await_it(void *future)
{
	return aw_await(future);
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

/* -------------------------------------------------------- through an await */

TASK_TEST(it_is_passed_into_the_future_that_is_awaited)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_it, future);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_future_cancelled(future));
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(future);
}

static int
await_and_note(void *task)
{
	int result = aw_await(task);

	note(result == -ECANCELED ? "outer!" : "outer");
	return result;
}

TASK_TEST(it_is_passed_into_the_task_that_is_awaited_which_ends_first)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *outer = spawn(await_and_note, inner);

	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_uint_eq(aw_task_cancelling(inner), 1);
	ck_assert_int_eq(aw_await(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(inner));
	ck_assert(aw_future_cancelled(outer));
	ck_assert_notes("sleeper! outer!");
	aw_future_unref(inner);
	aw_future_unref(outer);
}

TASK_TEST(it_goes_down_a_chain_and_comes_up_again)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *middle = spawn(await_and_note, inner);
	aw_task *outer = spawn(await_and_note, middle);

	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_int_eq(join(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(middle));
	ck_assert(aw_future_cancelled(inner));
	ck_assert_notes("sleeper! outer! outer!");
	aw_future_unref(inner);
	aw_future_unref(middle);
}

static int
sleep_and_swallow(void *arg)
{
	(void)arg;
	if (aw_sleep(FAR) == -ECANCELED)
		note("swallowed");
	return 5;
}

TASK_TEST(the_inner_task_may_swallow_it_and_the_outer_never_sees_it)
{
	aw_task *inner = spawn(sleep_and_swallow, NULL), *outer;

	turns(1);
	outer = spawn(await_and_note, inner);
	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_int_eq(aw_await(outer), 5);
	ck_assert(!aw_future_cancelled(outer));
	ck_assert_uint_eq(aw_task_cancelling(outer), 1);
	ck_assert_notes("swallowed outer");
	aw_future_unref(inner);
	aw_future_unref(outer);
}

static int
clean_up_slowly(void *arg)
{
	int err = aw_sleep(FAR);

	(void)arg;
	turns(3);
	note("cleaned up");
	return err;
}

TASK_TEST(the_outer_sees_it_only_when_the_inner_has_ended)
{
	aw_task *inner = spawn(clean_up_slowly, NULL), *outer;

	turns(1);
	outer = spawn(await_and_note, inner);
	turns(1);
	ck_assert(aw_cancel(outer));
	turns(2);
	ck_assert_notes("");
	ck_assert_int_eq(join(outer), -ECANCELED);
	ck_assert_notes("cleaned up outer!");
	aw_future_unref(inner);
}

TASK_TEST(cancelling_one_of_two_that_await_a_task_cancels_it_for_both)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *one = spawn(await_and_note, inner);
	aw_task *two = spawn(await_and_note, inner);

	turns(1);
	ck_assert(aw_cancel(one));
	ck_assert_int_eq(aw_await(two), -ECANCELED);
	ck_assert(aw_future_cancelled(one));
	ck_assert(aw_future_cancelled(two));
	ck_assert_uint_eq(aw_task_cancelling(two), 0);
	ck_assert_notes("sleeper! outer! outer!");
	aw_future_unref(inner);
	aw_future_unref(one);
	aw_future_unref(two);
}

TASK_TEST(awaiting_a_task_that_another_cancelled_is_no_cancellation_of_ones_own)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);

	ck_assert(aw_cancel(inner));
	ck_assert_int_eq(aw_await(inner), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 0);
	turns(2);
	ck_assert_notes("sleeper!");
	aw_future_unref(inner);
}

/* ------------------------------------------------------- what becomes of it */

static int
swallow_and_sleep_again(void *arg)
{
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	*(int *)arg = aw_sleep(0.001);
	return 8;
}

TASK_TEST(it_is_an_edge_the_next_wait_works)
{
	int slept = -1;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, 0);
	ck_assert(!aw_future_cancelled(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	aw_future_unref(task);
}

TASK_TEST(two_before_the_delivery_are_delivered_as_one)
{
	int slept = -1;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	/*
	 * The first woke the task, and the second is kept; the sleep gives
	 * both of them at once.
	 */
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, 0);
	aw_future_unref(task);
}

TASK_TEST(a_second_one_interrupts_the_clean_up)
{
	int slept = 0;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, -ECANCELED);
	aw_future_unref(task);
}

static int
cancel_self_and_return(void *result)
{
	ck_assert(aw_cancel(aw_current_task()));
	return *(int *)result;
}

TASK_TEST(returning_with_one_still_pending_ends_cancelled)
{
	int result = 4;
	aw_task *task = spawn(cancel_self_and_return, &result);

	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	aw_future_unref(task);
}

TASK_TEST(failing_with_one_still_pending_keeps_the_error)
{
	int result = -EIO;
	aw_task *task = spawn(cancel_self_and_return, &result);

	ck_assert_int_eq(aw_await(task), -EIO);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
}

static int
fail_in_clean_up(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	return -EIO;
}

TASK_TEST(a_clean_up_that_fails_ends_with_its_error)
{
	aw_task *task = spawn(fail_in_clean_up, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), -EIO);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
}

/* ---------------------------------------------------------------- uncancel */

static int
swallow_and_uncancel(void *arg)
{
	aw_task *self = aw_current_task();

	(void)arg;
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(self), 2);
	ck_assert_uint_eq(aw_task_uncancel(self), 1);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	ck_assert_uint_eq(aw_task_cancelling(self), 0);
	return aw_sleep(0);
}

TASK_TEST(uncancel_takes_one_back_and_returns_what_is_left)
{
	aw_task *task = spawn(swallow_and_uncancel, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), 0);
}

static int
cancel_self_and_take_back(void *times)
{
	aw_task *self = aw_current_task();
	int i;

	ck_assert(aw_cancel(self));
	ck_assert(aw_cancel(self));
	for (i = 0; i < *(int *)times; i++)
		aw_task_uncancel(self);
	return aw_sleep(0);
}

TASK_TEST(uncancel_to_0_clears_a_pending_one)
{
	int times = 2;

	ck_assert_int_eq(join(spawn(cancel_self_and_take_back, &times)), 0);
}

TASK_TEST(uncancel_to_more_than_0_does_not)
{
	int times = 1;

	ck_assert_int_eq(join(spawn(cancel_self_and_take_back, &times)),
	    -ECANCELED);
}

LOOP_TEST(what_is_no_task_is_never_cancelling)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert(aw_cancel(future));
	ck_assert_uint_eq(aw_task_cancelling(future), 0);
	ck_assert_uint_eq(aw_task_uncancel(future), 0);
	ck_assert_uint_eq(aw_task_cancelling(NULL), 0);
	ck_assert_uint_eq(aw_task_uncancel(NULL), 0);
	aw_future_unref(future);
}

/* ------------------------------------------------------------ from callbacks */

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
		each_cancel_of_a_pending_task_says_yes_and_counts,
		a_task_cancelled_before_its_first_step_never_runs,
		a_cancelled_task_is_not_reported,
		a_wait_that_need_not_wait_does_not_deliver_it_the_next_real_one_does,
		sleep_0_delivers_it_once,
		a_task_in_sleep_0_is_cancelled_by_another,
		a_wait_for_a_descriptor_delivers_it_before_and_meanwhile,
		one_that_comes_after_the_wake_up_is_delivered_all_the_same,
		an_error_that_a_later_cancellation_hid_counts_as_retrieved,
		it_is_passed_into_the_future_that_is_awaited,
		it_is_passed_into_the_task_that_is_awaited_which_ends_first,
		it_goes_down_a_chain_and_comes_up_again,
		the_inner_task_may_swallow_it_and_the_outer_never_sees_it,
		the_outer_sees_it_only_when_the_inner_has_ended,
		cancelling_one_of_two_that_await_a_task_cancels_it_for_both,
		awaiting_a_task_that_another_cancelled_is_no_cancellation_of_ones_own,
		it_is_an_edge_the_next_wait_works,
		two_before_the_delivery_are_delivered_as_one,
		a_second_one_interrupts_the_clean_up,
		returning_with_one_still_pending_ends_cancelled,
		failing_with_one_still_pending_keeps_the_error,
		a_clean_up_that_fails_ends_with_its_error,
		uncancel_takes_one_back_and_returns_what_is_left,
		uncancel_to_0_clears_a_pending_one,
		uncancel_to_more_than_0_does_not,
		what_is_no_task_is_never_cancelling,
		a_callback_of_the_loop_can_cancel_a_task,
		a_done_callback_can_cancel_a_task_that_was_woken_beside_it,
	};

	return UNIT_RUN("cancel", tests);
}
