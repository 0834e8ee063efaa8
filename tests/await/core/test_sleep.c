/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>

#include "core/core.h"
#include "core/loop.h"

TASK_TEST(it_never_wakes_too_early)
{
	aw_loop *loop = aw_get_running_loop();
	double delays[] = { 1e-9, 0.0001, 0.001, 0.0123 }, start;
	size_t i;

	for (i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		start = aw_loop_time(loop);
		ck_assert_int_eq(aw_sleep(delays[i]), 0);
		ck_assert_double_ge(aw_loop_time(loop) - start,
		    delays[i] - 1e-9);
	}
}

TASK_TEST(sleepers_wake_in_the_order_of_their_times)
{
	struct plan plans[3] = { { "c", 0.12, 0, 0 }, { "a", 0.001, 0, 0 },
	    { "b", 0.06, 0, 0 } };
	aw_task *tasks[3];
	int i;

	for (i = 0; i < 3; i++)
		tasks[i] = spawn(carry_out, &plans[i]);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(join(tasks[i]), 0);
	ck_assert_notes("a b c");
}

TASK_TEST(sleepers_wait_at_the_same_time_not_one_after_the_other)
{
	enum { SLEEPERS = 50 };
	struct plan plans[SLEEPERS];
	aw_task *tasks[SLEEPERS];
	double start = aw_loop_time(aw_get_running_loop());
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		plans[i] = (struct plan){ .label = "", .delay = 0.1 };
		tasks[i] = spawn(carry_out, &plans[i]);
	}
	for (i = 0; i < SLEEPERS; i++)
		ck_assert_int_eq(join(tasks[i]), 0);
	/* One after the other it would be 5 s. */
	ck_assert_double_lt(aw_loop_time(aw_get_running_loop()) - start, 2.5);
	take_notes();
}

TASK_TEST(a_sleep_of_0_lets_every_other_ready_task_run_first)
{
	struct plan plans[2] = { { "a", -1, 0, 0 }, { "b", -1, 0, 0 } };
	aw_task *a = spawn(carry_out, &plans[0]);
	aw_task *b = spawn(carry_out, &plans[1]);

	note("before");
	ck_assert_int_eq(aw_sleep(0), 0);
	note("after");
	ck_assert_notes("before a b after");
	ck_assert_int_eq(join(a) | join(b), 0);
}

static int
take_turns(void *word)
{
	int i, err = 0;

	for (i = 0; i < 3 && err == 0; i++) {
		note(word);
		err = aw_sleep(0);
	}
	return err;
}

TASK_TEST(tasks_that_sleep_for_0_take_turns)
{
	aw_task *a = spawn(take_turns, "a"), *b = spawn(take_turns, "b");

	ck_assert_int_eq(join(a) | join(b), 0);
	ck_assert_notes("a b a b a b");
}

TASK_TEST(a_negative_sleep_and_nan_are_as_0)
{
	struct plan plan = { "other", -1, 0, 0 };

	ck_assert_int_eq(aw_sleep(-5), 0);
	ck_assert_int_eq(aw_sleep(-INFINITY), 0);
	aw_future_unref(spawn(carry_out, &plan));
	ck_assert_int_eq(aw_sleep(NAN), 0);
	ck_assert_notes("other");
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
}

TASK_TEST(an_infinite_sleep_lasts_until_it_is_cancelled)
{
	struct plan plan = { "sleeper", INFINITY, 0, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert_notes("");
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("sleeper!");
}

TASK_TEST(a_cancelled_sleep_leaves_no_timer_behind)
{
	struct plan plan = { "sleeper", FAR, 0, 0 };
	aw_loop *loop = aw_get_running_loop();
	aw_task *task = spawn(carry_out, &plan);

	turns(1);
	ck_assert_ptr_nonnull(aw_timer_heap_first(&loop->timers));
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_ptr_null(aw_timer_heap_first(&loop->timers));
	ck_assert_notes("sleeper!");
}

static int
sleep_a_moment(void *arg)
{
	(void)arg;
	return aw_sleep(0.05);
}

/* It is due, and the task in the ring, when the cancellation comes. */
TASK_TEST(a_sleep_that_has_passed_can_still_be_cancelled)
{
	aw_loop *loop = aw_get_running_loop();
	aw_task *task = spawn(sleep_a_moment, NULL);
	double start;

	turns(1);
	for (start = aw_loop_time(loop); aw_loop_time(loop) - start < 0.06;)
		;
	aw_loop_call_at(loop, 0, note_callback, "due");
	turns(1);
	/* This turn's timers came behind this task in the ring. */
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_ptr_null(aw_timer_heap_first(&loop->timers));
	ck_assert_notes("due");
}

START_TEST(outside_of_a_task_it_is_an_error)
{
	ck_assert_int_eq(aw_sleep(0), AW_ENOTASK);
	ck_assert_int_eq(aw_sleep(1), AW_ENOTASK);
}
END_TEST

TASK_TEST(a_thousand_sleepers_all_wake)
{
	enum { SLEEPERS = 1000 };
	static struct plan plans[SLEEPERS];
	static aw_task *tasks[SLEEPERS];
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		plans[i] = (struct plan){ .label = "", .delay =
		    0.001 * (i * 7 % 20), .slept = -1 };
		tasks[i] = spawn(carry_out, &plans[i]);
	}
	for (i = 0; i < SLEEPERS; i++) {
		ck_assert_int_eq(join(tasks[i]), 0);
		ck_assert_int_eq(plans[i].slept, 0);
	}
	take_notes();
}

int
main(void)
{
	const TTest *const tests[] = {
		it_never_wakes_too_early,
		sleepers_wake_in_the_order_of_their_times,
		sleepers_wait_at_the_same_time_not_one_after_the_other,
		a_sleep_of_0_lets_every_other_ready_task_run_first,
		tasks_that_sleep_for_0_take_turns,
		a_negative_sleep_and_nan_are_as_0,
		an_infinite_sleep_lasts_until_it_is_cancelled,
		a_cancelled_sleep_leaves_no_timer_behind,
		a_sleep_that_has_passed_can_still_be_cancelled,
		outside_of_a_task_it_is_an_error,
		a_thousand_sleepers_all_wake,
	};

	return UNIT_RUN("sleep", tests);
}
