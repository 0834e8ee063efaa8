/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
wait_for_it(void *event)
{
	return told("wait", aw_event_wait(event));
}

static int
set_and_clear(void)
{
	aw_event *event = aw_event_new();

	say("set %s", yes(aw_event_is_set(event)));
	aw_event_set(event);
	say("set %s", yes(aw_event_is_set(event)));
	told("wait", aw_event_wait(event));
	aw_event_clear(event);
	say("set %s", yes(aw_event_is_set(event)));
	aw_event_free(event);
	return 0;
}

static int
it_wakes_all_in_order(void)
{
	aw_event *event = aw_event_new();
	aw_task *a = spawn(wait_for_it, event, "a");
	aw_task *b = spawn(wait_for_it, event, "b");
	aw_task *c = spawn(wait_for_it, event, "c");

	turns(1);
	aw_event_set(event);
	say("set");
	join(a);
	join(b);
	join(c);
	aw_event_free(event);
	return 0;
}

static int
cleared_before_they_run(void)
{
	aw_event *event = aw_event_new();
	aw_task *a = spawn(wait_for_it, event, "a");

	turns(1);
	aw_event_set(event);
	aw_event_clear(event);
	told("a", join(a));
	say("set %s", yes(aw_event_is_set(event)));
	aw_event_free(event);
	return 0;
}

static int
set_twice(void)
{
	aw_event *event = aw_event_new();
	aw_task *a = spawn(wait_for_it, event, "a"), *b;

	turns(1);
	aw_event_set(event);
	aw_event_set(event);
	told("a", join(a));
	aw_event_clear(event);
	b = spawn(wait_for_it, event, "b");
	turns(1);
	say("done %s", yes(aw_future_done(b)));
	aw_event_set(event);
	told("b", join(b));
	aw_event_free(event);
	return 0;
}

static int
a_waiter_is_cancelled(void)
{
	aw_event *event = aw_event_new();
	aw_task *a = spawn(wait_for_it, event, "a");
	aw_task *b = spawn(wait_for_it, event, "b");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	aw_event_set(event);
	told("b", join(b));
	aw_event_free(event);
	return 0;
}

static int
cancelled_after_it_was_set(void)
{
	aw_event *event = aw_event_new();
	aw_task *a = spawn(wait_for_it, event, "a");

	turns(1);
	aw_event_set(event);
	aw_cancel(a);
	told("a", join(a));
	aw_event_free(event);
	return 0;
}

static void
set_event(void *event)
{
	aw_event_set(event);
}

static int
set_from_a_callback(void)
{
	aw_event *event = aw_event_new();

	aw_loop_call_soon(aw_get_running_loop(), set_event, event);
	told("wait", aw_event_wait(event));
	aw_event_free(event);
	return 0;
}

static int
a_timeout_while_it_waits(void)
{
	aw_event *event = aw_event_new();
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = wait_for_it(event);
	told("timeout", aw_timeout_exit(timeout, result));
	aw_event_set(event);
	told("wait", aw_event_wait(event));
	aw_event_free(event);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(set_and_clear),
	CASE(it_wakes_all_in_order),
	CASE(cleared_before_they_run),
	CASE(set_twice),
	CASE(a_waiter_is_cancelled),
	CASE(cancelled_after_it_was_set),
	CASE(set_from_a_callback),
	CASE(a_timeout_while_it_waits),
};
TRACE_MAIN(cases)
