/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/drain_delay.h"
#include "echod/phase.h"

#include "await/fail.h"
#include "unit.h"
#include "fixture.h"

static struct drain_delay delay;
static aw_future *called;

static void
over(void *arg)
{
	(void)arg;
	/* It is over before this is called. */
	ck_assert(!drain_delay_cancel(&delay));
	aw_future_set_result(called, 0);
}

static bool
begin(double seconds)
{
	return drain_delay_begin(&delay, aw_get_running_loop(), seconds, over,
	    NULL);
}

static int
run_over(void *arg)
{
	(void)arg;
	called = aw_loop_create_future(aw_get_running_loop());
	ck_assert_int_ne(phase_get(), PHASE_LEAVING);
	ck_assert(begin(0.01));
	/* From which on /readyz says no. */
	ck_assert_int_eq(phase_get(), PHASE_LEAVING);
	ck_assert(!aw_future_done(called));
	ck_assert_int_eq(aw_await(called), 0);
	ck_assert(!drain_delay_cancel(&delay));
	aw_future_unref(called);
	return 0;
}

START_TEST(says_when_it_is_over)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_over, NULL), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(),
	    "notice: not ready any more, and stopping in 0.01 s: "));
}
END_TEST

static int
run_cancel(void *arg)
{
	(void)arg;
	called = aw_loop_create_future(aw_get_running_loop());
	ck_assert(!drain_delay_cancel(&delay));
	ck_assert(begin(0.005));
	ck_assert(drain_delay_cancel(&delay));
	ck_assert(!drain_delay_cancel(&delay));
	/* Timers go off in their order. */
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert(!aw_future_done(called));
	aw_future_unref(called);
	return 0;
}

START_TEST(cancelled)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_cancel, NULL), 0);
}
END_TEST

static int
run_none(void *arg)
{
	bool begun, failed;

	(void)arg;
	ck_assert(!begin(0));
	fail_at(1, true);
	begun = begin(1);
	failed = fail_stop();
	ck_assert(failed);
	ck_assert(!begun);
	ck_assert(!drain_delay_cancel(&delay));
	ck_assert_int_ne(phase_get(), PHASE_LEAVING);
	return 0;
}

START_TEST(none_without_time_or_memory)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_none, NULL), 0);
	ck_assert_str_eq(fixture_logged(), "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_when_it_is_over, cancelled,
	    none_without_time_or_memory };

	fail_init();
	return UNIT_RUN_FORKED("drain_delay", tests);
}
