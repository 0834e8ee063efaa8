/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "loops.h"

static aw_handle *
later(aw_loop *loop, double delay, const char *word)
{
	return aw_loop_call_later(loop, delay, say_word, (void *)word);
}

static aw_handle *
at(aw_loop *loop, double when, const char *word)
{
	return aw_loop_call_at(loop, when, say_word, (void *)word);
}

static void
callbacks_in_order(void)
{
	aw_loop *loop = new_loop();

	soon(loop, "first");
	soon(loop, "second");
	soon(loop, "third");
	run_once(loop);
	aw_loop_close(loop);
}

static void
add_callback(void *loop)
{
	say("adds");
	soon(loop, "added");
}

static void
what_a_callback_adds_waits_for_the_next_iteration(void)
{
	aw_loop *loop = new_loop();

	aw_loop_call_soon(loop, add_callback, loop);
	soon(loop, "beside it");
	run_once(loop);
	say("between");
	run_once(loop);
	aw_loop_close(loop);
}

static void
stopped_beforehand_it_makes_one_iteration(void)
{
	aw_loop *loop = new_loop();

	soon(loop, "called");
	aw_loop_stop(loop);
	aw_loop_run_forever(loop);
	say("stopped");
	aw_loop_close(loop);
}

static void
stop_lets_the_iteration_finish(void)
{
	aw_loop *loop = new_loop();

	soon(loop, "before");
	aw_loop_call_soon(loop, stop, loop);
	soon(loop, "after");
	aw_loop_run_forever(loop);
	say("stopped");
	aw_loop_close(loop);
}

static int
stop_and_go_on(void *loop)
{
	say("stops");
	aw_loop_stop(loop);
	turns(1);
	say("goes on");
	return 0;
}

static void
stop_from_a_task(void)
{
	aw_loop *loop = new_loop();
	aw_task *task = aw_loop_create_task(loop, stop_and_go_on, loop, "a");

	aw_loop_run_forever(loop);
	say("done %s", yes(aw_future_done(task)));
	run_once(loop);
	say("done %s", yes(aw_future_done(task)));
	aw_future_unref(task);
	aw_loop_close(loop);
}

static void
timers_in_the_order_of_their_times(void)
{
	aw_loop *loop = new_loop();
	double now = aw_loop_time(loop);

	later(loop, units(11), "three");
	later(loop, units(1), "one");
	at(loop, now + units(6), "two");
	aw_loop_call_later(loop, units(12), stop, loop);
	aw_loop_run_forever(loop);
	aw_loop_close(loop);
}

static void
timers_of_one_time_in_order(void)
{
	aw_loop *loop = new_loop();
	double when = aw_loop_time(loop) + units(1);

	at(loop, when, "first");
	at(loop, when, "second");
	at(loop, when, "third");
	aw_loop_call_at(loop, when, stop, loop);
	aw_loop_run_forever(loop);
	aw_loop_close(loop);
}

static void
a_timer_of_zero_comes_after_what_is_ready(void)
{
	aw_loop *loop = new_loop();

	later(loop, 0, "later");
	soon(loop, "soon");
	aw_loop_call_later(loop, 0, stop, loop);
	aw_loop_run_forever(loop);
	aw_loop_close(loop);
}

static void
a_time_that_has_passed(void)
{
	aw_loop *loop = new_loop();

	later(loop, -1, "negative");
	at(loop, aw_loop_time(loop) - 1, "past");
	aw_loop_call_later(loop, units(1), stop, loop);
	aw_loop_run_forever(loop);
	aw_loop_close(loop);
}

static void
a_handle_that_is_cancelled(void)
{
	aw_loop *loop = new_loop();

	aw_handle_cancel(soon(loop, "soon"));
	aw_handle_cancel(later(loop, units(1), "later"));
	aw_loop_call_later(loop, units(2), stop, loop);
	aw_loop_run_forever(loop);
	say("stopped");
	aw_loop_close(loop);
}

static void
cancel_handle(void *handle)
{
	aw_handle_cancel(*(aw_handle **)handle);
}

static void
a_handle_that_is_cancelled_in_its_iteration(void)
{
	aw_loop *loop = new_loop();
	aw_handle *handle;

	aw_loop_call_soon(loop, cancel_handle, &handle);
	handle = soon(loop, "cancelled");
	soon(loop, "not cancelled");
	run_once(loop);
	aw_loop_close(loop);
}

static void
run_until_complete(void)
{
	static const int results[] = { 5, FAILURE(1), -ECANCELED };
	aw_loop *loop = new_loop();
	struct play description = { .turns = 1 };
	aw_task *task;
	int i;

	for (i = 0; i < 3; i++) {
		description.result = results[i];
		task = aw_loop_create_task(loop, play, &description, "a");
		told("run", aw_loop_run_until_complete(loop, task));
		say("running %s", yes(aw_loop_is_running(loop)));
		aw_future_unref(task);
	}
	aw_loop_close(loop);
}

static void
run_until_complete_leaves_the_others_as_they_are(void)
{
	struct play six = { .turns = 6, .result = 2 };
	struct play one = { .turns = 1, .result = 1 };
	aw_loop *loop = new_loop();
	aw_task *slow = aw_loop_create_task(loop, play, &six, "slow");
	aw_task *quick = aw_loop_create_task(loop, play, &one, "quick");

	told("run", aw_loop_run_until_complete(loop, quick));
	say("done %s", yes(aw_future_done(slow)));
	told("run", aw_loop_run_until_complete(loop, slow));
	aw_future_unref(quick);
	aw_future_unref(slow);
	aw_loop_close(loop);
}

static void
run_until_complete_of_what_is_done(void)
{
	aw_loop *loop = new_loop();
	aw_future *future = aw_loop_create_future(loop);

	aw_future_set_result(future, 7);
	soon(loop, "called");
	told("run", aw_loop_run_until_complete(loop, future));
	told("run", aw_loop_run_until_complete(loop, future));
	aw_future_unref(future);
	aw_loop_close(loop);
}

static void
set_three(void *future)
{
	aw_future_set_result(future, 3);
}

static void
run_until_complete_is_stopped(void)
{
	aw_loop *loop = new_loop();
	aw_future *future = aw_loop_create_future(loop);

	aw_loop_call_soon(loop, stop, loop);
	told("run", aw_loop_run_until_complete(loop, future));
	aw_loop_call_soon(loop, set_three, future);
	told("run", aw_loop_run_until_complete(loop, future));
	aw_future_unref(future);
	aw_loop_close(loop);
}

static aw_loop *one_loop, *other_loop;

static void
try_to_run(aw_loop *loop)
{
	aw_future *future = aw_loop_create_future(loop);

	told("run", aw_loop_run_until_complete(loop, future));
	aw_future_unref(future);
}

static int
nest(void *arg)
{
	(void)arg;
	say("running %s %s", yes(aw_loop_is_running(one_loop)),
	    yes(aw_loop_is_running(other_loop)));
	try_to_run(one_loop);
	try_to_run(other_loop);
	return 0;
}

static void
a_run_inside_a_run(void)
{
	aw_task *a;

	one_loop = new_loop();
	other_loop = new_loop();
	a = aw_loop_create_task(one_loop, nest, NULL, "a");
	(void)!aw_loop_run_until_complete(one_loop, a);
	aw_future_unref(a);
	aw_loop_close(one_loop);
	aw_loop_close(other_loop);
}

static void
close_loop(void *loop)
{
	told("close", aw_loop_close(loop));
}

static void
close_while_it_runs(void)
{
	aw_loop *loop = new_loop();

	aw_loop_call_soon(loop, close_loop, loop);
	soon(loop, "goes on");
	run_once(loop);
	close_loop(loop);
}

static const struct trace_case cases[] = {
	PLAIN_CASE(callbacks_in_order),
	PLAIN_CASE(what_a_callback_adds_waits_for_the_next_iteration),
	PLAIN_CASE(stopped_beforehand_it_makes_one_iteration),
	PLAIN_CASE(stop_lets_the_iteration_finish),
	PLAIN_CASE(stop_from_a_task),
	PLAIN_CASE(timers_in_the_order_of_their_times),
	PLAIN_CASE(timers_of_one_time_in_order),
	PLAIN_CASE(a_timer_of_zero_comes_after_what_is_ready),
	PLAIN_CASE(a_time_that_has_passed),
	PLAIN_CASE(a_handle_that_is_cancelled),
	PLAIN_CASE(a_handle_that_is_cancelled_in_its_iteration),
	PLAIN_CASE(run_until_complete),
	PLAIN_CASE(run_until_complete_leaves_the_others_as_they_are),
	PLAIN_CASE(run_until_complete_of_what_is_done),
	PLAIN_CASE(run_until_complete_is_stopped),
	PLAIN_CASE(a_run_inside_a_run),
	PLAIN_CASE(close_while_it_runs),
};
TRACE_MAIN(cases)
