/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Processes that are given back while they run, and with a loop that closes.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "process/children.h"

PROCESS_TEST(nothing_can_be_freed)
{
	aw_process_free(NULL);
}

/* Lets the loop run until the process is gone, and no dead one either. */
static void
see_reaped(pid_t pid)
{
	double end = aw_loop_time(NULL) + UNIT_TIMEOUT / 2;

	while (exists(pid)) {
		ck_assert(aw_loop_time(NULL) < end);
		ck_assert_int_eq(aw_sleep(0.001), 0);
	}
}

PROCESS_TEST(one_that_runs_is_killed_and_reaped)
{
	aw_process *process = start_sleeper();
	pid_t pid = aw_process_pid(process);

	aw_process_free(process);
	see_reaped(pid);
}

PROCESS_TEST(one_that_has_ended_is_not_killed)
{
	aw_process *process = start("exit 0", NULL);
	unsigned signals = process_signals;

	ck_assert_int_eq(aw_process_wait(process, NULL), 0);
	aw_process_free(process);
	ck_assert_uint_eq(process_signals, signals);
}

PROCESS_TEST(one_that_has_just_ended_is_not_killed)
{
	aw_process *process = start("exit 0", NULL);
	pid_t pid = aw_process_pid(process);
	unsigned signals = process_signals;

	/* The loop has not heard of it yet. */
	see_end(pid);
	aw_process_free(process);
	ck_assert_uint_eq(process_signals, signals);
	ck_assert(!exists(pid));
}

PROCESS_TEST(one_that_ignores_signals_is_killed_all_the_same)
{
	aw_process *process = start("trap '' TERM HUP INT; sleep 0.3", NULL);
	pid_t pid = aw_process_pid(process);

	ck_assert_int_eq(aw_sleep(0.02), 0);
	aw_process_free(process);
	see_reaped(pid);
}

PROCESS_TEST(many_are_killed_at_once)
{
	aw_process *processes[10];
	pid_t last;
	int i;

	for (i = 0; i < 10; i++)
		processes[i] = start_sleeper();
	last = aw_process_pid(processes[9]);
	for (i = 0; i < 10; i++)
		aw_process_free(processes[i]);
	see_reaped(last);
}

PROCESS_TEST(a_closing_loop_reaps_what_was_freed)
{
	/* Nothing runs any more; process_run sees to the children. */
	aw_process_free(start_sleeper());
	aw_process_free(start_sleeper());
}

static int
run_and_free(void *pid)
{
	aw_process *process = start_sleeper();
	int err;

	*(pid_t *)pid = aw_process_pid(process);
	err = aw_process_wait(process, NULL);
	aw_process_free(process);
	return err;
}

PROCESS_TEST(a_cancelled_task_takes_its_process_along)
{
	pid_t pid = 0;
	aw_task *task = spawn(run_and_free, &pid);

	turns(2);
	ck_assert(exists(pid));
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	see_reaped(pid);
}

PROCESS_TEST(a_task_that_is_cancelled_at_once_starts_none)
{
	pid_t pid = 0;
	aw_task *task = spawn(run_and_free, &pid);

	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(pid, 0);
}

static void
cancel(void *task)
{
	aw_cancel(task);
}

PROCESS_TEST(a_cancellation_comes_out_where_the_task_waits)
{
	pid_t pid = 0;
	aw_task *task = spawn(run_and_free, &pid);

	/* As the task runs first, it has its process by then. */
	aw_loop_call_soon(aw_get_running_loop(), cancel, task);
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_ne(pid, 0);
	see_reaped(pid);
}

static int
wait_for_sleeper(void *arg)
{
	pid_t pid;

	(void)arg;
	return run_and_free(&pid);
}

START_TEST(a_task_that_is_dropped_frees_its_process)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;

	record_reports(loop);
	task = aw_loop_create_task(loop, wait_for_sleeper, NULL, NULL);
	stop_after(loop, 3);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

static aw_process *forgotten;

static int
start_and_forget(void *arg)
{
	(void)arg;
	forgotten = start_sleeper();
	return 0;
}

START_TEST(one_that_was_forgotten_does_not_outlive_the_loop)
{
	unsigned descriptors = count_descriptors();
	int returncode;

	ck_assert_int_eq(aw_run(start_and_forget, NULL), 0);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(aw_process_returncode(forgotten, &returncode), 0);
	ck_assert_int_eq(returncode, -SIGKILL);
	aw_process_free(forgotten);
	ck_assert_uint_eq(count_descriptors(), descriptors);
}
END_TEST

START_TEST(outside_of_a_task_nobody_can_wait)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, start_and_forget, NULL,
	    NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert_int_eq(aw_process_wait(forgotten, NULL), AW_ENOTASK);
	/* But send signals, and give it back. */
	ck_assert_int_eq(aw_process_terminate(forgotten), 0);
	aw_process_free(forgotten);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_can_be_freed,
		one_that_runs_is_killed_and_reaped,
		one_that_has_ended_is_not_killed,
		one_that_has_just_ended_is_not_killed,
		one_that_ignores_signals_is_killed_all_the_same,
		many_are_killed_at_once,
		a_closing_loop_reaps_what_was_freed,
		a_cancelled_task_takes_its_process_along,
		a_task_that_is_cancelled_at_once_starts_none,
		a_cancellation_comes_out_where_the_task_waits,
		a_task_that_is_dropped_frees_its_process,
		one_that_was_forgotten_does_not_outlive_the_loop,
		outside_of_a_task_nobody_can_wait,
	};

	return PROCESS_RUN("process_free", tests);
}
