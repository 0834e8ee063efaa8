/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static double
now(void)
{
	return aw_loop_time(aw_get_running_loop());
}

static aw_timeout *
enter(double delay)
{
	aw_timeout *timeout = NULL;

	if (aw_timeout_enter(delay, &timeout) < 0)
		say("no timeout");
	return timeout;
}

static aw_timeout *
enter_at(double when)
{
	aw_timeout *timeout = NULL;

	if (aw_timeout_enter_at(when, &timeout) < 0)
		say("no timeout");
	return timeout;
}

/* Says what came out of the block and of the timeout. */
static int
leave(aw_timeout *timeout, int result)
{
	return told("timeout", aw_timeout_exit(timeout, result));
}

static int
it_expires(void)
{
	aw_timeout *timeout = enter(units(1));

	leave(timeout, told("block", nap(100)));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
it_does_not_expire(void)
{
	aw_timeout *timeout = enter(units(10));

	leave(timeout, told("block", nap(1)));
	told("sleep", nap(11));
	return 0;
}

static int
a_block_that_fails(void)
{
	aw_timeout *timeout = enter(units(1));

	leave(timeout, told("block", FAILURE(1)));
	return 0;
}

static int
none_at_all(void)
{
	aw_timeout *timeout = enter(-1);
	int result;

	say("never %s", yes(aw_timeout_when(timeout) < 0));
	result = told("sleep", nap(1));
	say("expired %s", yes(aw_timeout_expired(timeout)));
	leave(timeout, result);
	return 0;
}

static int
what_it_knows(void)
{
	double begin = now();
	aw_timeout *timeout = enter(units(1));
	int result;

	say("later %s", yes(aw_timeout_when(timeout) > begin));
	say("expired %s", yes(aw_timeout_expired(timeout)));
	result = told("sleep", nap(100));
	say("expired %s", yes(aw_timeout_expired(timeout)));
	leave(timeout, result);
	return 0;
}

static int
zero(void)
{
	aw_timeout *timeout = enter(0);

	leave(timeout, told("block", aw_sleep(0)));
	return 0;
}

static int
zero_around_what_does_not_wait(void)
{
	aw_timeout *timeout = enter(0);

	say("does not wait");
	leave(timeout, told("block", 0));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
a_time_that_has_passed(void)
{
	aw_timeout *timeout = enter_at(now() - units(1));

	leave(timeout, told("sleep", aw_sleep(0)));
	return 0;
}

static int
at_a_time(void)
{
	aw_timeout *timeout = enter_at(now() + units(1));

	leave(timeout, told("sleep", nap(100)));
	return 0;
}

static int
the_inner_one_first(void)
{
	aw_timeout *outer = enter(units(50));
	aw_timeout *inner = enter(units(1));
	int result;

	result = told("block", nap(100));
	told("inner timeout", aw_timeout_exit(inner, result));
	result = told("more", nap(1));
	told("outer", result);
	told("outer timeout", aw_timeout_exit(outer, result));
	return 0;
}

/* Leaves both, each with what came out of the one inside. */
static void
leave_both(aw_timeout *inner, aw_timeout *outer, int result)
{
	result = told("inner timeout", aw_timeout_exit(inner, result));
	told("outer", result);
	told("outer timeout", aw_timeout_exit(outer, result));
}

static int
the_outer_one_first(void)
{
	aw_timeout *outer = enter(units(1));
	aw_timeout *inner = enter(units(50));

	leave_both(inner, outer, told("block", nap(100)));
	return 0;
}

static int
both_at_once(void)
{
	aw_timeout *outer = enter(0);
	aw_timeout *inner = enter(0);

	leave_both(inner, outer, told("block", nap(100)));
	return 0;
}

static int
the_outer_one_while_the_inner_cleans_up(void)
{
	aw_timeout *outer = enter(units(10));
	aw_timeout *inner = enter(units(1));
	int result = told("sleep", nap(100));

	told("clean-up", nap(100));
	leave_both(inner, outer, told("block", result));
	return 0;
}

static int
reschedule_later(void)
{
	aw_timeout *timeout = enter(units(1));

	told("reschedule",
	    aw_timeout_reschedule(timeout, now() + units(10)));
	told("first", nap(2));
	leave(timeout, told("second", nap(100)));
	return 0;
}

static int
reschedule_sooner(void)
{
	aw_timeout *timeout = enter(units(1000));

	told("reschedule",
	    aw_timeout_reschedule(timeout, now() + units(1)));
	leave(timeout, told("sleep", nap(100)));
	return 0;
}

static int
reschedule_to_the_past(void)
{
	aw_timeout *timeout = enter(units(1000));

	told("reschedule",
	    aw_timeout_reschedule(timeout, now() - units(1)));
	leave(timeout, told("sleep", nap(100)));
	return 0;
}

static int
reschedule_to_never(void)
{
	aw_timeout *timeout = enter(units(1));

	told("reschedule", aw_timeout_reschedule(timeout, -1));
	leave(timeout, told("sleep", nap(3)));
	return 0;
}

static int
reschedule_too_late(void)
{
	aw_timeout *timeout = enter(units(1));

	told("sleep", nap(100));
	told("reschedule",
	    aw_timeout_reschedule(timeout, now() + units(1)));
	say("expired %s", yes(aw_timeout_expired(timeout)));
	leave(timeout, 0);
	return 0;
}

static int
a_block_that_swallows_it(void)
{
	aw_timeout *timeout = enter(units(1));

	told("sleep", nap(100));
	leave(timeout, 3);
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return 0;
}

static int
a_block_that_fails_of_it(void)
{
	aw_timeout *timeout = enter(units(1));

	told("sleep", nap(100));
	leave(timeout, FAILURE(1));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return 0;
}

static int
clean_up_takes_long(void)
{
	aw_timeout *timeout = enter(units(1));
	int result = told("sleep", nap(100));

	told("clean-up", nap(2));
	leave(timeout, result);
	return 0;
}

static int
limited(void *arg)
{
	aw_timeout *timeout = enter(units(2));
	int result = leave(timeout, told("block", nap(100)));

	(void)arg;
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return result;
}

static int
cancelled_from_outside(void)
{
	aw_task *a = spawn(limited, NULL, "a");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	return 0;
}

static int
expire(void *arg)
{
	aw_timeout *timeout = enter(0);
	aw_future *future = new_future();

	(void)arg;
	return aw_timeout_exit(timeout, told("future", join(future)));
}

static int
cancelled_from_outside_once_it_has_expired(void)
{
	aw_task *a = spawn(expire, NULL, "a");

	turns(1);
	/* The deadline's callback is due after this one, before the task. */
	aw_loop_call_soon(aw_get_running_loop(), cancel_it, a);
	told("a", aw_await(a));
	say("cancelling %u", aw_task_cancelling(a));
	aw_future_unref(a);
	return 0;
}

static int
enter_cancelled(void *arg)
{
	aw_timeout *timeout;

	(void)arg;
	aw_cancel(aw_current_task());
	timeout = enter(units(50));
	return leave(timeout, told("block", nap(100)));
}

static int
cancelled_before_it_is_entered(void)
{
	told("a", join(spawn(enter_cancelled, NULL, "a")));
	return 0;
}

static int
enter_after_cancel(void *arg)
{
	aw_timeout *timeout;

	(void)arg;
	aw_cancel(aw_current_task());
	told("sleep", aw_sleep(0));
	timeout = enter(units(1));
	leave(timeout, told("block", nap(100)));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return 0;
}

static int
after_an_old_cancellation(void)
{
	told("a", join(spawn(enter_after_cancel, NULL, "a")));
	return 0;
}

static int
it_cancels_what_is_awaited(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 2);
	aw_timeout *timeout = enter(units(1));

	leave(timeout, told("block", aw_await(a)));
	say("cancelled %s", yes(aw_future_cancelled(a)));
	aw_future_unref(a);
	return 0;
}

static int
what_is_awaited_swallows_it(void)
{
	aw_task *a = ACT("a", .forever = true, .swallow = true, .result = 4);
	aw_timeout *timeout = enter(units(1));

	leave(timeout, told("block", join(a)));
	return 0;
}

static const struct trace_case cases[] = {
	CASE(it_expires),
	CASE(it_does_not_expire),
	CASE(a_block_that_fails),
	CASE(none_at_all),
	CASE(what_it_knows),
	CASE(zero),
	CASE(zero_around_what_does_not_wait),
	CASE(a_time_that_has_passed),
	CASE(at_a_time),
	CASE(the_inner_one_first),
	CASE(the_outer_one_first),
	CASE(both_at_once),
	CASE(the_outer_one_while_the_inner_cleans_up),
	CASE(reschedule_later),
	CASE(reschedule_sooner),
	CASE(reschedule_to_the_past),
	CASE(reschedule_to_never),
	CASE(reschedule_too_late),
	CASE(a_block_that_swallows_it),
	CASE(a_block_that_fails_of_it),
	CASE(clean_up_takes_long),
	CASE(cancelled_from_outside),
	CASE(cancelled_from_outside_once_it_has_expired),
	CASE(cancelled_before_it_is_entered),
	CASE(after_an_old_cancellation),
	CASE(it_cancels_what_is_awaited),
	CASE(what_is_awaited_swallows_it),
};
TRACE_MAIN(cases)
