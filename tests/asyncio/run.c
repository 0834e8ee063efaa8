/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace.h"

struct begin {
	aw_coroutine *coroutine;
	void *arg;
};

static int
begin_main(void *arg)
{
	const struct begin *begin = arg;

	aw_task_set_name(aw_current_task(), "main");
	trace_reports(aw_get_running_loop());
	return begin->coroutine(begin->arg);
}

static void
run(aw_coroutine *coroutine, void *arg)
{
	struct begin begin = { coroutine, arg };

	told("run", aw_run(begin_main, &begin));
}

/* Runs what leaves a task that plays this part. */
static void
run_with(aw_coroutine *coroutine, const struct play *left)
{
	run(coroutine, part(left));
}

static void
results(void)
{
	struct play well = { .turns = 1, .result = 3 };
	struct play badly = { .turns = 1, .result = FAILURE(2) };

	run(play, &well);
	run(play, &badly);
}

static int
nest(void *arg)
{
	(void)arg;
	told("inner run", aw_run(play, NULL));
	return 1;
}

static void
it_refuses_to_nest(void)
{
	run(nest, NULL);
}

static int
leave_after_a_turn(void *left)
{
	aw_future_unref(spawn(play, left, "left"));
	turns(1);
	return 2;
}

static int
leave_and_say_so(void *left)
{
	leave_after_a_turn(left);
	say("ends");
	return 4;
}

static void
what_is_left_is_cancelled(void)
{
	run_with(leave_and_say_so,
	    &(struct play){ .forever = true, .cleanup = 2 });
}

static int
leave_at_once(void *left)
{
	aw_future_unref(spawn(play, left, "left"));
	say("ends");
	return 0;
}

static void
what_has_not_begun_never_does(void)
{
	run_with(leave_at_once, &(struct play){ .turns = 1 });
}

static int
leave_without_a_result(void *left)
{
	leave_after_a_turn(left);
	return 0;
}

static void
what_is_left_may_clean_up_slowly(void)
{
	run_with(leave_without_a_result,
	    &(struct play){ .forever = true, .cleanup_units = 2 });
}

static void
what_is_left_fails(void)
{
	run_with(leave_after_a_turn,
	    &(struct play){ .forever = true, .on_cancel = FAILURE(1) });
}

static void
what_is_left_swallows_it(void)
{
	run_with(leave_after_a_turn, &(struct play){
	    .forever = true, .swallow = true, .result = 2 });
}

static int
leave_and_fail(void *left)
{
	leave_after_a_turn(left);
	return FAILURE(3);
}

static void
it_fails_and_leaves_something(void)
{
	run_with(leave_and_fail,
	    &(struct play){ .forever = true, .cleanup = 1 });
}

static int
cancel_itself(void *arg)
{
	(void)arg;
	aw_cancel(aw_current_task());
	return told("sleep", nap(100));
}

static void
main_is_cancelled(void)
{
	run(cancel_itself, NULL);
}

static void
send_interrupt(void *arg)
{
	(void)arg;
	kill(getpid(), SIGINT);
}

static int
interrupt(void *arg)
{
	(void)arg;
	aw_loop_call_soon(aw_get_running_loop(), send_interrupt, NULL);
	return told("future", join(new_future()));
}

static void
an_interrupt_cancels_main(void)
{
	run(interrupt, NULL);
}

static int
interrupt_and_clean_up(void *arg)
{
	int result = interrupt(arg);

	turns(2);
	told("clean-up", 0);
	return result;
}

static void
an_interrupt_and_main_cleans_up(void)
{
	run(interrupt_and_clean_up, NULL);
}

static int
interrupt_and_go_on(void *arg)
{
	told("interrupt", interrupt(arg));
	told("sleep", aw_sleep(0));
	return 5;
}

static void
an_interrupt_that_main_swallows(void)
{
	run(interrupt_and_go_on, NULL);
}

static int
interrupt_and_fail(void *arg)
{
	told("interrupt", interrupt(arg));
	return FAILURE(1);
}

static void
an_interrupt_and_main_fails(void)
{
	run(interrupt_and_fail, NULL);
}

static int
leave_and_interrupt(void *left)
{
	aw_future_unref(spawn(play, left, "left"));
	return interrupt(NULL);
}

static void
an_interrupt_with_something_left(void)
{
	run_with(leave_and_interrupt,
	    &(struct play){ .forever = true, .cleanup = 1 });
}

static void
one_after_the_other(void)
{
	struct play description = { .turns = 0 };
	int i;

	for (i = 0; i < 3; i++) {
		description.turns = description.result = i;
		run(play, &description);
	}
}

static int
await_inner(void *inner)
{
	return told("inner", join(inner));
}

static int
leave_a_chain(void *left)
{
	aw_task *inner = spawn(play, left, "inner");

	aw_future_unref(spawn(await_inner, inner, "outer"));
	turns(2);
	return 0;
}

static void
a_task_that_awaits_what_is_left(void)
{
	run_with(leave_a_chain, &(struct play){ .forever = true });
}

static const struct trace_case cases[] = {
	PLAIN_CASE(results),
	PLAIN_CASE(it_refuses_to_nest),
	PLAIN_CASE(what_is_left_is_cancelled),
	PLAIN_CASE(what_has_not_begun_never_does),
	PLAIN_CASE(what_is_left_may_clean_up_slowly),
	PLAIN_CASE(what_is_left_fails),
	PLAIN_CASE(what_is_left_swallows_it),
	PLAIN_CASE(it_fails_and_leaves_something),
	PLAIN_CASE(main_is_cancelled),
	PLAIN_CASE(an_interrupt_cancels_main),
	PLAIN_CASE(an_interrupt_and_main_cleans_up),
	PLAIN_CASE(an_interrupt_that_main_swallows),
	PLAIN_CASE(an_interrupt_and_main_fails),
	PLAIN_CASE(an_interrupt_with_something_left),
	PLAIN_CASE(one_after_the_other),
	PLAIN_CASE(a_task_that_awaits_what_is_left),
};
TRACE_MAIN(cases)
