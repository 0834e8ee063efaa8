/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/core.h"

static atomic_bool gate;
static atomic_uint working, ended;

static int
return_number(void *number)
{
	return *(int *)number;
}

static int
block(void *arg)
{
	(void)arg;
	atomic_fetch_add(&working, 1);
	while (!atomic_load(&gate))
		usleep(100);
	atomic_fetch_add(&ended, 1);
	return 5;
}

static aw_future *
start(aw_loop *loop, aw_executor *executor, aw_function *function, void *arg)
{
	aw_future *future = aw_loop_run_in_executor(loop, executor, function,
	    arg);

	ck_assert_ptr_nonnull(future);
	return future;
}

static int
finish(aw_loop *loop, aw_future *future)
{
	int result = aw_loop_run_until_complete(loop, future);

	aw_future_unref(future);
	return result;
}

static void
wait_until_working(unsigned count)
{
	while (atomic_load(&working) < count)
		usleep(100);
}

static void
run_iterations(aw_loop *loop, unsigned count)
{
	stop_after(loop, count);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

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
	atomic_store(&gate, true);
	ck_assert_int_eq(finish(loop, first), 5);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(atomic_load(&working), 1);
	aw_future_unref(second);
}

LOOP_TEST(cancelled_while_it_runs_the_function_goes_on)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *future = start(loop, executor, block, NULL);

	wait_until_working(1);
	ck_assert(aw_cancel(future));
	ck_assert_int_eq(finish(loop, future), -ECANCELED);
	ck_assert_uint_eq(atomic_load(&ended), 0);
	atomic_store(&gate, true);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(atomic_load(&ended), 1);
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
	atomic_store(&gate, true);
	ck_assert_int_eq(finish(loop, first), 5);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(atomic_load(&working), 1);
	aw_future_unref(second);
}

LOOP_TEST(a_result_that_was_set_meanwhile_stays)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *future = start(loop, executor, block, NULL);

	wait_until_working(1);
	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	atomic_store(&gate, true);
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
	ck_assert_uint_eq(atomic_load(&working), 3);
	atomic_store(&gate, true);
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
	atomic_store(&gate, true);
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
	atomic_store(&gate, true);
	ck_assert_int_eq(finish(loop, mine), 3);
	ck_assert_int_eq(finish(loop, next), 3);
	aw_executor_shutdown(executor);
	ck_assert_uint_eq(atomic_load(&working), 1);
}

/* -------------------------------------------------------- default executor */

LOOP_TEST(the_default_executor_can_be_set_once)
{
	aw_executor *executor = aw_executor_new(1), *second;
	int number = 4;

	ck_assert_int_eq(aw_loop_set_default_executor(loop, NULL), -ENOMEM);
	ck_assert_int_eq(aw_loop_set_default_executor(loop, executor), 0);
	second = aw_executor_new(1);
	ck_assert_int_eq(aw_loop_set_default_executor(loop, second), -EBUSY);
	aw_executor_shutdown(second);
	ck_assert_int_eq(finish(loop, start(loop, NULL, return_number,
	    &number)), 4);
	/* By either name it is the same. */
	ck_assert_int_eq(finish(loop, start(loop, executor, return_number,
	    &number)), 4);
}

LOOP_TEST(the_default_executor_that_was_set_is_used)
{
	aw_future *futures[3];
	int i;

	ck_assert_int_eq(aw_loop_set_default_executor(loop,
	    aw_executor_new(2)), 0);
	for (i = 0; i < 3; i++)
		futures[i] = start(loop, NULL, block, NULL);
	wait_until_working(2);
	usleep(5000);
	ck_assert_uint_eq(atomic_load(&working), 2);
	atomic_store(&gate, true);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(finish(loop, futures[i]), 5);
}

static int
shut_down(void *timeout)
{
	int err = aw_loop_shutdown_default_executor(aw_get_running_loop(),
	    *(double *)timeout);

	note(err == 0 ? "down" : aw_strerror(err));
	return err;
}

static void
open_gate(void *arg)
{
	(void)arg;
	note("gate");
	atomic_store(&gate, true);
}

TASK_TEST(shutting_it_down_waits_for_what_it_was_given)
{
	aw_loop *loop = aw_get_running_loop();
	aw_future *future = start(loop, NULL, block, NULL);
	double never = -1;
	aw_task *first = spawn(shut_down, &never);
	aw_task *second = spawn(shut_down, &never);

	aw_loop_call_later(loop, 0.01, open_gate, NULL);
	ck_assert_int_eq(join(first), 0);
	ck_assert_int_eq(join(second), 0);
	ck_assert_notes("gate down down");
	/* Its future has ended before. */
	ck_assert_int_eq(aw_future_result(future), 5);
	aw_future_unref(future);
	ck_assert_ptr_null(aw_loop_run_in_executor(loop, NULL, block, NULL));
}

TASK_TEST(shutting_it_down_can_time_out)
{
	aw_loop *loop = aw_get_running_loop();
	aw_future *future = start(loop, NULL, block, NULL);

	wait_until_working(1);
	ck_assert_int_eq(aw_loop_shutdown_default_executor(loop, 0.001),
	    -ETIMEDOUT);
	ck_assert_int_eq(aw_loop_shutdown_default_executor(loop, 0),
	    -ETIMEDOUT);
	atomic_store(&gate, true);
	ck_assert_int_eq(join(future), 5);
	ck_assert_int_eq(aw_loop_shutdown_default_executor(loop, 0), 0);
}

TASK_TEST(shutting_down_one_that_was_never_made_refuses_calls)
{
	aw_loop *loop = aw_get_running_loop();
	aw_executor *executor = aw_executor_new(1);

	ck_assert_int_eq(aw_loop_shutdown_default_executor(loop, -1), 0);
	ck_assert_ptr_null(aw_loop_run_in_executor(loop, NULL, block, NULL));
	ck_assert_int_eq(aw_loop_set_default_executor(loop, executor),
	    AW_EINVALIDSTATE);
	aw_executor_shutdown(executor);
}

LOOP_TEST(only_a_task_of_the_loop_can_shut_it_down)
{
	ck_assert_int_eq(aw_loop_shutdown_default_executor(loop, -1),
	    AW_ENOTASK);
}

static int
shut_down_anothers(void *other)
{
	return aw_loop_shutdown_default_executor(other, -1);
}

LOOP_TEST(a_task_of_another_loop_can_not_shut_it_down)
{
	aw_loop *other = aw_loop_new(NULL);

	ck_assert_int_eq(finish(loop, aw_loop_create_task(loop,
	    shut_down_anothers, other, NULL)), AW_EWRONGLOOP);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

/* ------------------------------------------------------------ close and run */

START_TEST(closing_the_loop_leaves_what_runs_and_drops_the_rest)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_future *running, *waiting;

	ck_assert_int_eq(aw_loop_set_default_executor(loop,
	    aw_executor_new(1)), 0);
	running = start(loop, NULL, block, NULL);
	wait_until_working(1);
	waiting = start(loop, NULL, block, NULL);
	ck_assert_int_eq(aw_future_add_done_callback(running, note_done,
	    "called"), 0);
	aw_future_unref(running);
	aw_future_unref(waiting);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(atomic_load(&ended), 0);
	ck_assert_notes("");
	atomic_store(&gate, true);
	while (atomic_load(&ended) == 0)
		usleep(100);
	ck_assert_uint_eq(atomic_load(&working), 1);
}
END_TEST

static int
leave_a_function(void *arg)
{
	aw_future_unref(aw_loop_run_in_executor(aw_get_running_loop(), NULL,
	    block, arg));
	while (atomic_load(&working) == 0)
		if (aw_sleep(0.0005) < 0)
			return -EIO;
	aw_loop_call_later(aw_get_running_loop(), 0.005, open_gate, NULL);
	return 8;
}

START_TEST(a_run_waits_for_functions_in_threads)
{
	ck_assert_int_eq(aw_run(leave_a_function, NULL), 8);
	ck_assert_uint_eq(atomic_load(&ended), 1);
	ck_assert_notes("gate");
}
END_TEST

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
		the_default_executor_can_be_set_once,
		the_default_executor_that_was_set_is_used,
		shutting_it_down_waits_for_what_it_was_given,
		shutting_it_down_can_time_out,
		shutting_down_one_that_was_never_made_refuses_calls,
		only_a_task_of_the_loop_can_shut_it_down,
		a_task_of_another_loop_can_not_shut_it_down,
		closing_the_loop_leaves_what_runs_and_drops_the_rest,
		a_run_waits_for_functions_in_threads,
	};

	return UNIT_RUN("run_in_executor", tests);
}
