/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
in_time(void)
{
	aw_task *a = ACT("a", .turns = 2, .result = 6);

	told("wait_for", aw_wait_for(a, units(50)));
	aw_future_unref(a);
	return 0;
}

static int
too_late(void)
{
	aw_task *a = ACT("a", .forever = true);

	told("wait_for", aw_wait_for(a, units(1)));
	say("cancelled %s", yes(aw_future_cancelled(a)));
	aw_future_unref(a);
	return 0;
}

static int
the_error_of_what_is_awaited(void)
{
	aw_task *a = ACT("a", .turns = 2, .result = FAILURE(1));

	told("wait_for", aw_wait_for(a, units(50)));
	aw_future_unref(a);
	return 0;
}

static int
without_a_timeout(void)
{
	aw_task *a = ACT("a", .units = 1, .result = 3);

	told("wait_for", aw_wait_for(a, -1));
	aw_future_unref(a);
	return 0;
}

static int
it_waits_for_the_clean_up(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup_units = 8);
	aw_task *b = ACT("b", .units = 5);

	told("wait_for", aw_wait_for(a, units(1)));
	told("b", join(b));
	aw_future_unref(a);
	return 0;
}

static int
a_result_that_comes_all_the_same(void)
{
	aw_task *a = ACT("a", .forever = true, .swallow = true, .result = 5);

	told("wait_for", aw_wait_for(a, units(1)));
	aw_future_unref(a);
	return 0;
}

static int
an_error_that_comes_of_it(void)
{
	aw_task *a = ACT("a", .forever = true, .on_cancel = FAILURE(2));

	told("wait_for", aw_wait_for(a, units(1)));
	aw_future_unref(a);
	return 0;
}

static int
zero_never_begins(void)
{
	aw_task *a = ACT("a", .turns = 1);

	told("wait_for", aw_wait_for(a, 0));
	say("cancelled %s", yes(aw_future_cancelled(a)));
	aw_future_unref(a);
	return 0;
}

static int
zero_for_what_has_begun(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 1);

	turns(1);
	told("wait_for", aw_wait_for(a, 0));
	aw_future_unref(a);
	return 0;
}

static int
zero_for_what_is_done(void)
{
	aw_task *a = ACT("a", .result = 9);

	turns(1);
	told("wait_for", aw_wait_for(a, 0));
	aw_future_unref(a);
	return 0;
}

static int
what_is_done_with_an_error(void)
{
	aw_future *future = new_future();

	aw_future_set_error(future, FAILURE(1));
	told("wait_for", aw_wait_for(future, units(50)));
	aw_future_unref(future);
	return 0;
}

static int
a_future_that_is_cancelled(void)
{
	aw_future *future = new_future();

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, future);
	told("wait_for", aw_wait_for(future, units(50)));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	aw_future_unref(future);
	return 0;
}

struct wait {
	aw_future *future;
	double delay;
};

static int
wait_for(void *arg)
{
	struct wait *wait = arg;
	int result = aw_wait_for(wait->future, wait->delay);

	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return result;
}

static int
cancelled_from_outside(void)
{
	aw_task *inner = ACT("inner", .forever = true, .cleanup = 1);
	struct wait wait = { inner, units(50) };
	aw_task *a = spawn(wait_for, &wait, "a");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	say("cancelled %s", yes(aw_future_cancelled(inner)));
	aw_future_unref(inner);
	return 0;
}

static int
cancelled_from_outside_without_a_timeout(void)
{
	aw_task *inner = ACT("inner", .forever = true);
	struct wait wait = { inner, -1 };
	aw_task *a = spawn(wait_for, &wait, "a");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	aw_future_unref(inner);
	return 0;
}

static int
the_timeout_cancels_a_future(void)
{
	aw_future *future = new_future();

	told("wait_for", aw_wait_for(future, units(1)));
	say("cancelled %s", yes(aw_future_cancelled(future)));
	aw_future_unref(future);
	return 0;
}

static int
around_a_shield(void)
{
	aw_task *a = ACT("a", .units = 10, .result = 4);
	aw_future *shield = aw_shield(a);

	told("wait_for", aw_wait_for(shield, units(1)));
	aw_future_unref(shield);
	told("a", join(a));
	return 0;
}

static int
nested(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 1);
	struct wait wait = { a, units(50) };
	aw_task *inner = spawn(wait_for, &wait, "inner");

	told("wait_for", aw_wait_for(inner, units(1)));
	aw_future_unref(inner);
	aw_future_unref(a);
	return 0;
}

static int
nested_the_inner_one_first(void)
{
	aw_task *a = ACT("a", .forever = true);
	struct wait wait = { a, units(1) };
	aw_task *inner = spawn(wait_for, &wait, "inner");

	told("wait_for", aw_wait_for(inner, units(50)));
	aw_future_unref(inner);
	aw_future_unref(a);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(in_time),
	CASE(too_late),
	CASE(the_error_of_what_is_awaited),
	CASE(without_a_timeout),
	CASE(it_waits_for_the_clean_up),
	CASE(a_result_that_comes_all_the_same),
	CASE(an_error_that_comes_of_it),
	CASE(zero_never_begins),
	CASE(zero_for_what_has_begun),
	CASE(zero_for_what_is_done),
	CASE(what_is_done_with_an_error),
	CASE(a_future_that_is_cancelled),
	CASE(cancelled_from_outside),
	CASE(cancelled_from_outside_without_a_timeout),
	CASE(the_timeout_cancels_a_future),
	CASE(around_a_shield),
	CASE(nested),
	CASE(nested_the_inner_one_first),
};
TRACE_MAIN(cases)
