/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/core.h"

static pthread_t worker;
static atomic_bool begun, gate, ended;

static int
return_number(void *number)
{
	worker = pthread_self();
	return *(int *)number;
}

/* Works until the gate is open. */
static int
block(void *arg)
{
	(void)arg;
	atomic_store(&begun, true);
	while (!atomic_load(&gate))
		usleep(100);
	atomic_store(&ended, true);
	return 5;
}

static void
wait_until_begun(void)
{
	while (!atomic_load(&begun))
		ck_assert_int_eq(aw_sleep(0.0005), 0);
}

static void
open_gate(void *arg)
{
	(void)arg;
	note("gate");
	atomic_store(&gate, true);
}

static void
open_gate_later(void)
{
	ck_assert_ptr_nonnull(aw_loop_call_later(aw_get_running_loop(), 0.02,
	    open_gate, NULL));
}

TASK_TEST(the_function_runs_in_a_thread_and_its_result_comes_back)
{
	int number = 42;

	ck_assert_int_eq(aw_to_thread(return_number, &number), 42);
	ck_assert(!pthread_equal(worker, pthread_self()));
}

TASK_TEST(an_error_comes_back_too)
{
	int number = -EIO;

	ck_assert_int_eq(aw_to_thread(return_number, &number), -EIO);
}

static int
count(void *arg)
{
	return (int)(atomic_fetch_add((atomic_uint *)arg, 1) + 1);
}

TASK_TEST(the_function_is_called_once)
{
	atomic_uint calls = 0;

	ck_assert_int_eq(aw_to_thread(count, &calls), 1);
	turns(3);
	ck_assert_uint_eq(atomic_load(&calls), 1);
}

/* Returns once so many are in here at the same time. */
static atomic_uint together;

static int
meet(void *arg)
{
	unsigned expected = *(unsigned *)arg;

	atomic_fetch_add(&together, 1);
	while (atomic_load(&together) < expected)
		usleep(100);
	return 1;
}

static int
meet_in_thread(void *arg)
{
	return aw_to_thread(meet, arg);
}

TASK_TEST(several_run_at_the_same_time)
{
	unsigned expected = 4, i;
	aw_task *tasks[4];

	for (i = 0; i < expected; i++)
		tasks[i] = spawn(meet_in_thread, &expected);
	for (i = 0; i < expected; i++)
		ck_assert_int_eq(join(tasks[i]), 1);
}

static int
block_in_thread(void *arg)
{
	int result = aw_to_thread(block, arg);

	note(atomic_load(&ended) ? "after" : "before");
	return result;
}

TASK_TEST(other_tasks_run_meanwhile)
{
	aw_task *task = spawn(block_in_thread, NULL);

	wait_until_begun();
	note("other");
	atomic_store(&gate, true);
	ck_assert_int_eq(join(task), 5);
	ck_assert_notes("other after");
}

TASK_TEST(cancelled_it_still_waits_for_the_function)
{
	aw_task *task = spawn(block_in_thread, NULL);

	wait_until_begun();
	ck_assert(aw_cancel(task));
	turns(3);
	ck_assert(!aw_future_done(task));
	/* Another one is no reason to leave either. */
	ck_assert(aw_cancel(task));
	turns(3);
	ck_assert(!aw_future_done(task));
	open_gate_later();
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("gate after");
}

TASK_TEST(a_function_that_has_not_begun_never_runs_once_cancelled)
{
	aw_loop *loop = aw_get_running_loop();
	aw_task *first, *second;

	ck_assert_int_eq(aw_loop_set_default_executor(loop,
	    aw_executor_new(1)), 0);
	first = spawn(block_in_thread, NULL);
	wait_until_begun();
	atomic_store(&begun, false);
	second = spawn(block_in_thread, NULL);
	turns(2);
	ck_assert(aw_cancel(second));
	ck_assert_int_eq(join(second), -ECANCELED);
	ck_assert_notes("before");
	atomic_store(&gate, true);
	ck_assert_int_eq(join(first), 5);
	ck_assert(!atomic_load(&begun));
	ck_assert_notes("after");
}

TASK_TEST(a_cancellation_that_comes_before_it_waits_takes_it_back)
{
	aw_loop *loop = aw_get_running_loop();
	aw_task *first;
	int number = 1;

	ck_assert_int_eq(aw_loop_set_default_executor(loop,
	    aw_executor_new(1)), 0);
	first = spawn(block_in_thread, NULL);
	wait_until_begun();
	ck_assert(aw_cancel(aw_current_task()));
	ck_assert_int_eq(aw_to_thread(return_number, &number), -ECANCELED);
	ck_assert_uint_eq(aw_task_uncancel(aw_current_task()), 0);
	atomic_store(&gate, true);
	ck_assert_int_eq(join(first), 5);
	take_notes();
}

/* Has the deadline pass once the function runs. */
static int
expire(void *timeout)
{
	wait_until_begun();
	ck_assert_int_eq(aw_timeout_reschedule(timeout,
	    aw_loop_time(aw_get_running_loop())), 0);
	open_gate_later();
	return 0;
}

TASK_TEST(a_timeout_over_it_waits_too_and_is_one)
{
	aw_timeout *timeout;
	aw_task *task;
	int result;

	ck_assert_int_eq(aw_timeout_enter(-1, &timeout), 0);
	task = spawn(expire, timeout);
	result = aw_to_thread(block, NULL);
	ck_assert_int_eq(aw_timeout_exit(timeout, result), -ETIMEDOUT);
	ck_assert(atomic_load(&ended));
	ck_assert_notes("gate");
	ck_assert_int_eq(join(task), 0);
}

START_TEST(outside_of_a_task_it_is_an_error)
{
	ck_assert_int_eq(aw_to_thread(block, NULL), AW_ENOTASK);
}
END_TEST

static int
shut_down_and_call(void *arg)
{
	int number = 1;

	(void)arg;
	ck_assert_int_eq(aw_loop_shutdown_default_executor(
	    aw_get_running_loop(), -1), 0);
	return aw_to_thread(return_number, &number);
}

TASK_TEST(after_the_executors_shutdown_it_is_refused)
{
	ck_assert_int_eq(join(spawn(shut_down_and_call, NULL)),
	    AW_EINVALIDSTATE);
}

/* ------------------------------------------------------------------- close */

static void *
open_gate_in_thread(void *arg)
{
	usleep(20000);
	atomic_store(&gate, true);
	return arg;
}

START_TEST(closing_the_loop_blocks_until_the_function_has_returned)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, block_in_thread, NULL, NULL);
	pthread_t thread;

	record_reports(loop);
	aw_future_unref(task);
	while (!atomic_load(&begun)) {
		stop_after(loop, 1);
		ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	}
	ck_assert_int_eq(pthread_create(&thread, NULL, open_gate_in_thread,
	    NULL), 0);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	/* What it works with may lie on the task's stack. */
	ck_assert_notes("after");
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

START_TEST(closing_the_loop_takes_back_what_has_not_begun)
{
	aw_loop *loop = aw_loop_new(NULL);

	ck_assert_int_eq(aw_loop_set_default_executor(loop,
	    aw_executor_new(1)), 0);
	record_reports(loop);
	aw_future_unref(aw_loop_run_in_executor(loop, NULL, block, NULL));
	while (!atomic_load(&begun))
		usleep(100);
	aw_future_unref(aw_loop_create_task(loop, block_in_thread, NULL,
	    NULL));
	stop_after(loop, 2);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	atomic_store(&begun, false);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_notes("before");
	take_reports();
	atomic_store(&gate, true);
	while (!atomic_load(&ended))
		usleep(100);
	ck_assert(!atomic_load(&begun));
}
END_TEST

static int
call_while_closing(void *arg)
{
	int number = 1, err = aw_sleep(1000);

	(void)arg;
	note(aw_to_thread(return_number, &number) == AW_EINVALIDSTATE ?
	    "refused" : "called");
	return err;
}

LOOP_TEST(in_a_loop_that_is_closing_it_is_refused)
{
	aw_loop *closing = aw_loop_new(NULL);

	(void)loop;
	record_reports(closing);
	aw_future_unref(aw_loop_create_task(closing, call_while_closing, NULL,
	    NULL));
	stop_after(closing, 2);
	ck_assert_int_eq(aw_loop_run_forever(closing), 0);
	ck_assert_int_eq(aw_loop_close(closing), 0);
	ck_assert_notes("refused");
	ck_assert_uint_eq(take_reports().count, 1);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_function_runs_in_a_thread_and_its_result_comes_back,
		an_error_comes_back_too,
		the_function_is_called_once,
		several_run_at_the_same_time,
		other_tasks_run_meanwhile,
		cancelled_it_still_waits_for_the_function,
		a_function_that_has_not_begun_never_runs_once_cancelled,
		a_cancellation_that_comes_before_it_waits_takes_it_back,
		a_timeout_over_it_waits_too_and_is_one,
		outside_of_a_task_it_is_an_error,
		after_the_executors_shutdown_it_is_refused,
		closing_the_loop_blocks_until_the_function_has_returned,
		closing_the_loop_takes_back_what_has_not_begun,
		in_a_loop_that_is_closing_it_is_refused,
	};

	return UNIT_RUN_FORKED("to_thread", tests);
}
