/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/blocking.h"

LOOP_TEST(the_result_is_the_futures)
{
	int number = 7;

	ck_assert_int_eq(finish(loop, start(loop, NULL, return_number,
	    &number)), 7);
}

LOOP_TEST(an_error_is_the_futures)
{
	int number = -EIO;

	ck_assert_int_eq(finish(loop, start(loop, NULL, return_number,
	    &number)), -EIO);
}

LOOP_TEST(a_function_that_says_cancelled_cancels_it)
{
	int number = -ECANCELED;
	aw_future *future = start(loop, NULL, return_number, &number);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, future), -ECANCELED);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
}

LOOP_TEST(an_error_that_nobody_asks_for_is_reported)
{
	int number = -EIO;
	struct report report = { .count = 0 };

	aw_future_unref(start(loop, NULL, return_number, &number));
	while (report.count == 0) {
		run_iterations(loop, 1);
		report = take_reports();
	}
	ck_assert_int_eq(report.error, -EIO);
}

LOOP_TEST(cancelled_before_it_began_the_function_never_runs)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *first = start(loop, executor, block, NULL), *second;

	wait_until_working(1);
	second = start(loop, executor, block, NULL);
	ck_assert(aw_cancel(second));
	ck_assert(aw_future_cancelled(second));
	ck_assert(!aw_cancel(second));
	run_iterations(loop, 2);
	open_gate();
	ck_assert_int_eq(finish(loop, first), 5);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(count_working(), 1);
	aw_future_unref(second);
}

LOOP_TEST(cancelled_while_it_runs_the_function_goes_on)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *future = start(loop, executor, block, NULL);

	wait_until_working(1);
	ck_assert(aw_cancel(future));
	ck_assert_int_eq(finish(loop, future), -ECANCELED);
	ck_assert_uint_eq(count_ended(), 0);
	open_gate();
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(count_ended(), 1);
	/* What it returned has nowhere to go. */
	run_iterations(loop, 2);
}

static int
await_function(void *future)
{
	return aw_await(future);
}

LOOP_TEST(cancelling_the_task_that_awaits_it_cancels_it)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *first = start(loop, executor, block, NULL), *second;
	aw_task *task;

	wait_until_working(1);
	second = start(loop, executor, block, NULL);
	task = aw_loop_create_task(loop, await_function, second, NULL);
	run_iterations(loop, 2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(finish(loop, task), -ECANCELED);
	ck_assert(aw_future_cancelled(second));
	open_gate();
	ck_assert_int_eq(finish(loop, first), 5);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(count_working(), 1);
	aw_future_unref(second);
}

LOOP_TEST(a_result_that_was_set_meanwhile_stays)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *future = start(loop, executor, block, NULL);

	wait_until_working(1);
	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	open_gate();
	aw_executor_shutdown(executor);
	run_iterations(loop, 2);
	ck_assert_int_eq(aw_future_result(future), 1);
	aw_future_unref(future);
}

/* --------------------------------------------------------------- executors */

static int
note_order(void *word)
{
	note(word);
	return 0;
}

LOOP_TEST(one_thread_takes_them_in_the_order_of_coming)
{
	aw_executor *executor = aw_executor_new(1);
	static char *const words[] = { "a", "b", "c", "d" };
	aw_future *futures[4];
	int i;

	for (i = 0; i < 4; i++)
		futures[i] = start(loop, executor, note_order, words[i]);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(finish(loop, futures[i]), 0);
	ck_assert_notes("a b c d");
	aw_executor_shutdown(executor);
}

LOOP_TEST(there_are_no_more_threads_than_asked_for)
{
	aw_executor *executor = aw_executor_new(3);
	aw_future *futures[6];
	int i;

	for (i = 0; i < 6; i++)
		futures[i] = start(loop, executor, block, NULL);
	wait_until_working(3);
	run_iterations(loop, 3);
	usleep(5000);
	ck_assert_uint_eq(count_working(), 3);
	open_gate();
	for (i = 0; i < 6; i++)
		ck_assert_int_eq(finish(loop, futures[i]), 5);
	aw_executor_shutdown(executor);
}

LOOP_TEST(shutdown_waits_for_all_that_it_was_given)
{
	aw_executor *executor = aw_executor_new(2);
	aw_future *futures[10];
	int number = 1, i;

	for (i = 0; i < 10; i++)
		futures[i] = start(loop, executor, i == 0 ? block :
		    return_number, &number);
	wait_until_working(1);
	open_gate();
	aw_executor_shutdown(executor);
	/* The loop hears of it when it runs. */
	ck_assert(!aw_future_done(futures[9]));
	run_iterations(loop, 1);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(aw_future_result(futures[i]), i == 0 ? 5 : 1);
		aw_future_unref(futures[i]);
	}
}

START_TEST(shutdown_takes_a_null_and_one_that_was_never_used)
{
	aw_executor_shutdown(NULL);
	aw_executor_shutdown(aw_executor_new(0));
}
END_TEST

/* Another loop in a thread of its own, with the same executor. */
static int
use_executor(void *executor)
{
	int number, result, sum = 0;
	aw_future *future;

	for (number = 1; number <= 20; number++) {
		future = aw_loop_run_in_executor(aw_get_running_loop(),
		    executor, return_number, &number);
		result = join(future);
		if (result < 0)
			return result;
		sum += result;
	}
	return sum;
}

static void *
run_another_loop(void *executor)
{
	static _Atomic(int) sum;

	atomic_fetch_add(&sum, aw_run(use_executor, executor));
	return &sum;
}

START_TEST(several_loops_share_one)
{
	aw_executor *executor = aw_executor_new(2);
	pthread_t threads[3];
	void *sum = NULL;
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
		    run_another_loop, executor), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_join(threads[i], &sum), 0);
	ck_assert_int_eq(*(_Atomic(int) *)sum, 3 * 210);
	aw_executor_shutdown(executor);
}
END_TEST

LOOP_TEST(a_loop_that_closes_takes_its_calls_out_of_a_shared_one)
{
	aw_executor *executor = aw_executor_new(1);
	aw_loop *other = aw_loop_new(NULL);
	aw_future *mine, *next;
	int number = 3;

	aw_future_unref(start(other, executor, block, NULL));
	wait_until_working(1);
	aw_future_unref(start(other, executor, block, NULL));
	mine = start(loop, executor, return_number, &number);
	ck_assert_int_eq(aw_loop_close(other), 0);
	next = start(loop, executor, return_number, &number);
	open_gate();
	ck_assert_int_eq(finish(loop, mine), 3);
	ck_assert_int_eq(finish(loop, next), 3);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(count_working(), 1);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_result_is_the_futures,
		an_error_is_the_futures,
		a_function_that_says_cancelled_cancels_it,
		an_error_that_nobody_asks_for_is_reported,
		cancelled_before_it_began_the_function_never_runs,
		cancelled_while_it_runs_the_function_goes_on,
		cancelling_the_task_that_awaits_it_cancels_it,
		a_result_that_was_set_meanwhile_stays,
		one_thread_takes_them_in_the_order_of_coming,
		there_are_no_more_threads_than_asked_for,
		shutdown_waits_for_all_that_it_was_given,
		shutdown_takes_a_null_and_one_that_was_never_used,
		several_loops_share_one,
		a_loop_that_closes_takes_its_calls_out_of_a_shared_one,
	};

	return UNIT_RUN_FORKED("run_in_executor", tests);
}
