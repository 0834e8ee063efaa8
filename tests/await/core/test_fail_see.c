/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Seeing what a loop does, and trimming, when something runs out.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/core.h"
#include "core/scenario.h"
#include "dormouse.h"

static int
dump_once(void *arg)
{
	char text[4096];
	FILE *stream;
	int err;

	(void)arg;
	stream = fmemopen(text, sizeof(text), "w");
	if (stream == NULL)
		return -ENOMEM;
	err = aw_dump_tasks(NULL, stream);
	fclose(stream);
	return err;
}

static int
do_dump(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	aw_task *task = aw_create_task(sleep_long, NULL, "named");
	int err = aw_loop_dump_tasks_on_signal(loop, SIGUSR1);

	if (err == 0)
		must(aw_loop_remove_signal_handler(loop, SIGUSR1));
	if (err == 0)
		err = aw_sleep(0);
	if (err == 0)
		err = dump_once(arg);
	aw_cancel(task);
	if (aw_await(task) == -ENOMEM)
		err = -ENOMEM;
	aw_future_unref(task);
	return err;
}

static int
run_dump(void)
{
	return run_main(do_dump, NULL);
}

START_TEST(dumping_tasks_gives_errors_back)
{
	fail_each_call(run_dump, _i > 0);
}
END_TEST

/* Long enough for the trimmer to come by. */
static int
do_trim(void *arg)
{
	(void)arg;
	return aw_sleep(0.03);
}

static aw_coroutine *trimmed;

static int
run_trim(void)
{
	const aw_loop_options options = { .trim_after = 0.001 };
	aw_loop *loop = aw_loop_new(&options);
	aw_task *task;
	int result;

	if (loop == NULL)
		return -ENOMEM;
	aw_loop_set_exception_handler(loop, ignore_report, NULL);
	task = aw_loop_create_task(loop, trimmed, NULL, NULL);
	result = aw_loop_run_until_complete(loop, task);
	aw_future_unref(task);
	aw_loop_close(loop);
	return result;
}

START_TEST(a_loop_that_trims_is_made_whole_or_not_at_all)
{
	trimmed = do_trim;
	fail_each_call(run_trim, _i > 0);
}
END_TEST

/* Keeps something on its stack while it hibernates, or would. */
static int
wait_for_data(void *arg)
{
	volatile int kept = 7;
	int result;

	(void)arg;
	result = aw_task_park(aw_task_current(), "data");
	must(kept == 7);
	return result;
}

static int
do_hibernate(void *arg)
{
	struct task *task;
	int err, fd;

	(void)arg;
	task = dormouse_new(wait_for_data, NULL, "sleeper", &fd);
	if (task == NULL)
		return -ENOMEM;
	err = aw_sleep(0.05);
	aw_cancel(&task->future);
	must(aw_await(&task->future) == -ECANCELED);
	aw_future_unref(&task->future);
	return err;
}

START_TEST(a_task_that_can_not_hibernate_waits_all_the_same)
{
	trimmed = do_hibernate;
	fail_each_call(run_trim, _i > 0);
}
END_TEST

START_TEST(without_a_descriptor_for_the_timer_there_is_no_loop)
{
	const aw_loop_options never = { .trim_after = -1 };
	aw_loop *loop;

	fail_call("timerfd_create", 1, 1, EMFILE);
	loop = aw_loop_new(NULL);
	ck_assert(fail_stop());
	ck_assert_ptr_null(loop);
	fail_call("timerfd_create", 1, 1, EMFILE);
	loop = aw_loop_new(&never);
	ck_assert(!fail_stop());
	ck_assert_ptr_nonnull(loop);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		dumping_tasks_gives_errors_back,
		a_loop_that_trims_is_made_whole_or_not_at_all,
		a_task_that_can_not_hibernate_waits_all_the_same,
		without_a_descriptor_for_the_timer_there_is_no_loop,
	};

	fail_init();
	return UNIT_RUN_EACH("fail_see", tests, 2);
}
