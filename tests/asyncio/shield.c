/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
await_shield(void *inner)
{
	return told("shield", join(aw_shield(inner)));
}

static int
await_quietly(void *inner)
{
	return join(aw_shield(inner));
}

static int
a_result_comes_through(void)
{
	aw_task *a = ACT("a", .turns = 1, .result = 3);

	told("shield", join(aw_shield(a)));
	aw_future_unref(a);
	return 0;
}

static int
an_error_comes_through(void)
{
	aw_task *a = ACT("a", .turns = 1, .result = FAILURE(1));

	told("shield", join(aw_shield(a)));
	aw_future_unref(a);
	return 0;
}

static int
of_what_is_done(void)
{
	aw_future *future = new_future();

	aw_future_set_result(future, 5);
	told("shield", join(aw_shield(future)));
	aw_future_unref(future);
	return 0;
}

static int
cancelled_from_outside_the_inner_one_goes_on(void)
{
	aw_task *inner = ACT("inner", .turns = 4, .result = 3);
	aw_task *a = spawn(await_quietly, inner, "a");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	say("done %s cancelling %u", yes(aw_future_done(inner)),
	    aw_task_cancelling(inner));
	told("inner", join(inner));
	return 0;
}

static int
the_inner_one_is_cancelled(void)
{
	aw_task *inner = ACT("inner", .forever = true);
	aw_task *a = spawn(await_shield, inner, "a");

	turns(2);
	aw_cancel(inner);
	told("a", aw_await(a));
	say("cancelling %u", aw_task_cancelling(a));
	aw_future_unref(a);
	aw_future_unref(inner);
	return 0;
}

static int
cancel_the_shield_itself(void)
{
	aw_task *inner = ACT("inner", .turns = 2, .result = 1);
	aw_future *shield = aw_shield(inner);

	say("cancel %s", yes(aw_cancel(shield)));
	say("cancelled %s", yes(aw_future_cancelled(shield)));
	told("shield", join(shield));
	told("inner", join(inner));
	return 0;
}

static int
insist(void *inner)
{
	told("shield", join(aw_shield(inner)));
	told("shield", join(aw_shield(inner)));
	return 0;
}

static int
await_it_again_after_a_cancellation(void)
{
	aw_task *inner = ACT("inner", .turns = 6, .result = 2);
	aw_task *a = spawn(insist, inner, "a");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	aw_future_unref(inner);
	return 0;
}

static int
two_shields_of_one(void)
{
	aw_task *inner = ACT("inner", .turns = 4, .result = 2);
	aw_task *a = spawn(await_shield, inner, "a");
	aw_task *b = spawn(await_shield, inner, "b");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	aw_future_unref(inner);
	return 0;
}

static int
an_error_after_a_cancellation(void)
{
	aw_task *inner = ACT("inner", .turns = 4, .result = FAILURE(1));
	aw_task *a = spawn(await_shield, inner, "a");

	turns(2);
	aw_cancel(a);
	told("a", join(a));
	turns(4);
	aw_future_unref(inner);
	say("dropped");
	return 0;
}

static int
around_a_gather(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 4), ACT("b", .turns = 4) };
	aw_future *both = aw_gather(tasks, 2, false);
	aw_task *c = spawn(await_quietly, both, "c");

	turns(2);
	aw_cancel(c);
	told("c", join(c));
	told("a", join(tasks[0]));
	told("b", join(tasks[1]));
	aw_future_unref(both);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(a_result_comes_through),
	CASE(an_error_comes_through),
	CASE(of_what_is_done),
	CASE(cancelled_from_outside_the_inner_one_goes_on),
	CASE(the_inner_one_is_cancelled),
	CASE(cancel_the_shield_itself),
	CASE(await_it_again_after_a_cancellation),
	CASE(two_shields_of_one),
	CASE(an_error_after_a_cancellation),
	CASE(around_a_gather),
};
TRACE_MAIN(cases)
