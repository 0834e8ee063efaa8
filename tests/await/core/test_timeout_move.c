/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Deadlines at a time, and deadlines that are moved.
 */
#include <errno.h>
#include <math.h>

#include "core/core.h"

static double
now(void)
{
	return aw_loop_time(aw_get_running_loop());
}

static void
spin(double seconds)
{
	double start = now();

	while (now() - start < seconds)
		;
}

static aw_timeout *
enter(double delay)
{
	aw_timeout *timeout = NULL;

	ck_assert_int_eq(aw_timeout_enter(delay, &timeout), 0);
	return timeout;
}

static aw_timeout *
enter_at(double when)
{
	aw_timeout *timeout = NULL;

	ck_assert_int_eq(aw_timeout_enter_at(when, &timeout), 0);
	return timeout;
}

static void
reschedule(aw_timeout *timeout, double when)
{
	ck_assert_int_eq(aw_timeout_reschedule(timeout, when), 0);
}

/* Sleeps and leaves the block; the exit's result. */
static int
sleep_in(aw_timeout *timeout, double delay)
{
	return aw_timeout_exit(timeout, aw_sleep(delay));
}

TASK_TEST(a_deadline_at_a_time_passes_then)
{
	double when = now() + 0.02;
	aw_timeout *timeout = enter_at(when);

	ck_assert(aw_timeout_when(timeout) == when);
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	ck_assert_double_ge(now(), when);
	check_clean();
}

TASK_TEST(a_deadline_at_a_time_that_is_not_reached_does_nothing)
{
	ck_assert_int_eq(sleep_in(enter_at(now() + FAR), 0.001), 0);
	check_clean();
}

TASK_TEST(a_deadline_in_the_past_passes_at_the_next_wait)
{
	aw_timeout *timeout = enter_at(now() - 1);

	ck_assert_int_eq(sleep_in(timeout, 0), -ETIMEDOUT);
	timeout = enter_at(0);
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(a_block_that_does_not_wait_is_over_before_a_past_deadline)
{
	aw_timeout *timeout = enter_at(now() - 1);

	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 7), 7);
	check_clean();
}

TASK_TEST(a_negative_time_is_no_deadline)
{
	aw_timeout *timeout = enter_at(-1);

	ck_assert(aw_timeout_when(timeout) == -1);
	ck_assert_int_eq(sleep_in(timeout, 0.001), 0);
	timeout = enter_at(NAN);
	ck_assert(aw_timeout_when(timeout) == -1);
	ck_assert_int_eq(sleep_in(timeout, 0), 0);
	timeout = enter(-1);
	ck_assert(aw_timeout_when(timeout) == -1);
	ck_assert_int_eq(sleep_in(timeout, 0), 0);
	check_clean();
}

TASK_TEST(when_tells_the_time_of_a_delay)
{
	double before = now(), when;
	aw_timeout *timeout = enter(10);

	when = aw_timeout_when(timeout);
	ck_assert_double_ge(when, before + 10);
	ck_assert_double_le(when, now() + 10);
	ck_assert_int_eq(aw_timeout_exit(timeout, 0), 0);
	check_clean();
}

TASK_TEST(when_stays_after_it_has_passed)
{
	double when = now() + 0.001;
	aw_timeout *timeout = enter_at(when);
	int result = aw_sleep(FAR);

	ck_assert(aw_timeout_expired(timeout));
	ck_assert(aw_timeout_when(timeout) == when);
	ck_assert_int_eq(aw_timeout_exit(timeout, result), -ETIMEDOUT);
}

TASK_TEST(an_infinite_time_never_comes)
{
	aw_timeout *timeout = enter_at(INFINITY);

	ck_assert(isinf(aw_timeout_when(timeout)));
	ck_assert_int_eq(sleep_in(timeout, 0.001), 0);
	check_clean();
}

TASK_TEST(a_deadline_can_be_put_off)
{
	aw_timeout *timeout = enter(0.01);
	double when = now() + FAR;

	reschedule(timeout, when);
	ck_assert(aw_timeout_when(timeout) == when);
	ck_assert_int_eq(sleep_in(timeout, 0.03), 0);
	check_clean();
}

TASK_TEST(a_deadline_can_be_brought_forward)
{
	aw_timeout *timeout = enter(FAR);

	reschedule(timeout, now() + 0.001);
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(a_deadline_can_be_taken_away_and_set_again)
{
	aw_timeout *timeout = enter(0.01);

	reschedule(timeout, -1);
	ck_assert(aw_timeout_when(timeout) == -1);
	ck_assert_int_eq(aw_sleep(0.03), 0);
	ck_assert(!aw_timeout_expired(timeout));
	reschedule(timeout, now() + 0.001);
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(one_moved_into_the_past_passes_at_the_next_wait)
{
	aw_timeout *timeout = enter(FAR);

	reschedule(timeout, now() - 1);
	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(one_that_has_passed_can_not_be_moved)
{
	aw_timeout *timeout = enter(0.001);
	int result = aw_sleep(FAR);

	ck_assert_int_eq(aw_timeout_reschedule(timeout, now() + FAR),
	    AW_EINVALIDSTATE);
	ck_assert(aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, result), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(one_that_is_due_but_not_yet_called_can_be_put_off)
{
	aw_timeout *timeout = enter(0);

	reschedule(timeout, now() + FAR);
	turns(2);
	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 3), 3);
	check_clean();
}

TASK_TEST(one_put_off_when_it_was_due_may_be_left_before_it_is_called)
{
	aw_timeout *timeout = enter(0);

	reschedule(timeout, -1);
	ck_assert_int_eq(aw_timeout_exit(timeout, 3), 3);
	check_clean();
}

TASK_TEST(one_may_be_due_again_after_it_was_put_off)
{
	aw_timeout *timeout = enter(0);

	reschedule(timeout, now() + FAR);
	reschedule(timeout, 0);
	ck_assert_int_eq(sleep_in(timeout, FAR), -ETIMEDOUT);
	check_clean();
}

static int
put_off(void *timeout)
{
	/* The deadline is due when the loop polls next. */
	spin(0.15);
	turns(1);
	ck_assert(!aw_timeout_expired(timeout));
	reschedule(timeout, now() + FAR);
	return 0;
}

TASK_TEST(another_task_can_put_it_off_in_the_turn_in_which_it_is_due)
{
	aw_timeout *timeout = enter(0.1);
	aw_task *task = spawn(put_off, timeout);

	ck_assert_int_eq(aw_sleep(0.2), 0);
	ck_assert(!aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, 0), 0);
	ck_assert_int_eq(join(task), 0);
	check_clean();
}

static int
block_the_loop(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_sleep(0.001), 0);
	spin(0.2);
	return 0;
}

TASK_TEST(nested_ones_pass_together_while_the_loop_is_busy)
{
	aw_task *busy = spawn(block_the_loop, NULL);
	aw_timeout *outer = enter(0.1), *inner = enter(0.12);
	int result = aw_sleep(FAR);

	/* Both were due in one turn, so the outermost one turns. */
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(outer));
	ck_assert(aw_timeout_expired(inner));
	result = aw_timeout_exit(inner, result);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	ck_assert_int_eq(join(busy), 0);
	check_clean();
}

TASK_TEST(nested_ones_are_moved_one_by_one)
{
	aw_timeout *outer = enter(FAR), *inner = enter(FAR);
	int result;

	reschedule(inner, now() + 0.001);
	result = sleep_in(inner, FAR);
	ck_assert_int_eq(result, -ETIMEDOUT);
	reschedule(outer, now() + 0.001);
	ck_assert_int_eq(sleep_in(outer, FAR), -ETIMEDOUT);
	check_clean();
}

static int
sleep_at(void *arg)
{
	aw_timeout **timeout = arg;
	int result;

	*timeout = enter_at(now() + FAR);
	result = aw_sleep(FAR);
	ck_assert(!aw_timeout_expired(*timeout));
	return aw_timeout_exit(*timeout, result);
}

TASK_TEST(another_task_can_move_it_which_is_then_cancelled)
{
	aw_timeout *timeout = NULL;
	aw_task *task = spawn(sleep_at, &timeout);
	double when = now() + 2 * FAR;

	turns(1);
	reschedule(timeout, when);
	ck_assert(aw_timeout_when(timeout) == when);
	reschedule(timeout, -1);
	ck_assert(aw_timeout_when(timeout) == -1);
	aw_cancel(task);
	ck_assert_int_eq(join(task), -ECANCELED);
	check_clean();
}

TASK_TEST(an_expensive_block_ends_by_both_deadlines_one_after_the_other)
{
	aw_timeout *outer = enter(0.2), *inner = enter(0.001);

	spin(0.01);
	ck_assert_int_eq(sleep_in(inner, FAR), -ETIMEDOUT);
	ck_assert_int_eq(sleep_in(outer, FAR), -ETIMEDOUT);
	check_clean();
}

TASK_TEST(of_nested_ones_at_the_same_time_the_outermost_turns)
{
	double when = now() + 0.01;
	aw_timeout *outer = enter_at(when), *inner = enter_at(when);
	int result = aw_timeout_exit(inner, aw_sleep(FAR));

	ck_assert_int_eq(result, -ECANCELED);
	ck_assert(aw_timeout_expired(outer));
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	check_clean();
}

static int
fail_when_cancelled(void *arg)
{
	(void)arg;
	return aw_sleep(FAR) == -ECANCELED ? -EIO : 0;
}

TASK_TEST(an_error_of_a_groups_clean_up_outweighs_the_deadline)
{
	aw_timeout *timeout = enter(0.001);
	aw_group *group;
	int result;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	ck_assert_int_eq(aw_group_create_task(group, fail_when_cancelled,
	    NULL, NULL, NULL), 0);
	result = aw_group_exit(group, 0);
	ck_assert_int_eq(aw_group_error(group, 0), -EIO);
	aw_group_free(group);
	ck_assert(aw_timeout_expired(timeout));
	ck_assert_int_eq(aw_timeout_exit(timeout, result), -EIO);
	check_clean();
}

static int
clean_up_with_a_deadline(void *arg)
{
	aw_timeout *timeout;
	int result;

	(void)arg;
	aw_cancel(aw_current_task());
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	timeout = enter(FAR);
	aw_cancel(aw_current_task());
	result = aw_sleep(FAR);
	ck_assert(!aw_timeout_expired(timeout));
	return aw_timeout_exit(timeout, result);
}

TASK_TEST(a_second_cancellation_is_not_turned_in_the_clean_up_of_the_first)
{
	aw_task *task = spawn(clean_up_with_a_deadline, NULL);

	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(task), 2);
	aw_future_unref(task);
	check_clean();
}

START_TEST(outside_of_a_task_it_is_an_error)
{
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter_at(1, &timeout), AW_ENOTASK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_deadline_at_a_time_passes_then,
		a_deadline_at_a_time_that_is_not_reached_does_nothing,
		a_deadline_in_the_past_passes_at_the_next_wait,
		a_block_that_does_not_wait_is_over_before_a_past_deadline,
		a_negative_time_is_no_deadline,
		when_tells_the_time_of_a_delay,
		when_stays_after_it_has_passed,
		an_infinite_time_never_comes,
		a_deadline_can_be_put_off,
		a_deadline_can_be_brought_forward,
		a_deadline_can_be_taken_away_and_set_again,
		one_moved_into_the_past_passes_at_the_next_wait,
		one_that_has_passed_can_not_be_moved,
		one_that_is_due_but_not_yet_called_can_be_put_off,
		one_put_off_when_it_was_due_may_be_left_before_it_is_called,
		one_may_be_due_again_after_it_was_put_off,
		another_task_can_put_it_off_in_the_turn_in_which_it_is_due,
		nested_ones_pass_together_while_the_loop_is_busy,
		nested_ones_are_moved_one_by_one,
		another_task_can_move_it_which_is_then_cancelled,
		an_expensive_block_ends_by_both_deadlines_one_after_the_other,
		of_nested_ones_at_the_same_time_the_outermost_turns,
		an_error_of_a_groups_clean_up_outweighs_the_deadline,
		a_second_cancellation_is_not_turned_in_the_clean_up_of_the_first,
		outside_of_a_task_it_is_an_error,
	};

	return UNIT_RUN("timeout_move", tests);
}
