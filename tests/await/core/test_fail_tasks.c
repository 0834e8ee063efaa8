/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks, and what they wait for, when something runs out.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "core/core.h"
#include "core/executor.h"
#include "core/scenario.h"
#include "core/task.h"

static unsigned called;

static void
count_call(void *arg)
{
	(void)arg;
	called++;
}

static int
return_int(void *number)
{
	return *(int *)number;
}

static int
sleep_for(void *delay)
{
	return aw_sleep(*(double *)delay);
}

/* Awaits a task and gives it back; the task may be NULL. */
static int
finish_task(aw_task *task, int expected)
{
	int result = aw_await(task);

	aw_future_unref(task);
	if (result < 0 && result != expected)
		return result;
	must(result == expected);
	return 0;
}

static int
do_tasks(void *arg)
{
	int number = 42, err;
	double moment = 0.0001, far = 1000;
	aw_task *task = aw_create_task(return_int, &number, NULL);

	(void)arg;
	err = finish_task(task, 42);
	if (err == 0)
		err = finish_task(aw_create_task(sleep_for, &moment, "named"),
		    0);
	if (err < 0)
		return err;
	task = aw_create_task(sleep_for, &far, NULL);
	err = aw_sleep(0);
	if (err == 0)
		err = aw_task_set_name(task, "renamed");
	aw_cancel(task);
	if (err < 0) {
		aw_future_unref(task);
		return err;
	}
	err = finish_task(task, -ECANCELED);
	return err;
}

static int
run_tasks(void)
{
	return run_main(do_tasks, NULL);
}

START_TEST(tasks_are_made_or_refused)
{
	fail_each_call(run_tasks, _i == 1);
}
END_TEST

static int
make_many_tasks(void *arg)
{
	enum { TASKS = 40 };
	aw_task *tasks[TASKS];
	double moment = 0.0001;
	int i, err = 0, result;

	(void)arg;
	for (i = 0; i < TASKS; i++)
		tasks[i] = aw_create_task(sleep_for, &moment, NULL);
	for (i = 0; i < TASKS; i++) {
		result = finish_task(tasks[i], 0);
		if (err == 0)
			err = result;
	}
	return err;
}

static int
run_many_tasks(void)
{
	return run_main(make_many_tasks, NULL);
}

START_TEST(many_tasks_at_once_are_made_or_refused)
{
	fail_each_call(run_many_tasks, _i == 1);
}
END_TEST

/* Leaves tasks of all kinds pending for the loop to close. */
static int
leave_tasks(void *arg)
{
	static double far = 1000;
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	int err = future != NULL ? 0 : -ENOMEM, i;

	(void)arg;
	if (err == 0)
		err = aw_future_add_done_callback(future, note_done, "never");
	for (i = 0; i < 3 && err == 0; i++) {
		aw_task *task = aw_create_task(sleep_for, &far, "left");

		err = task != NULL ? 0 : -ENOMEM;
		aw_future_unref(task);
		if (err == 0 && i < 2)
			err = aw_sleep(0);
	}
	aw_future_unref(future);
	return err;
}

static int
run_and_leave_tasks(void)
{
	return run_main(leave_tasks, NULL);
}

START_TEST(closing_works_without_memory)
{
	fail_each_call(run_and_leave_tasks, _i == 1);
}
END_TEST

/* ----------------------------------------------------------------- futures */

static void
count_done(aw_future *future, void *arg)
{
	(void)future, (void)arg;
	called++;
}

static int
do_futures(void *arg)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = NULL;
	int err, result;

	(void)arg;
	called = 0;
	err = aw_future_add_done_callback(future, count_done, NULL);
	if (err == 0) {
		task = aw_create_task(await_it, future, NULL);
		err = aw_sleep(0);
	}
	must(aw_future_set_result(future, 9) == (future ? 0 : -ENOMEM));
	if (task != NULL) {
		result = finish_task(task, 9);
		err = err == 0 ? result : err;
		must(called == 1);
	} else if (err == 0) {
		err = -ENOMEM;
	}
	aw_future_unref(future);
	return err;
}

static int
run_futures(void)
{
	return run_main(do_futures, NULL);
}

START_TEST(futures_and_their_callbacks_are_made_or_refused)
{
	fail_each_call(run_futures, _i == 1);
}
END_TEST

/* ---------------------------------------------------------------- timeouts */

static int
do_timeouts(void *arg)
{
	aw_timeout *outer, *inner;
	int err, result;

	(void)arg;
	err = aw_timeout_enter(1000, &outer);
	if (err < 0)
		return err;
	err = aw_timeout_enter(0.0001, &inner);
	if (err < 0)
		return aw_timeout_exit(outer, err);
	result = aw_timeout_exit(inner, aw_sleep(1000));
	must(result == -ETIMEDOUT || result == -ENOMEM);
	must(aw_timeout_exit(outer, result) == result);
	return result == -ETIMEDOUT ? 0 : result;
}

static int
run_timeouts(void)
{
	return run_main(do_timeouts, NULL);
}

START_TEST(timeouts_are_set_or_refused)
{
	fail_each_call(run_timeouts, _i == 1);
}
END_TEST

/* ------------------------------------------------------------- descriptors */

static int
wait_for_pipe(void *fd)
{
	return aw_wait_readable(*(int *)fd);
}

static int
do_wait(void *arg)
{
	int ends[2], err, result;
	aw_task *task;

	(void)arg;
	must(pipe(ends) == 0);
	err = aw_wait_writable(ends[1]);
	if (err == 0) {
		task = aw_create_task(wait_for_pipe, &ends[0], NULL);
		err = aw_sleep(0);
		must(write(ends[1], "x", 1) == 1);
		result = finish_task(task, 0);
		err = err == 0 ? result : err;
	}
	close(ends[0]);
	close(ends[1]);
	return err;
}

static int
run_wait(void)
{
	return run_main(do_wait, NULL);
}

START_TEST(descriptors_are_waited_for_or_refused)
{
	fail_each_call(run_wait, _i == 1);
}
END_TEST

/* ----------------------------------------------------------------- signals */

static int
do_signals(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	int err;

	(void)arg;
	called = 0;
	err = aw_loop_add_signal_handler(loop, SIGUSR1, count_call, NULL);
	if (err < 0)
		return err;
	must(kill(getpid(), SIGUSR1) == 0);
	while (called == 0 && err == 0)
		err = aw_sleep(0);
	must(aw_loop_remove_signal_handler(loop, SIGUSR1));
	return err;
}

static int
run_signals(void)
{
	return run_main(do_signals, NULL);
}

START_TEST(signal_handlers_are_added_or_refused)
{
	fail_each_call(run_signals, _i == 1);
}
END_TEST

/* ---------------------------------------------------------------- executor */

struct work {
	struct aw_job job;
	struct task *task;
	bool worked;
};

static void
do_work(struct aw_job *job)
{
	aw_container_of(job, struct work, job)->worked = true;
}

static void
be_done(struct aw_job *job)
{
	aw_task_wake(aw_container_of(job, struct work, job)->task, 0);
}

static int
do_job(void *arg)
{
	struct work *work = arg;
	int err;

	*work = (struct work){ .job = { .work = do_work, .done = be_done,
	    .drop = be_done }, .task = aw_task_current() };
	err = aw_executor_submit(aw_get_running_loop(), &work->job);
	if (err == 0)
		err = aw_task_park(work->task, "a job");
	must(err < 0 || work->worked);
	return err;
}

static int
run_job(void)
{
	static struct work work;

	return run_main(do_job, &work);
}

START_TEST(jobs_are_worked_on_or_refused)
{
	fail_each_call(run_job, _i == 1);
}
END_TEST

static int
everything(void *arg)
{
	static struct work work;
	int err = do_tasks(arg);

	if (err == 0)
		err = do_futures(arg);
	if (err == 0)
		err = do_timeouts(arg);
	if (err == 0)
		err = do_wait(arg);
	if (err == 0)
		err = do_job(&work);
	if (err == 0)
		err = leave_tasks(arg);
	return err;
}

static int
main_everything(void *arg)
{
	aw_loop_set_exception_handler(aw_get_running_loop(), ignore_report,
	    NULL);
	return everything(arg);
}

static int
aw_run_everything(void)
{
	must(signal(SIGINT, SIG_DFL) != SIG_ERR);
	return aw_run(main_everything, NULL);
}

START_TEST(a_whole_run_succeeds_or_says_what_was_missing)
{
	fail_each_call(aw_run_everything, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tasks_are_made_or_refused,
		many_tasks_at_once_are_made_or_refused,
		closing_works_without_memory,
		futures_and_their_callbacks_are_made_or_refused,
		timeouts_are_set_or_refused,
		descriptors_are_waited_for_or_refused,
		signal_handlers_are_added_or_refused,
		jobs_are_worked_on_or_refused,
		a_whole_run_succeeds_or_says_what_was_missing,
	};

	fail_init();
	/* Once with a single call that fails, once with all from there on. */
	return UNIT_RUN_EACH("fail_tasks", tests, 2);
}
