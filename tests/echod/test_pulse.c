/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/pulse.h"

#include "await/fail.h"
#include "unit.h"

#include <string.h>
#include <time.h>

#define INTERVAL 50000000

/* Workers that have no threads: whose loop is the test's, and is called. */
static struct worker workers[2];
static struct pulse pulse;

static uint64_t
probes(const struct worker *worker)
{
	uint64_t count = 0;

	for (size_t i = 0; i <= LATENCY_BOUNDS; i++)
		count += worker->latency.buckets[i];
	return count;
}

static void
start(bool alone)
{
	memset(workers, 0, sizeof(workers));
	for (size_t i = 0; i < 2; i++) {
		workers[i].loop = aw_get_running_loop();
		workers[i].running = true;
		workers[i].alone = alone;
	}
	ck_assert_int_eq(pulse_start(&pulse, INTERVAL, aw_get_running_loop(),
	    workers, 2), 0);
}

static int
run_beats(void *arg)
{
	const bool *alone = arg;

	start(*alone);
	while (probes(&workers[0]) < 2 || probes(&workers[1]) < 2)
		ck_assert_int_eq(aw_sleep(0.02), 0);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(!(worker_waiting(&workers[i]) > 0));
	}
	pulse_stop(&pulse);
	pulse_stop(&pulse);
	return 0;
}

START_TEST(all_are_probed_now_and_then)
{
	const bool alone = _i == 1;

	ck_assert_int_eq(aw_run(run_beats, (void *)&alone), 0);
}
END_TEST

static int
run_stuck(void *arg)
{
	const struct timespec pause = { .tv_nsec = 150000000 };

	(void)arg;
	start(true);
	/* Lets the task run, which then waits. */
	ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert(!(pulse_waiting(&pulse) > 0));
	/* The loop does not turn meanwhile. */
	nanosleep(&pause, NULL);
	ck_assert_msg(pulse_waiting(&pulse) >= 0.09, "waiting: %g s",
	    pulse_waiting(&pulse));
	while (probes(&workers[0]) == 0)
		ck_assert_int_eq(aw_sleep(0), 0);
	/* That it was late is what it notes. */
	ck_assert_uint_ge(workers[0].latency.last, 90000000);
	pulse_stop(&pulse);
	ck_assert(!(pulse_waiting(&pulse) > 0));
	return 0;
}

START_TEST(a_loop_that_stands_is_overdue)
{
	if (_i == 0)
		ck_assert_int_eq(aw_run(run_stuck, NULL), 0);
}
END_TEST

static int
run_asked(void *arg)
{
	(void)arg;
	start(false);
	worker_ask_turn(&workers[0]);
	ck_assert(worker_waiting(&workers[0]) > 0);
	/* It is not asked twice. */
	worker_ask_turn(&workers[0]);
	ck_assert_int_eq(aw_sleep(0.001), 0);
	ck_assert_uint_eq(probes(&workers[0]), 1);
	ck_assert(!(worker_waiting(&workers[0]) > 0));
	workers[1].running = false;
	worker_ask_turn(&workers[1]);
	ck_assert(!(worker_waiting(&workers[1]) > 0));
	pulse_stop(&pulse);
	return 0;
}

START_TEST(a_turn_that_is_waited_for)
{
	if (_i == 0)
		ck_assert_int_eq(aw_run(run_asked, NULL), 0);
}
END_TEST

static int
run_failures(void *arg)
{
	unsigned n = 1;
	int err;

	(void)arg;
	do {
		fail_at(n++, false);
		err = pulse_start(&pulse, INTERVAL, aw_get_running_loop(),
		    workers, 0);
		if (err == 0)
			pulse_stop(&pulse);
		else
			ck_assert(!(pulse_waiting(&pulse) > 0));
	} while (fail_stop());
	ck_assert_int_eq(err, 0);
	ck_assert_uint_gt(n, 2);
	return 0;
}

START_TEST(every_failure_leaves_it_as_it_was)
{
	if (_i == 0)
		ck_assert_int_eq(aw_run(run_failures, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { all_are_probed_now_and_then,
	    a_loop_that_stands_is_overdue, a_turn_that_is_waited_for,
	    every_failure_leaves_it_as_it_was };

	fail_init();
	return UNIT_RUN_EACH("pulse", tests, 2);
}
