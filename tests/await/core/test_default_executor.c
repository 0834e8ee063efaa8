/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/blocking.h"
#include "core/executor.h"

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
	ck_assert_uint_eq(count_working(), 2);
	open_gate();
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

TASK_TEST(shutting_it_down_waits_for_what_it_was_given)
{
	aw_loop *loop = aw_get_running_loop();
	aw_future *future = start(loop, NULL, block, NULL);
	double never = -1;
	aw_task *first = spawn(shut_down, &never);
	aw_task *second = spawn(shut_down, &never);

	aw_loop_call_later(loop, 0.01, note_and_open_gate, NULL);
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
	open_gate();
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

/* ----------------------------------------------------------- close and run */

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
	ck_assert_uint_eq(count_ended(), 0);
	ck_assert_notes("");
	open_gate();
	wait_until_ended(1);
	ck_assert_uint_eq(count_working(), 1);
}
END_TEST

static int
leave_a_function(void *arg)
{
	aw_future_unref(aw_loop_run_in_executor(aw_get_running_loop(), NULL,
	    block, arg));
	while (count_working() == 0)
		if (aw_sleep(0.0005) < 0)
			return -EIO;
	aw_loop_call_later(aw_get_running_loop(), 0.005, note_and_open_gate, NULL);
	return 8;
}

START_TEST(a_run_waits_for_functions_in_threads)
{
	ck_assert_int_eq(aw_run(leave_a_function, NULL), 8);
	ck_assert_uint_eq(count_ended(), 1);
	ck_assert_notes("gate");
}
END_TEST

START_TEST(a_call_that_was_cancelled_may_outlive_its_loop)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_future *future = start(loop, NULL, block, NULL);

	wait_until_working(1);
	ck_assert(aw_cancel(future));
	ck_assert_int_eq(finish(loop, future), -ECANCELED);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	open_gate();
	wait_until_ended(1);
}
END_TEST

/* As the library looks up names. */
static void
work_on_job(struct aw_job *job)
{
	(void)job;
	block(NULL);
}

static atomic_bool job_dropped;

static void
drop_job(struct aw_job *job)
{
	(void)job;
	atomic_store(&job_dropped, true);
}

static int
leave_a_job(void *job)
{
	int err = aw_executor_submit(aw_get_running_loop(), job);

	wait_until_working(1);
	return err;
}

START_TEST(a_run_does_not_wait_for_the_librarys_own_jobs)
{
	static struct aw_job job = { .work = work_on_job, .done = drop_job,
	    .drop = drop_job };

	ck_assert_int_eq(aw_run(leave_a_job, &job), 0);
	ck_assert_uint_eq(count_ended(), 0);
	open_gate();
	wait_until_ended(1);
	while (!atomic_load(&job_dropped))
		usleep(100);
}
END_TEST

static int
block_for_good(void *arg)
{
	aw_future_unref(start(aw_get_running_loop(), NULL, block, arg));
	wait_until_working(1);
	return 0;
}

static int
send_interrupt(void *arg)
{
	(void)arg;
	/* The first may come while the main task still runs. */
	while (kill(getpid(), SIGINT) == 0)
		usleep(5000);
	return -errno;
}

static int
block_and_interrupt(void *arg)
{
	aw_future_unref(start(aw_get_running_loop(), NULL, send_interrupt,
	    arg));
	return block_for_good(arg);
}

static void
run_and_interrupt(void)
{
	signal(SIGINT, SIG_DFL);
	(void)!aw_run(block_and_interrupt, NULL);
}

START_TEST(a_sigint_ends_a_run_that_waits_for_a_function)
{
	char text[1000];
	int status = in_child(run_and_interrupt, text, sizeof(text));

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGINT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_default_executor_can_be_set_once,
		the_default_executor_that_was_set_is_used,
		shutting_it_down_waits_for_what_it_was_given,
		shutting_it_down_can_time_out,
		shutting_down_one_that_was_never_made_refuses_calls,
		only_a_task_of_the_loop_can_shut_it_down,
		a_task_of_another_loop_can_not_shut_it_down,
		closing_the_loop_leaves_what_runs_and_drops_the_rest,
		a_run_waits_for_functions_in_threads,
		a_call_that_was_cancelled_may_outlive_its_loop,
		a_run_does_not_wait_for_the_librarys_own_jobs,
		a_sigint_ends_a_run_that_waits_for_a_function,
	};

	return UNIT_RUN_FORKED("default_executor", tests);
}
