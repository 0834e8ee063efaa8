/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
wait_for_it(void *barrier)
{
	return told("wait", aw_barrier_wait(barrier));
}

static void
describe(const aw_barrier *barrier)
{
	say("%zu parties, %zu waiting, broken %s", aw_barrier_parties(barrier),
	    aw_barrier_n_waiting(barrier), yes(aw_barrier_broken(barrier)));
}

static int
it_opens_when_all_have_come(void)
{
	aw_barrier *barrier = aw_barrier_new(3);
	aw_task *tasks[3];
	int i, seen[3] = { 0, 0, 0 }, number;

	describe(barrier);
	tasks[0] = spawn(wait_for_it, barrier, "a");
	tasks[1] = spawn(wait_for_it, barrier, "b");
	tasks[2] = spawn(wait_for_it, barrier, "c");
	turns(1);
	for (i = 0; i < 3; i++) {
		number = join(tasks[i]);
		if (number >= 0 && number < 3)
			seen[number]++;
	}
	if (seen[0] == 1 && seen[1] == 1 && seen[2] == 1)
		say("numbers 0 1 2");
	turns(2);
	describe(barrier);
	aw_barrier_free(barrier);
	return 0;
}

static int
it_waits_for_the_last(void)
{
	aw_barrier *barrier = aw_barrier_new(2);
	aw_task *a = spawn(wait_for_it, barrier, "a");

	turns(3);
	describe(barrier);
	say("done %s", yes(aw_future_done(a)));
	told("wait", aw_barrier_wait(barrier));
	told("a", join(a));
	aw_barrier_free(barrier);
	return 0;
}

static int
of_one(void)
{
	aw_barrier *barrier = aw_barrier_new(1);

	told("wait", aw_barrier_wait(barrier));
	told("wait", aw_barrier_wait(barrier));
	aw_barrier_free(barrier);
	return 0;
}

static int
do_rounds(void *barrier)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (aw_barrier_wait(barrier) < 0)
			return -1;
		say("round %d", i);
		turns(3);
	}
	return 0;
}

static int
round_after_round(void)
{
	aw_barrier *barrier = aw_barrier_new(2);
	aw_task *a = spawn(do_rounds, barrier, "a");
	int i;

	for (i = 0; i < 3; i++) {
		(void)!aw_barrier_wait(barrier);
		turns(6);
		say("after round %d", i);
	}
	join(a);
	aw_barrier_free(barrier);
	return 0;
}

static int
abort_it(void)
{
	aw_barrier *barrier = aw_barrier_new(3);
	aw_task *a = spawn(wait_for_it, barrier, "a");
	aw_task *b = spawn(wait_for_it, barrier, "b");

	turns(1);
	aw_barrier_abort(barrier);
	told("a", join(a));
	told("b", join(b));
	describe(barrier);
	told("wait", aw_barrier_wait(barrier));
	aw_barrier_free(barrier);
	return 0;
}

/* Two of two come, one of them in another task. */
static void
pass(aw_barrier *barrier, const char *name)
{
	aw_task *task = spawn(wait_for_it, barrier, name);

	turns(1);
	told("wait", aw_barrier_wait(barrier));
	told(name, join(task));
}

static int
reset(void)
{
	aw_barrier *barrier = aw_barrier_new(2);
	aw_task *a = spawn(wait_for_it, barrier, "a");

	turns(1);
	aw_barrier_reset(barrier);
	told("a", join(a));
	turns(2);
	describe(barrier);
	pass(barrier, "b");
	aw_barrier_free(barrier);
	return 0;
}

static int
reset_without_waiters(void)
{
	aw_barrier *barrier = aw_barrier_new(2);

	aw_barrier_reset(barrier);
	describe(barrier);
	aw_barrier_free(barrier);
	return 0;
}

static int
reset_after_abort(void)
{
	aw_barrier *barrier = aw_barrier_new(2);

	aw_barrier_abort(barrier);
	describe(barrier);
	aw_barrier_reset(barrier);
	describe(barrier);
	pass(barrier, "a");
	aw_barrier_free(barrier);
	return 0;
}

static int
a_waiter_is_cancelled(void)
{
	aw_barrier *barrier = aw_barrier_new(2);
	aw_task *a = spawn(wait_for_it, barrier, "a");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	describe(barrier);
	pass(barrier, "b");
	aw_barrier_free(barrier);
	return 0;
}

static int
a_timeout_while_it_waits(void)
{
	aw_barrier *barrier = aw_barrier_new(2);
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = wait_for_it(barrier);
	told("timeout", aw_timeout_exit(timeout, result));
	describe(barrier);
	aw_barrier_free(barrier);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(it_opens_when_all_have_come),
	CASE(it_waits_for_the_last),
	CASE(of_one),
	CASE(round_after_round),
	CASE(abort_it),
	CASE(reset),
	CASE(reset_without_waiters),
	CASE(reset_after_abort),
	CASE(a_waiter_is_cancelled),
	CASE(a_timeout_while_it_waits),
};
TRACE_MAIN(cases)
