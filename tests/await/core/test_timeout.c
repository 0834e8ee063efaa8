/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>

#include "core/core.h"

/* Lets time pass without waiting, so that what is due is not noticed. */
static void
spin(double seconds)
{
	aw_loop *loop = aw_get_running_loop();
	double start = aw_loop_time(loop);

	while (aw_loop_time(loop) - start < seconds)
		;
}

static aw_timeout *
enter(double delay)
{
	aw_timeout *timeout = NULL;

	ck_assert_int_eq(aw_timeout_enter(delay, &timeout), 0);
	ck_assert_ptr_nonnull(timeout);
	return timeout;
}

TASK_TEST(a_block_that_takes_too_long_times_out)
{
	aw_timeout *timeout = enter(0.001);
	int result = aw_sleep(FAR);

	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, result), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(a_block_that_ends_in_time_keeps_its_result)
{
	aw_timeout *timeout = enter(FAR);

	ck_assert_int_eq(aw_sleep(0.001), 0);
	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 42), 42);
	check_clean();
}

TASK_TEST(an_error_of_the_block_is_passed_on)
{
	ck_assert_int_eq(aw_timeout_exit(enter(FAR), -EIO), -EIO);
	ck_assert_int_eq(aw_timeout_exit(enter(FAR), -ETIMEDOUT), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(it_does_not_time_out_before_its_time)
{
	double start = aw_loop_time(aw_get_running_loop());
	aw_timeout *timeout = enter(0.02);

	ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(FAR)), -ETIMEDOUT);
	ck_assert_double_ge(aw_loop_time(aw_get_running_loop()) - start, 0.02);
	check_clean();
}

TASK_TEST(a_deadline_of_0_ends_the_first_wait)
{
	aw_timeout *timeout = enter(0);

	ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(FAR)), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(a_deadline_of_0_ends_even_a_sleep_of_0)
{
	aw_timeout *timeout = enter(0);

	ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(0)), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(a_negative_delay_and_nan_set_no_deadline)
{
	aw_timeout *negative = enter(-1), *nan = enter(NAN);

	check_clean();
	ck_assert(!aw_timeout_expired(negative));
	ck_assert_int_eq(aw_timeout_exit(nan, 1), 1);
	ck_assert_int_eq(aw_timeout_exit(negative, 2), 2);
	check_clean();
}

TASK_TEST(an_infinite_delay_never_passes)
{
	aw_timeout *timeout = enter(INFINITY);

	ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(0.001)), 0);
	check_clean();
}

TASK_TEST(a_block_that_never_waits_is_not_ended)
{
	aw_timeout *timeout = enter(0.001);

	spin(0.003);
	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 3), 3);
	check_clean();
}

static int
spin_in_block(void *arg)
{
	/* Long enough for a slow machine to get to the wait before it. */
	aw_timeout *timeout = enter(0.03);
	int err = aw_sleep(0);

	(void)arg;
	/* The deadline is due, and in the ring, but behind this task. */
	note(err < 0 ? "cancelled" : "woken");
	return aw_timeout_exit(timeout, err);
}

static void
spin_in_callback(void *arg)
{
	(void)arg;
	spin(0.04);
}

TASK_TEST(a_block_may_end_while_its_deadline_is_due_but_not_yet_called)
{
	aw_task *task = spawn(spin_in_block, NULL);

	aw_loop_call_soon(aw_get_running_loop(), spin_in_callback, NULL);
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("woken");
	check_clean();
}

TASK_TEST(a_block_that_swallows_the_cancellation_keeps_its_result)
{
	aw_timeout *timeout = enter(0.001);

	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert(aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 5), 5);
	check_clean();
}

TASK_TEST(a_block_that_makes_another_error_of_it_keeps_that)
{
	aw_timeout *timeout = enter(0.001);

	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(timeout, -EIO), -EIO);
	check_clean();
}

TASK_TEST(timeouts_can_follow_each_other)
{
	aw_timeout *timeout;
	int i;

	for (i = 0; i < 5; i++) {
		timeout = enter(0.001);
		ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(FAR)),
		    -ETIMEDOUT);
	}
	ck_assert_int_eq(aw_sleep(0.001), 0);
	check_clean();
}

/* ------------------------------------------------------------------ nested */

TASK_TEST(of_nested_ones_the_inner_can_pass_alone)
{
	aw_timeout *outer = enter(FAR), *inner = enter(0.001);
	int result = aw_timeout_exit(inner, aw_sleep(FAR));

	ck_assert_int_eq(result, -ETIMEDOUT);
	ck_assert(!aw_timeout_expired(outer));
	ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert_int_eq(aw_timeout_exit(outer, 1), 1);
	check_clean();
}

TASK_TEST(of_nested_ones_the_outer_can_pass_alone)
{
	aw_timeout *outer = enter(0.001), *inner = enter(FAR);
	int result = aw_sleep(FAR);

	ck_assert(!aw_timeout_expired(inner));
	result = aw_timeout_exit(inner, result);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	check_clean();
}

/* Both deadlines come before the block gets to run again. */
static void
check_both(double outer_delay, double inner_delay)
{
	aw_timeout *outer = enter(outer_delay), *inner = enter(inner_delay);
	int result;

	spin(0.003);
	result = aw_sleep(FAR);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(outer));
	ck_assert(aw_timeout_expired(inner));
	result = aw_timeout_exit(inner, result);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(of_nested_ones_that_both_passed_the_outermost_turns)
{
	check_both(0.001, 0.002);
	check_both(0.002, 0.001);
	check_both(0.001, 0.001);
}

TASK_TEST(the_outer_passes_during_the_clean_up_of_the_inner)
{
	aw_timeout *outer = enter(0.2), *inner = enter(0.001);
	int result = aw_sleep(FAR);

	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(inner));
	result = aw_sleep(FAR);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(outer));
	result = aw_timeout_exit(inner, result);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	check_clean();
}

/* ------------------------------------------------- cancellations of others */

static int
sleep_with_timeout(void *delay)
{
	aw_timeout *timeout = enter(*(double *)delay);
	int result = aw_sleep(FAR);

	note(aw_timeout_expired(timeout) ? "expired" : "cancelled");
	return aw_timeout_exit(timeout, result);
}

TASK_TEST(a_foreign_cancellation_is_not_turned)
{
	double delay = FAR;
	aw_task *task = spawn(sleep_with_timeout, &delay);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	ck_assert_notes("cancelled");
	aw_future_unref(task);
	check_clean();
}

static void
cancel_task(void *task)
{
	aw_cancel(task);
}

TASK_TEST(a_foreign_cancellation_beside_ones_own_wins)
{
	double delay = 0.001;
	aw_task *task = spawn(sleep_with_timeout, &delay);

	turns(1);
	/* Due in the same iteration as the deadline, and behind it. */
	aw_loop_call_later(aw_get_running_loop(), 0.001, cancel_task, task);
	spin(0.005);
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	ck_assert_notes("expired");
	aw_future_unref(task);
	check_clean();
}

static int
time_out_in_clean_up(void *arg)
{
	aw_timeout *timeout;
	int err = aw_sleep(FAR);

	(void)arg;
	ck_assert_int_eq(err, -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 1);
	timeout = enter(0.001);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_sleep(FAR)), -ETIMEDOUT);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 1);
	return err;
}

TASK_TEST(a_cancelled_task_can_have_a_timeout_in_its_clean_up)
{
	aw_task *task = spawn(time_out_in_clean_up, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	check_clean();
}

TASK_TEST(a_timeout_passes_through_into_an_awaited_task_and_waits_for_its_end)
{
	struct plan plan = { "inner", FAR, 0, 0 };
	aw_task *inner = spawn(carry_out, &plan);
	aw_timeout *timeout = enter(0.001);

	ck_assert_int_eq(aw_timeout_exit(timeout, aw_await(inner)),
	    -ETIMEDOUT);
	ck_assert(aw_future_cancelled(inner));
	ck_assert_notes("inner!");
	aw_future_unref(inner);
	check_clean();
}

START_TEST(outside_of_a_task_it_is_an_error)
{
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter(1, &timeout), AW_ENOTASK);
}
END_TEST

/* Closes a loop with a task that has been in its block for one iteration. */
static void
close_in_block(double delay)
{
	aw_loop *loop = aw_loop_new(NULL);

	record_reports(loop);
	aw_future_unref(aw_loop_create_task(loop, sleep_with_timeout, &delay,
	    NULL));
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_notes("cancelled");
}

START_TEST(the_loop_can_be_closed_within_a_block_before_its_deadline)
{
	close_in_block(FAR);
}
END_TEST

START_TEST(the_loop_can_be_closed_within_a_block_whose_deadline_is_due)
{
	close_in_block(0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_block_that_takes_too_long_times_out,
		a_block_that_ends_in_time_keeps_its_result,
		an_error_of_the_block_is_passed_on,
		it_does_not_time_out_before_its_time,
		a_deadline_of_0_ends_the_first_wait,
		a_deadline_of_0_ends_even_a_sleep_of_0,
		a_negative_delay_and_nan_set_no_deadline,
		an_infinite_delay_never_passes,
		a_block_that_never_waits_is_not_ended,
		a_block_may_end_while_its_deadline_is_due_but_not_yet_called,
		a_block_that_swallows_the_cancellation_keeps_its_result,
		a_block_that_makes_another_error_of_it_keeps_that,
		timeouts_can_follow_each_other,
		of_nested_ones_the_inner_can_pass_alone,
		of_nested_ones_the_outer_can_pass_alone,
		of_nested_ones_that_both_passed_the_outermost_turns,
		the_outer_passes_during_the_clean_up_of_the_inner,
		a_foreign_cancellation_is_not_turned,
		a_foreign_cancellation_beside_ones_own_wins,
		a_cancelled_task_can_have_a_timeout_in_its_clean_up,
		a_timeout_passes_through_into_an_awaited_task_and_waits_for_its_end,
		outside_of_a_task_it_is_an_error,
		the_loop_can_be_closed_within_a_block_before_its_deadline,
		the_loop_can_be_closed_within_a_block_whose_deadline_is_due,
	};

	return UNIT_RUN("timeout", tests);
}
