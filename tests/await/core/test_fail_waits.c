/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for several futures, and task groups, when something runs out.
 */
#include <errno.h>

#include "core/core.h"
#include "core/scenario.h"

#define FUTURES 3

static int
return_number(void *number)
{
	return *(int *)number;
}

/* Starts a task for each of the coroutines; returns 0 or -ENOMEM. */
static int
start(aw_future **futures, aw_coroutine *const *coroutines, int *number)
{
	int i, err = 0;

	for (i = 0; i < FUTURES; i++) {
		futures[i] = aw_create_task(coroutines[i], number, NULL);
		if (futures[i] == NULL)
			err = -ENOMEM;
	}
	return err;
}

/* Ends those that are there. */
static void
end(aw_future **futures)
{
	int i;

	for (i = 0; i < FUTURES; i++) {
		aw_cancel(futures[i]);
		if (futures[i] != NULL)
			(void)!aw_await(futures[i]);
		aw_future_unref(futures[i]);
	}
}

static aw_coroutine *const quick[FUTURES] = {
	return_number, return_number, return_number,
};
static aw_coroutine *const mixed[FUTURES] = {
	sleep_long, return_number, sleep_long,
};

static int
do_gather(void *arg)
{
	aw_future *futures[FUTURES];
	int number = 7, err;

	(void)arg;
	err = start(futures, quick, &number);
	if (err == 0)
		err = aw_await_unref(aw_gather(futures, FUTURES, false));
	if (err == 0)
		must(aw_future_result(futures[1]) == 7);
	end(futures);
	return err;
}

static int
do_cancelled_gather(void *arg)
{
	aw_future *futures[FUTURES], *all;
	int number = 7, err;

	(void)arg;
	err = start(futures, mixed, &number);
	all = aw_gather(futures, FUTURES, true);
	if (err == 0)
		err = aw_sleep(0);
	/* It is too late if those that wanted to sleep have failed. */
	aw_cancel(all);
	if (err == 0) {
		err = aw_await(all);
		if (err == -ECANCELED) {
			must(aw_future_cancelled(all));
			err = 0;
		}
	}
	aw_future_unref(all);
	end(futures);
	return err;
}

static int
do_shield(void *arg)
{
	aw_future *futures[FUTURES], *outer;
	int number = 7, err;

	(void)arg;
	err = start(futures, quick, &number);
	outer = aw_shield(futures[0]);
	if (err == 0)
		err = aw_await(outer);
	if (err >= 0) {
		must(err == 7);
		err = 0;
	}
	aw_future_unref(outer);
	end(futures);
	return err;
}

static int
do_wait(void *arg)
{
	aw_future *futures[FUTURES];
	int number = 7, err;

	(void)arg;
	err = start(futures, mixed, &number);
	if (err == 0) {
		err = aw_wait(futures, FUTURES, 1000, AW_FIRST_COMPLETED);
		must(err < 0 || err == 1);
	}
	if (err >= 0) {
		err = aw_wait(futures, FUTURES, 0.001, AW_ALL_COMPLETED);
		must(err < 0 || err == 1);
	}
	end(futures);
	return err < 0 ? err : 0;
}

static int
do_wait_for(void *arg)
{
	aw_future *futures[FUTURES];
	int number = 7, err, results[2] = { 0, 0 };

	(void)arg;
	err = start(futures, mixed, &number);
	if (err == 0)
		err = aw_wait_for(futures[1], 1000);
	if (err >= 0) {
		must(err == 7);
		results[0] = aw_wait_for(futures[0], 0.001);
		results[1] = aw_wait_for(futures[2], 0);
		err = results[0] == -ETIMEDOUT ? results[1] : results[0];
		err = err == -ETIMEDOUT ? 0 : err;
	}
	end(futures);
	return err;
}

static int
do_as_completed(void *arg)
{
	aw_completion_iterator *iterator = NULL;
	aw_future *futures[FUTURES], *future;
	int number = 7, err, count = 0;

	(void)arg;
	err = start(futures, quick, &number);
	if (err == 0) {
		iterator = aw_as_completed(futures, FUTURES, 1000);
		do {
			err = aw_completion_iterator_next(iterator, &future);
			count++;
		} while (err > 0);
		must(err < 0 || count == FUTURES + 1);
	}
	aw_completion_iterator_free(iterator);
	end(futures);
	return err;
}

static int
do_deadline(void *arg)
{
	aw_timeout *timeout;
	int err;

	(void)arg;
	err = aw_timeout_enter_at(1e9, &timeout);
	if (err < 0)
		return err;
	err = aw_timeout_reschedule(timeout,
	    aw_loop_time(aw_get_running_loop()) + 0.001);
	if (err == 0)
		err = aw_sleep(1000);
	err = aw_timeout_exit(timeout, err);
	return err == -ETIMEDOUT ? 0 : err;
}

/* More than a group has room for at first. */
static int
do_group(void *arg)
{
	static int error = -EIO;
	aw_group *group;
	int i, err;

	(void)arg;
	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	for (i = 0; i < 10 && err == 0; i++)
		err = aw_group_create_task(group, return_number, &error,
		    "worker", NULL);
	err = aw_group_exit(group, err);
	if (err == -EIO) {
		/* All of them fail, since they run in one turn. */
		must(aw_group_error(group, 9) == -EIO);
		err = 0;
	} else {
		must(err < 0 && aw_group_error(group, 0) == err);
	}
	aw_group_free(group);
	return err;
}

static aw_coroutine *const coroutines[] = {
	do_gather, do_cancelled_gather, do_shield, do_wait, do_wait_for,
	do_as_completed, do_deadline, do_group,
};
#define COROUTINES (sizeof(coroutines) / sizeof(coroutines[0]))

static size_t scenario;

static int
run_scenario(void)
{
	return run_main(coroutines[scenario], NULL);
}

START_TEST(whatever_fails_it_is_told_and_nothing_is_left)
{
	for (scenario = 0; scenario < COROUTINES; scenario++)
		fail_each_call(run_scenario, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		whatever_fails_it_is_told_and_nothing_is_left,
	};

	fail_init();
	return UNIT_RUN_EACH("fail_waits", tests, 2);
}
