/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/timer_wait.h"

#include "await/fail.h"
#include "fixture.h"
#include "unit.h"

#include <errno.h>
#include <sys/timerfd.h>

static int
new_timer(long nanoseconds)
{
	const struct itimerspec time = {
		.it_value.tv_nsec = nanoseconds,
		.it_interval.tv_nsec = nanoseconds,
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(timerfd_settime(fd, 0, &time, NULL), 0);
	return fd;
}

LOOP_TEST(it_says_how_often)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	uint64_t times = 0;
	int fd = new_timer(10000000);

	ck_assert_int_eq(timer_wait(fd, &times), 0);
	ck_assert_uint_ge(times, 1);
	nanosleep(&pause, NULL);
	ck_assert_int_eq(timer_wait(fd, &times), 0);
	ck_assert_uint_ge(times, 4);
	close(fd);
}

static int
wait_for(void *arg)
{
	uint64_t times;
	const int *fd = arg;

	return timer_wait(*fd, &times);
}

LOOP_TEST(it_can_be_cancelled)
{
	int fd = new_timer(999999999);
	aw_task *task = aw_create_task(wait_for, &fd, "waits");

	ck_assert_ptr_nonnull(task);
	ck_assert_int_eq(aw_sleep(0), 0);
	aw_cancel(task);
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	aw_future_unref(task);
	close(fd);
}

LOOP_TEST(whatever_runs_out_it_goes_on)
{
	bool failed;
	unsigned n = 1;

	do {
		uint64_t times = 0;
		int fd = new_timer(1000000), err;

		fail_at(n++, false);
		err = timer_wait(fd, &times);
		failed = fail_stop();
		ck_assert_int_eq(err, 0);
		ck_assert_uint_ge(times, 1);
		close(fd);
	} while (failed);
	ck_assert_uint_gt(n, 2);
}

LOOP_TEST(it_can_be_cancelled_while_memory_is_short)
{
	int fd = new_timer(999999999);
	aw_task *task;

	fail_call("epoll_ctl", 1, 5, ENOMEM);
	task = aw_create_task(wait_for, &fd, "waits");
	ck_assert_ptr_nonnull(task);
	ck_assert_int_eq(aw_sleep(0), 0);
	aw_cancel(task);
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(fail_stop());
	aw_future_unref(task);
	close(fd);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_says_how_often,
		it_can_be_cancelled,
		whatever_runs_out_it_goes_on,
		it_can_be_cancelled_while_memory_is_short,
	};

	fail_init();
	return UNIT_RUN("timer_wait", tests);
}
