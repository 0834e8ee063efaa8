/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Scenarios in which the n-th call of what can run out fails, for every n until
 * none is left to fail; and once more with every later call failing too.  Each
 * time the scenario either does all that it should, or gives the error of what
 * ran out; nothing leaks (the tools see to that), and nothing hangs.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "core/executor.h"
#include "core/task.h"
#include "coro/stack.h"
#include "fail.h"

/* More calls than any scenario makes. */
#define MOST_CALLS 2000

/* As ck_assert, which allocates even if all is well. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			fail_stop(); \
			ck_abort_msg("after %s failed: %s", fail_name(), \
			    #condition); \
		} \
	} while (0)

/* Checks that an error is one of having run out. */
static void
check_error(int result, unsigned n)
{
	switch (result) {
	case -ENOMEM:
	case -EAGAIN:
	case -EMFILE:
		break;
	default:
		ck_abort_msg("call %u, of %s, failed: the result was %d: %s", n,
		    fail_name(), result, aw_strerror(result));
	}
}

/* Runs the scenario until no call fails any more; it returns 0 or an error. */
static void
fail_each_call(int (*scenario)(void), bool for_good)
{
	unsigned n, descriptors = count_entries("/proc/self/fd");
	bool failed = true;
	int result;

	for (n = 1; failed; n++) {
		ck_assert_uint_lt(n, MOST_CALLS);
		fail_at(n, for_good);
		result = scenario();
		failed = fail_stop();
		if (result != 0)
			check_error(result, n);
		ck_assert_msg(result == 0 || failed, "%s without a failure",
		    aw_strerror(result));
		ck_assert_uint_eq(count_entries("/proc/self/fd"), descriptors);
	}
	/* The last round, in which nothing failed, did everything. */
	ck_assert_int_eq(result, 0);
	ck_assert_uint_gt(n, 2);
}

/* Reports are of no interest, but they must not be printed. */
static void
ignore_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)context, (void)arg;
}

/* Runs the coroutine as the main task of a loop; its result. */
static int
run_main(aw_coroutine *coroutine, void *arg)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;
	int result;

	if (loop == NULL)
		return -ENOMEM;
	aw_loop_set_exception_handler(loop, ignore_report, NULL);
	task = aw_loop_create_task(loop, coroutine, arg, "main");
	result = aw_loop_run_until_complete(loop, task);
	aw_future_unref(task);
	aw_loop_close(loop);
	return result;
}

/* ------------------------------------------------------------------- loops */

static int
make_and_close(void)
{
	aw_loop *loop = aw_loop_new(NULL);

	if (loop == NULL)
		return -ENOMEM;
	return aw_loop_close(loop);
}

START_TEST(a_loop_is_made_or_not)
{
	fail_each_call(make_and_close, _i == 1);
}
END_TEST

static unsigned called;

static void
count_call(void *arg)
{
	(void)arg;
	called++;
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

static void *
call_from_thread(void *loop)
{
	return aw_loop_call_soon_threadsafe(loop, count_call, NULL) < 0 ?
	    loop : NULL;
}

/* Returns how many callbacks are to be expected, or an error. */
static int
call_all_ways(aw_loop *loop)
{
	pthread_t thread;
	void *failed;

	if (aw_loop_call_soon(loop, count_call, NULL) == NULL ||
	    aw_loop_call_later(loop, 0.0001, count_call, NULL) == NULL ||
	    aw_loop_call_at(loop, 0, count_call, NULL) == NULL ||
	    aw_loop_call_soon_threadsafe(loop, count_call, NULL) < 0)
		return -ENOMEM;
	aw_handle_cancel(aw_loop_call_soon(loop, count_call, NULL));
	aw_handle_cancel(aw_loop_call_later(loop, 1000, count_call, NULL));
	if (pthread_create(&thread, NULL, call_from_thread, loop) != 0)
		return -EAGAIN;
	if (pthread_join(thread, &failed) != 0 || failed != NULL)
		return -ENOMEM;
	return 5;
}

static int
run_callbacks(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	int expected;

	if (loop == NULL)
		return -ENOMEM;
	called = 0;
	expected = call_all_ways(loop);
	if (expected > 0 && aw_loop_call_later(loop, 0.0002, stop, loop) ==
	    NULL)
		expected = -ENOMEM;
	if (expected > 0) {
		aw_loop_run_forever(loop);
		must(called == (unsigned)expected);
	}
	aw_loop_close(loop);
	return expected < 0 ? expected : 0;
}

START_TEST(callbacks_are_called_or_refused)
{
	fail_each_call(run_callbacks, _i == 1);
}
END_TEST

static int
add_many_timers(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	int i, result = 0;

	if (loop == NULL)
		return -ENOMEM;
	called = 0;
	/* The heap grows on the way. */
	for (i = 0; i < 100 && result == 0; i++)
		if (aw_loop_call_at(loop, 0, count_call, NULL) == NULL)
			result = -ENOMEM;
	if (result == 0) {
		aw_loop_stop(loop);
		aw_loop_run_forever(loop);
		must(called == 100);
	}
	aw_loop_close(loop);
	return result;
}

START_TEST(the_heap_of_timers_grows_or_refuses)
{
	fail_each_call(add_many_timers, false);
}
END_TEST

/* ------------------------------------------------------------------- tasks */

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

static int
await_it(void *future)
{
	return aw_await(future);
}

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

/* ---------------------------------------------------------------- the rest */

static int
set_text(void *arg)
{
	(void)arg;
	aw_set_error_text("%d of %s", 12, "them");
	/* Without memory the error itself has to do. */
	must(strcmp(aw_error_text(), "12 of them") == 0 ||
	    strcmp(aw_error_text(), "") == 0);
	aw_set_error_text("again");
	must(strcmp(aw_error_text(), "again") == 0 ||
	    strcmp(aw_error_text(), "") == 0);
	return 0;
}

static int
run_set_text(void)
{
	return run_main(set_text, NULL);
}

START_TEST(an_error_text_is_set_or_empty)
{
	fail_each_call(run_set_text, _i == 1);
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

/* Takes stacks until one is refused, or there are enough. */
static int
take_stacks(void)
{
	struct aw_stack_pool *pool = aw_stack_pool_new(0);
	struct aw_stack stacks[100];
	int taken = 0, err = 0;

	if (pool == NULL)
		return -ENOMEM;
	while (taken < 100 && err == 0) {
		err = aw_stack_get(pool, &stacks[taken]);
		if (err == 0)
			stacks[taken++].high[-1] = 1;
	}
	while (taken > 0)
		aw_stack_put(pool, &stacks[--taken]);
	aw_stack_pool_free(pool);
	return err;
}

START_TEST(stacks_are_handed_out_or_refused)
{
	fail_each_call(take_stacks, _i == 1);
	aw_guard_limit(AW_GUARD_MPROTECT);
	fail_each_call(take_stacks, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_loop_is_made_or_not,
		callbacks_are_called_or_refused,
		the_heap_of_timers_grows_or_refuses,
		tasks_are_made_or_refused,
		many_tasks_at_once_are_made_or_refused,
		closing_works_without_memory,
		futures_and_their_callbacks_are_made_or_refused,
		timeouts_are_set_or_refused,
		descriptors_are_waited_for_or_refused,
		signal_handlers_are_added_or_refused,
		jobs_are_worked_on_or_refused,
		an_error_text_is_set_or_empty,
		a_whole_run_succeeds_or_says_what_was_missing,
		stacks_are_handed_out_or_refused,
	};

	fail_init();
	/* Once with a single call that fails, once with all from there on. */
	return UNIT_RUN_EACH("fail", tests, 2);
}
