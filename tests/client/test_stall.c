/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <await.h>

#include "client/stall.h"
#include "unit.h"

#define LIMIT 0.05

static struct stall stall;
static int expirations;

static void
count_expiration(void *arg)
{
	ck_assert_ptr_eq(arg, &expirations);
	expirations++;
}

static void
setup(double limit)
{
	expirations = 0;
	stall = (struct stall){
		.loop = aw_get_running_loop(),
		.limit = limit,
		.expired = count_expiration,
		.arg = &expirations,
	};
}

/* Until the stall has expired, for ten seconds at most. */
static double
wait_for_expiration(void)
{
	double start = aw_loop_time(stall.loop);

	while (expirations == 0 && aw_loop_time(stall.loop) < start + 10)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	return aw_loop_time(stall.loop) - start;
}

static int
expire(void *arg)
{
	setup(LIMIT);
	ck_assert_int_eq(stall_begin(&stall), 0);
	ck_assert_double_ge(wait_for_expiration(), LIMIT);
	ck_assert_int_eq(expirations, 1);
	/* Only once. */
	ck_assert_int_eq(aw_sleep(3 * LIMIT), 0);
	ck_assert_int_eq(expirations, 1);
	stall_stop(&stall);
	(void)arg;
	return 0;
}

START_TEST(without_progress_it_expires_once)
{
	ck_assert_int_eq(aw_run(expire, NULL), 0);
}
END_TEST

/* However long the machine takes, the clock of progress starts anew. */
static int
make_progress(void *arg)
{
	setup(1);
	ck_assert_int_eq(stall_begin(&stall), 0);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(aw_sleep(0.3), 0);
		stall_progress(&stall);
	}
	ck_assert_int_eq(expirations, 0);
	ck_assert_double_ge(wait_for_expiration(), 1);
	ck_assert_int_eq(expirations, 1);
	stall_stop(&stall);
	(void)arg;
	return 0;
}

START_TEST(progress_puts_it_off)
{
	ck_assert_int_eq(aw_run(make_progress, NULL), 0);
}
END_TEST

static int
wait_for_nothing(void *arg)
{
	setup(LIMIT);
	ck_assert_int_eq(stall_begin(&stall), 0);
	stall_end(&stall);
	ck_assert_int_eq(aw_sleep(4 * LIMIT), 0);
	ck_assert_int_eq(expirations, 0);
	ck_assert_int_eq(stall_begin(&stall), 0);
	ck_assert_double_ge(wait_for_expiration(), LIMIT);
	stall_stop(&stall);
	(void)arg;
	return 0;
}

START_TEST(with_nothing_to_wait_for_it_rests)
{
	ck_assert_int_eq(aw_run(wait_for_nothing, NULL), 0);
}
END_TEST

static int
stop(void *arg)
{
	setup(LIMIT);
	ck_assert_int_eq(stall_begin(&stall), 0);
	stall_stop(&stall);
	stall_stop(&stall);
	ck_assert_int_eq(aw_sleep(4 * LIMIT), 0);
	ck_assert_int_eq(expirations, 0);
	(void)arg;
	return 0;
}

START_TEST(stopped_it_never_expires)
{
	ck_assert_int_eq(aw_run(stop, NULL), 0);
}
END_TEST

static int
wait_for_ever(void *arg)
{
	setup(0);
	ck_assert_int_eq(stall_begin(&stall), 0);
	ck_assert_int_eq(aw_sleep(LIMIT), 0);
	ck_assert_int_eq(expirations, 0);
	ck_assert_ptr_null(stall.timer);
	stall_stop(&stall);
	(void)arg;
	return 0;
}

START_TEST(no_limit_needs_no_timer)
{
	ck_assert_int_eq(aw_run(wait_for_ever, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_progress_it_expires_once,
		progress_puts_it_off,
		with_nothing_to_wait_for_it_rests,
		stopped_it_never_expires,
		no_limit_needs_no_timer,
	};

	return UNIT_RUN("stall", tests);
}
