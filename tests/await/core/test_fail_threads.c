/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Functions in threads, and callbacks for descriptors, when something runs out.
 */
#include <errno.h>
#include <unistd.h>

#include "core/core.h"
#include "core/scenario.h"

static int
return_int(void *number)
{
	return *(int *)number;
}

static int
wait_for_threads(void *arg)
{
	int number = 42, result;

	(void)arg;
	result = aw_to_thread(return_int, &number);
	must(result < 0 || result == 42);
	return result < 0 ? result : 0;
}

static int
run_in_thread(void)
{
	return run_main(wait_for_threads, NULL);
}

START_TEST(functions_run_in_threads_or_are_refused)
{
	fail_each_call(run_in_thread, _i == 1);
}
END_TEST

/* Has several run, and gives up the futures of those that it got. */
static int
use_executor(void *executor)
{
	enum { CALLS = 5 };
	static int number = 7;
	aw_loop *loop = aw_get_running_loop();
	aw_future *futures[CALLS];
	int i, result, err = 0;

	for (i = 0; i < CALLS; i++) {
		futures[i] = aw_loop_run_in_executor(loop, executor,
		    return_int, &number);
		if (i == CALLS / 2)
			aw_cancel(futures[i]);
	}
	for (i = 0; i < CALLS; i++) {
		result = aw_await(futures[i]);
		must(result < 0 || result == 7);
		if (result < 0 && result != -ECANCELED)
			err = result;
		aw_future_unref(futures[i]);
	}
	return err;
}

static int
share_executor(void)
{
	aw_executor *executor = aw_executor_new(2);
	int result;

	if (executor == NULL)
		return -ENOMEM;
	result = run_main(use_executor, executor);
	aw_executor_shutdown(executor);
	return result;
}

START_TEST(an_executor_has_as_many_threads_as_it_gets)
{
	fail_each_call(share_executor, _i == 1);
}
END_TEST

static int
use_own_executor(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	int err;

	(void)arg;
	err = aw_loop_set_default_executor(loop, aw_executor_new(1));
	if (err == 0)
		err = use_executor(NULL);
	if (err == 0)
		err = aw_loop_shutdown_default_executor(loop, 1000);
	return err;
}

static int
shut_down_executor(void)
{
	return run_main(use_own_executor, NULL);
}

START_TEST(a_default_executor_is_set_and_shut_down_or_not)
{
	fail_each_call(shut_down_executor, _i == 1);
}
END_TEST

static int
leave_a_function(void *arg)
{
	static int number = 3;
	aw_future *future;

	(void)arg;
	aw_loop_set_exception_handler(aw_get_running_loop(), ignore_report,
	    NULL);
	future = aw_loop_run_in_executor(aw_get_running_loop(), NULL,
	    return_int, &number);
	if (future == NULL)
		return -ENOMEM;
	aw_future_unref(future);
	return 0;
}

static int
run_and_leave(void)
{
	return aw_run(leave_a_function, NULL);
}

START_TEST(a_run_ends_with_or_without_its_clean_up)
{
	fail_each_call(run_and_leave, _i == 1);
}
END_TEST

static void
count_call(void *count)
{
	++*(unsigned *)count;
}

/* High enough for the table to grow. */
static int
move_up(int fd, int least)
{
	int high = dup2(fd, least);

	close(fd);
	must(high == least);
	return high;
}

static int
watch_pipe(aw_loop *loop, const int ends[2])
{
	unsigned reads = 0, writes = 0;

	if (aw_loop_add_reader(loop, ends[0], count_call, &reads) < 0 ||
	    aw_loop_add_writer(loop, ends[1], count_call, &writes) < 0 ||
	    aw_loop_add_reader(loop, ends[0], count_call, &reads) < 0)
		return -ENOMEM;
	must(write(ends[1], "x", 1) == 1);
	aw_loop_stop(loop);
	aw_loop_run_forever(loop);
	must(reads == 1 && writes == 1);
	must(aw_loop_remove_writer(loop, ends[1]));
	return 0;
}

static int
watch_descriptors(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	int ends[2], result;

	if (loop == NULL)
		return -ENOMEM;
	must(pipe(ends) == 0);
	ends[1] = move_up(ends[1], 200);
	result = watch_pipe(loop, ends);
	aw_loop_close(loop);
	close(ends[0]);
	close(ends[1]);
	return result;
}

START_TEST(callbacks_for_descriptors_are_added_or_refused)
{
	fail_each_call(watch_descriptors, _i == 1);
}
END_TEST

START_TEST(without_memory_the_event_loop_is_made_the_next_time)
{
	aw_loop *loop;

	fail_at(1, _i == 1);
	loop = aw_get_event_loop();
	ck_assert(fail_stop());
	ck_assert_ptr_null(loop);
	loop = aw_get_event_loop();
	ck_assert_ptr_nonnull(loop);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		functions_run_in_threads_or_are_refused,
		an_executor_has_as_many_threads_as_it_gets,
		a_default_executor_is_set_and_shut_down_or_not,
		a_run_ends_with_or_without_its_clean_up,
		callbacks_for_descriptors_are_added_or_refused,
		without_memory_the_event_loop_is_made_the_next_time,
	};

	fail_init();
	return UNIT_RUN_EACH_FORKED("fail_threads", tests, 2);
}
