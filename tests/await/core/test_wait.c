/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"
#include "core/task.h"

static void
spawn_plans(aw_future **futures, struct plan *plans, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		futures[i] = spawn(carry_out, &plans[i]);
}

/* Cancels what is not done, waits for it, and gives all back. */
static void
finish(aw_future **futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		aw_cancel(futures[i]);
		(void)!aw_await_unref(futures[i]);
	}
	(void)take_notes();
}

static double
now(void)
{
	return aw_loop_time(aw_get_running_loop());
}

TASK_TEST(it_waits_for_all_by_default)
{
	struct plan plans[] = { { "a", 0.2, 1, 0 }, { "b", 0.01, 2, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_ALL_COMPLETED), 2);
	ck_assert_notes("b a");
	/* Once more, of those that are done: it is over soon. */
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_ALL_COMPLETED), 2);
	finish(futures, 2);
}

TASK_TEST(a_future_may_be_named_twice)
{
	struct plan plan = { "once", 0.001, 1, 0 };
	aw_future *task = spawn(carry_out, &plan), *both[2] = { task, task };

	ck_assert_int_eq(aw_wait(both, 2, FAR, AW_ALL_COMPLETED), 2);
	ck_assert_notes("once");
	finish(both, 1);
}

TASK_TEST(without_futures_or_with_a_null_it_is_an_error)
{
	aw_future *futures[2] = { NULL, NULL };

	ck_assert_int_eq(aw_wait(NULL, 0, -1, AW_ALL_COMPLETED), -EINVAL);
	futures[0] = aw_loop_create_future(aw_get_running_loop());
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_ALL_COMPLETED), -ENOMEM);
	aw_future_unref(futures[0]);
}

LOOP_TEST(outside_of_a_task_it_is_an_error)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_wait(&future, 1, -1, AW_ALL_COMPLETED),
	    AW_ENOTASK);
	aw_future_unref(future);
}

static aw_future *foreign;

static int
wait_for_foreign(void *arg)
{
	(void)arg;
	return aw_wait(&foreign, 1, -1, AW_ALL_COMPLETED);
}

LOOP_TEST(a_future_of_another_loop_is_an_error)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, wait_for_foreign, NULL,
	    NULL);

	foreign = aw_loop_create_future(other);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task),
	    AW_EWRONGLOOP);
	aw_future_unref(task);
	aw_future_unref(foreign);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

TASK_TEST(the_first_to_complete_ends_it)
{
	struct plan plans[] = { { "slow", FAR, 1, 0 },
	    { "quick", 0.001, 2, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_FIRST_COMPLETED), 1);
	ck_assert(!aw_future_done(futures[0]));
	ck_assert(aw_future_done(futures[1]));
	/* That one is done is no reason to wait for the other. */
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_FIRST_COMPLETED), 1);
	ck_assert_int_eq(aw_task_cancelling(futures[0]), 0);
	finish(futures, 2);
}

TASK_TEST(those_that_end_in_the_same_turn_are_all_counted)
{
	struct plan plans[] = { { "a", -1, 0, 0 }, { "b", -1, 1, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_FIRST_COMPLETED), 2);
	finish(futures, 2);
}

TASK_TEST(the_first_error_ends_it)
{
	struct plan plans[] = { { "slow", FAR, 1, 0 },
	    { "bad", -1, -EIO, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, -1, AW_FIRST_EXCEPTION), 1);
	ck_assert(!aw_future_done(futures[0]));
	ck_assert_int_eq(aw_future_result(futures[1]), -EIO);
	finish(futures, 2);
}

TASK_TEST(an_error_that_comes_later_ends_it_too)
{
	struct plan plans[] = { { "slow", FAR, 1, 0 },
	    { "bad", 0.01, -EIO, 0 }, { "good", -1, 3, 0 } };
	aw_future *futures[3];

	spawn_plans(futures, plans, 3);
	ck_assert_int_eq(aw_wait(futures, 3, FAR, AW_FIRST_EXCEPTION), 2);
	ck_assert_notes("good bad");
	finish(futures, 3);
}

TASK_TEST(a_cancelled_one_is_no_error)
{
	struct plan plans[] = { { "cancelled", FAR, 1, 0 },
	    { "good", 0.01, 3, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	turns(1);
	ck_assert(aw_cancel(futures[0]));
	ck_assert_int_eq(aw_wait(futures, 2, FAR, AW_FIRST_EXCEPTION), 2);
	ck_assert_notes("cancelled! good");
	finish(futures, 2);
}

TASK_TEST(a_task_that_ended_cancelled_is_done_and_says_so)
{
	struct plan plan = { "task", FAR, 1, 0 };
	aw_task *task = spawn(carry_out, &plan);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_wait(&task, 1, -1, AW_ALL_COMPLETED), 1);
	ck_assert(aw_future_done(task));
	ck_assert(aw_future_cancelled(task));
	ck_assert_int_eq(aw_future_result(task), -ECANCELED);
	finish(&task, 1);
}

TASK_TEST(without_an_error_it_waits_for_all)
{
	struct plan plans[] = { { "a", 0.01, 1, 0 }, { "b", 0.02, 3, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, FAR, AW_FIRST_EXCEPTION), 2);
	finish(futures, 2);
}

TASK_TEST(waiting_for_all_an_error_is_no_end)
{
	struct plan plans[] = { { "bad", 0.001, -EIO, 0 },
	    { "good", 0.02, 3, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, FAR, AW_ALL_COMPLETED), 2);
	ck_assert_notes("bad good");
	finish(futures, 2);
}

TASK_TEST(an_error_does_not_count_as_retrieved)
{
	struct plan plan = { "bad", -1, -EIO, 0 };
	aw_future *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait(&task, 1, -1, AW_FIRST_EXCEPTION), 1);
	aw_future_unref(task);
	ck_assert_int_eq(take_reports().error, -EIO);
	(void)take_notes();
}

TASK_TEST(at_the_timeout_it_tells_what_is_done_and_cancels_nothing)
{
	struct plan plans[] = { { "quick", 0.001, 1, 0 },
	    { "slow", FAR, 3, 0 } };
	aw_future *futures[2];
	double start = now();

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, 0.1, AW_ALL_COMPLETED), 1);
	ck_assert_double_ge(now() - start, 0.1);
	ck_assert_notes("quick");
	turns(2);
	ck_assert(!aw_future_done(futures[1]));
	ck_assert_uint_eq(aw_task_cancelling(futures[1]), 0);
	finish(futures, 2);
}

TASK_TEST(a_timeout_of_0_only_lets_the_others_run_once)
{
	struct plan plans[] = { { "ready", -1, 1, 0 }, { "slow", FAR, 3, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, 0, AW_ALL_COMPLETED), 1);
	finish(futures, 2);
}

TASK_TEST(a_timeout_that_was_not_needed_leaves_no_timer)
{
	struct plan plan = { "quick", -1, 1, 0 };
	aw_future *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait(&task, 1, FAR, AW_ALL_COMPLETED), 1);
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
	finish(&task, 1);
}

TASK_TEST(tasks_of_equal_times_are_done_together)
{
	struct plan plans[] = { { "a", 0.01, 1, 0 }, { "b", 0.01, 2, 0 } };
	aw_future *futures[2];
	double start = now();

	spawn_plans(futures, plans, 2);
	ck_assert_int_eq(aw_wait(futures, 2, FAR, AW_ALL_COMPLETED), 2);
	ck_assert_double_ge(now() - start, 0.01);
	ck_assert_notes("a b");
	finish(futures, 2);
}

TASK_TEST(one_that_ends_just_before_the_timeout_is_done)
{
	struct plan plans[] = { { "a", 0.01, 1, 0 }, { "b", 0.2, 2, 0 } };
	aw_future *futures[2];

	spawn_plans(futures, plans, 2);
	turns(1);
	ck_assert_int_eq(aw_wait(futures, 2, 0.01, AW_ALL_COMPLETED), 1);
	ck_assert(aw_future_done(futures[0]));
	/* The rest can be waited for again. */
	ck_assert_int_eq(aw_wait(futures, 2, FAR, AW_ALL_COMPLETED), 2);
	ck_assert_notes("a b");
	finish(futures, 2);
}

static int waited;

static int
wait_for_it(void *future)
{
	aw_future *one = future;

	waited = aw_wait(&one, 1, FAR, AW_ALL_COMPLETED);
	return waited;
}

TASK_TEST(its_cancellation_cancels_nothing)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(wait_for_it, future);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(waited, -ECANCELED);
	ck_assert(!aw_future_done(future));
	ck_assert(TAILQ_EMPTY(&future->watches));
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
	aw_future_unref(future);
}

TASK_TEST(one_cancelled_when_it_was_about_to_end_is_cancelled)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(wait_for_it, future);

	turns(1);
	aw_future_set_result(future, 1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(future);
}

TASK_TEST(a_task_that_waits_can_itself_be_waited_for)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *tasks[2];

	tasks[0] = spawn(wait_for_it, future);
	tasks[1] = spawn(wait_for_it, tasks[0]);
	turns(2);
	aw_future_set_result(future, 0);
	ck_assert_int_eq(aw_wait(tasks, 2, FAR, AW_ALL_COMPLETED), 2);
	aw_future_unref(future);
	finish(tasks, 2);
}

TASK_TEST(it_keeps_the_futures_meanwhile)
{
	struct plan plan = { "quick", 0.001, 1, 0 };
	aw_future *futures[2] = { spawn(carry_out, &plan),
	    aw_loop_create_future(aw_get_running_loop()) };
	aw_task *task = spawn(wait_for_it, futures[0]);
	aw_task *other = spawn(wait_for_it, futures[1]);

	turns(1);
	aw_future_unref(futures[0]);
	aw_future_unref(futures[1]);
	ck_assert_int_eq(join(task), 1);
	aw_cancel(other);
	ck_assert_int_eq(join(other), -ECANCELED);
	(void)take_notes();
}

#define MANY 2000

TASK_TEST(many_that_wait_for_one_future_leave_it_in_no_time)
{
	static aw_task *tasks[MANY];
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	double start;
	int i;

	for (i = 0; i < MANY; i++)
		tasks[i] = spawn(wait_for_it, future);
	turns(1);
	start = processor_time();
	/* The last one first, so that a search would find it last. */
	for (i = MANY; i-- > 0;)
		aw_cancel(tasks[i]);
	turns(1);
	ck_assert_double_lt(processor_time() - start, 5);
	ck_assert(TAILQ_EMPTY(&future->watches));
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(join(tasks[i]), -ECANCELED);
	aw_future_unref(future);
}

static int
wait_forever(void *arg)
{
	aw_future *one = aw_loop_create_future(aw_get_running_loop());

	(void)arg;
	waited = aw_wait(&one, 1, FAR, AW_ALL_COMPLETED);
	aw_future_unref(one);
	return 0;
}

LOOP_TEST(the_loop_can_be_closed_meanwhile)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_task *task;

	(void)loop;
	record_reports(other);
	task = aw_loop_create_task(other, wait_forever, NULL, NULL);
	stop_after(other, 3);
	ck_assert_int_eq(aw_loop_run_forever(other), 0);
	aw_future_unref(task);
	waited = 0;
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_int_eq(waited, -ECANCELED);
	ck_assert_uint_eq(take_reports().count, 1);
}

/* Whether a failed future that was waited for is reported when it goes. */
static unsigned
count_reports(enum aw_return_when return_when)
{
	aw_loop *loop = aw_get_running_loop();
	aw_future *futures[2] = {
		aw_loop_create_future(loop), aw_loop_create_future(loop),
	};

	aw_future_set_error(futures[0], -EIO);
	ck_assert_int_eq(aw_wait(futures, 2, 0, return_when), 1);
	aw_future_unref(futures[0]);
	aw_future_unref(futures[1]);
	return take_reports().count;
}

TASK_TEST(an_error_that_was_asked_for_counts_as_retrieved)
{
	ck_assert_uint_eq(count_reports(AW_FIRST_EXCEPTION), 0);
	ck_assert_uint_eq(count_reports(AW_ALL_COMPLETED), 1);
	ck_assert_uint_eq(count_reports(AW_FIRST_COMPLETED), 1);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_waits_for_all_by_default,
		a_future_may_be_named_twice,
		without_futures_or_with_a_null_it_is_an_error,
		outside_of_a_task_it_is_an_error,
		a_future_of_another_loop_is_an_error,
		the_first_to_complete_ends_it,
		those_that_end_in_the_same_turn_are_all_counted,
		the_first_error_ends_it,
		an_error_that_comes_later_ends_it_too,
		a_cancelled_one_is_no_error,
		a_task_that_ended_cancelled_is_done_and_says_so,
		without_an_error_it_waits_for_all,
		waiting_for_all_an_error_is_no_end,
		an_error_does_not_count_as_retrieved,
		at_the_timeout_it_tells_what_is_done_and_cancels_nothing,
		a_timeout_of_0_only_lets_the_others_run_once,
		a_timeout_that_was_not_needed_leaves_no_timer,
		tasks_of_equal_times_are_done_together,
		one_that_ends_just_before_the_timeout_is_done,
		its_cancellation_cancels_nothing,
		one_cancelled_when_it_was_about_to_end_is_cancelled,
		a_task_that_waits_can_itself_be_waited_for,
		it_keeps_the_futures_meanwhile,
		many_that_wait_for_one_future_leave_it_in_no_time,
		the_loop_can_be_closed_meanwhile,
		an_error_that_was_asked_for_counts_as_retrieved,
	};

	return UNIT_RUN("wait", tests);
}
