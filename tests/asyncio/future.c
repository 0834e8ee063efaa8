/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
a_result(void)
{
	aw_future *future = new_future();

	say("done %s", yes(aw_future_done(future)));
	told("result", aw_future_result(future));
	told("set", aw_future_set_result(future, 4));
	say("done %s cancelled %s", yes(aw_future_done(future)),
	    yes(aw_future_cancelled(future)));
	told("result", aw_future_result(future));
	told("await", aw_await(future));
	told("await again", join(future));
	return 0;
}

static int
set_twice(void)
{
	aw_future *future = new_future();

	told("set", aw_future_set_result(future, 1));
	told("set again", aw_future_set_result(future, 2));
	told("set an error", aw_future_set_error(future, FAILURE(1)));
	say("cancel %s", yes(aw_cancel(future)));
	told("result", aw_future_result(future));
	aw_future_unref(future);
	return 0;
}

static int
an_error(void)
{
	aw_future *future = new_future();

	told("set", aw_future_set_error(future, FAILURE(1)));
	told("set again", aw_future_set_result(future, 2));
	say("done %s cancelled %s", yes(aw_future_done(future)),
	    yes(aw_future_cancelled(future)));
	told("await", aw_await(future));
	told("result", aw_future_result(future));
	aw_future_unref(future);
	return 0;
}

static int
cancelled(void)
{
	aw_future *future = new_future();

	say("cancel %s", yes(aw_cancel(future)));
	say("done %s cancelled %s", yes(aw_future_done(future)),
	    yes(aw_future_cancelled(future)));
	told("set", aw_future_set_result(future, 1));
	say("cancel %s", yes(aw_cancel(future)));
	told("await", aw_await(future));
	told("result", aw_future_result(future));
	aw_future_unref(future);
	return 0;
}

static int
callbacks_in_order(void)
{
	aw_future *future = new_future();

	on_done(future, "first");
	on_done(future, "second");
	on_done(future, "third");
	aw_future_set_result(future, 0);
	say("set");
	turns(1);
	say("a turn later");
	aw_future_unref(future);
	return 0;
}

static int
a_callback_of_what_is_done(void)
{
	aw_future *future = new_future();

	aw_future_set_result(future, 0);
	on_done(future, "called");
	say("added");
	turns(1);
	say("a turn later");
	aw_future_unref(future);
	return 0;
}

static void
add_another(aw_future *future, void *arg)
{
	(void)arg;
	say("adds");
	on_done(future, "second");
}

static int
a_callback_adds_another(void)
{
	aw_future *future = new_future();

	(void)!aw_future_add_done_callback(future, add_another, NULL);
	aw_future_set_result(future, 0);
	turns(1);
	say("a turn later");
	turns(1);
	say("two turns later");
	aw_future_unref(future);
	return 0;
}

static void
say_it(aw_future *future, void *word)
{
	(void)future;
	say_word(word);
}

static int
remove_a_callback(void)
{
	aw_future *future = new_future();
	char one[] = "one", two[] = "two";

	(void)!aw_future_add_done_callback(future, say_it, one);
	(void)!aw_future_add_done_callback(future, say_it, two);
	(void)!aw_future_add_done_callback(future, say_it, one);
	say("removed %d",
	    aw_future_remove_done_callback(future, say_it, one));
	say("removed %d",
	    aw_future_remove_done_callback(future, say_it, one));
	aw_future_set_result(future, 0);
	turns(1);
	aw_future_unref(future);
	return 0;
}

static int
remove_a_callback_that_is_due(void)
{
	aw_future *future = new_future();
	char word[] = "called";

	(void)!aw_future_add_done_callback(future, say_it, word);
	aw_future_set_result(future, 0);
	say("removed %d",
	    aw_future_remove_done_callback(future, say_it, word));
	turns(1);
	aw_future_unref(future);
	return 0;
}

static int
callbacks_on_cancel(void)
{
	aw_future *future = new_future();

	on_done(future, "called");
	aw_cancel(future);
	say("cancelled");
	turns(1);
	aw_future_unref(future);
	return 0;
}

static int
await_future(void *future)
{
	return told("await", aw_await(future));
}

static int
awaiting_and_callbacks_in_order(void)
{
	aw_future *future = new_future();
	aw_task *a, *b;

	a = spawn(await_future, future, "a");
	turns(1);
	on_done(future, "callback");
	b = spawn(await_future, future, "b");
	turns(1);
	on_done(future, "another");
	aw_future_set_result(future, 6);
	told("a", join(a));
	told("b", join(b));
	aw_future_unref(future);
	return 0;
}

static int
an_error_that_nobody_asked_for(void)
{
	aw_future *future = new_future();

	aw_future_set_error(future, FAILURE(1));
	say("drop");
	aw_future_unref(future);
	say("dropped");
	return 0;
}

static int
an_error_that_was_asked_for(void)
{
	aw_future *future = new_future();

	aw_future_set_error(future, FAILURE(1));
	told("result", aw_future_result(future));
	say("drop");
	aw_future_unref(future);
	say("dropped");
	return 0;
}

static int
an_error_that_came_by_await(void)
{
	aw_future *future = new_future();

	aw_future_set_error(future, FAILURE(1));
	told("await", join(future));
	say("dropped");
	return 0;
}

static int
a_cancellation_is_no_error(void)
{
	aw_future *future = new_future();

	aw_cancel(future);
	aw_future_unref(future);
	say("dropped");
	return 0;
}

static void
set_five(void *future)
{
	told("set", aw_future_set_result(future, 5));
}

static int
set_from_a_callback(void)
{
	aw_future *future = new_future();

	aw_loop_call_soon(aw_get_running_loop(), set_five, future);
	told("await", join(future));
	return 0;
}

static void
set_when_done(aw_future *task, void *future)
{
	(void)task;
	set_five(future);
}

static int
a_task_sets_it(void)
{
	aw_future *future = new_future();
	aw_task *a = ACT("a", .turns = 2);

	(void)!aw_future_add_done_callback(a, set_when_done, future);
	told("await", join(future));
	told("a", join(a));
	return 0;
}

static const struct trace_case cases[] = {
	CASE(a_result),
	CASE(set_twice),
	CASE(an_error),
	CASE(cancelled),
	CASE(callbacks_in_order),
	CASE(a_callback_of_what_is_done),
	CASE(a_callback_adds_another),
	CASE(remove_a_callback),
	CASE(remove_a_callback_that_is_due),
	CASE(callbacks_on_cancel),
	CASE(awaiting_and_callbacks_in_order),
	CASE(an_error_that_nobody_asked_for),
	CASE(an_error_that_was_asked_for),
	CASE(an_error_that_came_by_await),
	CASE(a_cancellation_is_no_error),
	CASE(set_from_a_callback),
	CASE(a_task_sets_it),
};
TRACE_MAIN(cases)
