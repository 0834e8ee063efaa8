/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

/* Says what each has come to. */
static void
say_results(aw_future *const *futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		say("is %s", spell(aw_future_result(futures[i])));
}

/* Awaits a gather of them and says what each has come to. */
static void
gathered(aw_future *const *futures, size_t count, bool return_exceptions)
{
	int result;

	result = join(aw_gather(futures, count, return_exceptions));
	if (told("gather", result) == 0)
		say_results(futures, count);
}

static int
results_in_the_order_of_the_arguments(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 9, .result = 1),
		ACT("b", .turns = 1, .result = 2),
		ACT("c", .turns = 5, .result = 3),
	};

	gathered(tasks, 3, false);
	unref_all(tasks, 3);
	return 0;
}

static int
the_first_error_comes_out_at_once(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 12, .result = 1),
		ACT("b", .turns = 2, .result = FAILURE(1)),
	};

	gathered(tasks, 2, false);
	say("done %s %s", yes(aw_future_done(tasks[0])),
	    yes(aw_future_done(tasks[1])));
	told("a", aw_await(tasks[0]));
	unref_all(tasks, 2);
	return 0;
}

static int
later_errors_count_as_retrieved(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 1, .result = FAILURE(1)),
		ACT("b", .turns = 4, .result = FAILURE(2)),
	};

	gathered(tasks, 2, false);
	turns(6);
	unref_all(tasks, 2);
	say("dropped");
	return 0;
}

static int
errors_as_results(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 3, .result = 1),
		ACT("b", .turns = 1, .result = FAILURE(1)),
		ACT("c", .turns = 2, .result = 3),
	};

	gathered(tasks, 3, true);
	unref_all(tasks, 3);
	return 0;
}

static int
a_cancelled_child(void)
{
	aw_task *tasks[] = {
		ACT("a", .forever = true),
		ACT("b", .turns = 12, .result = 2),
	};

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, tasks[0]);
	gathered(tasks, 2, false);
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	say("done %s", yes(aw_future_done(tasks[1])));
	told("b", aw_await(tasks[1]));
	unref_all(tasks, 2);
	return 0;
}

static int
a_cancelled_child_as_a_result(void)
{
	aw_task *tasks[] = {
		ACT("a", .forever = true),
		ACT("b", .turns = 2, .result = 2),
	};

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, tasks[0]);
	gathered(tasks, 2, true);
	unref_all(tasks, 2);
	return 0;
}

static int
await_gather(void *future)
{
	int result = join(future);

	if (result == -ECANCELED)
		say("is cancelled");
	return result;
}

/* Awaits a gather of a and b in another task, which is cancelled. */
static void
cancel_gather(aw_task *a, aw_task *b, bool return_exceptions)
{
	aw_task *both[] = { a, b };
	aw_task *c;

	c = spawn(await_gather, aw_gather(both, 2, return_exceptions), "c");
	turns(2);
	aw_cancel(c);
	told("c", join(c));
}

static void
say_cancelled(aw_task *a, aw_task *b)
{
	say("cancelled %s %s", yes(aw_future_cancelled(a)),
	    yes(aw_future_cancelled(b)));
	aw_future_unref(a);
	aw_future_unref(b);
}

static int
cancelled_from_outside(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 1);
	aw_task *b = ACT("b", .forever = true);

	cancel_gather(a, b, false);
	say_cancelled(a, b);
	return 0;
}

static int
cancelled_from_outside_with_errors_as_results(void)
{
	aw_task *a = ACT("a", .forever = true);
	aw_task *b = ACT("b", .forever = true);

	cancel_gather(a, b, true);
	say_cancelled(a, b);
	return 0;
}

static int
cancelled_with_a_child_that_swallows_it(void)
{
	aw_task *a = ACT("a", .forever = true, .swallow = true, .result = 1);
	aw_task *b = ACT("b", .forever = true, .swallow = true, .result = 2);

	cancel_gather(a, b, false);
	told("a", join(a));
	told("b", join(b));
	return 0;
}

static int
cancelled_with_a_child_that_fails_of_it(void)
{
	aw_task *a = ACT("a", .forever = true, .on_cancel = FAILURE(1));
	aw_task *b = ACT("b", .forever = true, .cleanup = 3);

	cancel_gather(a, b, false);
	say("done %s", yes(aw_future_done(b)));
	told("b", join(b));
	aw_future_unref(a);
	return 0;
}

static int
cancel_the_future(void)
{
	aw_task *tasks[] = {
		ACT("a", .forever = true),
		ACT("b", .forever = true),
	};
	aw_future *future = aw_gather(tasks, 2, false);

	turns(1);
	say("cancel %s", yes(aw_cancel(future)));
	say("done %s", yes(aw_future_done(future)));
	told("gather", aw_await(future));
	say("cancel %s", yes(aw_cancel(future)));
	aw_future_unref(future);
	unref_all(tasks, 2);
	return 0;
}

static int
cancel_when_every_child_is_done(void)
{
	aw_task *a = ACT("a", .result = 1);
	aw_future *future = aw_gather(&a, 1, false);

	turns(1);
	say("child done %s", yes(aw_future_done(a)));
	(void)!aw_await(future);
	say("cancel %s", yes(aw_cancel(future)));
	aw_future_unref(future);
	aw_future_unref(a);
	return 0;
}

static int
the_same_one_twice(void)
{
	aw_task *a = ACT("a", .turns = 2, .result = 4);
	aw_task *b = ACT("b", .turns = 1, .result = 5);
	aw_task *tasks[] = { a, b, a };

	gathered(tasks, 3, false);
	unref_all(tasks, 2);
	return 0;
}

static int
of_nothing(void)
{
	gathered(NULL, 0, false);
	return 0;
}

static int
of_what_is_done(void)
{
	aw_future *futures[] = { new_future(), new_future() };

	aw_future_set_result(futures[0], 1);
	aw_future_set_result(futures[1], 2);
	gathered(futures, 2, false);
	unref_all(futures, 2);
	return 0;
}

static int
of_what_has_failed(void)
{
	aw_future *futures[] = { new_future(), new_future() };

	aw_future_set_error(futures[1], FAILURE(1));
	gathered(futures, 2, false);
	aw_cancel(futures[0]);
	unref_all(futures, 2);
	return 0;
}

static int
nested(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 2), ACT("b", .turns = 2),
		ACT("c", .turns = 2), ACT("d", .turns = 2),
	};
	aw_future *halves[] = {
		aw_gather(tasks, 2, false),
		aw_gather(tasks + 2, 2, false),
	};

	told("gather", join(aw_gather(halves, 2, false)));
	unref_all(halves, 2);
	unref_all(tasks, 4);
	return 0;
}

static int
an_error_in_the_inner_one(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 1, .result = FAILURE(1)),
		ACT("b", .turns = 12),
	};
	aw_future *both[] = {
		aw_gather(tasks, 2, false),
		ACT("c", .turns = 12),
	};

	told("gather", join(aw_gather(both, 2, false)));
	join(tasks[1]);
	join(both[1]);
	aw_future_unref(both[0]);
	aw_future_unref(tasks[0]);
	return 0;
}

static int
cancel_a_nested_one(void)
{
	aw_task *a = ACT("a", .forever = true);
	aw_task *b = ACT("b", .forever = true);
	aw_future *both[] = { aw_gather(&a, 1, false), b };
	aw_future *future = aw_gather(both, 2, false);

	turns(1);
	aw_cancel(future);
	told("gather", join(future));
	aw_future_unref(both[0]);
	say_cancelled(a, b);
	return 0;
}

static int
callbacks_of_children_before_its_own(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 1), ACT("b", .turns = 2) };
	aw_future *future = aw_gather(tasks, 2, false);

	on_done(tasks[0], "a is done");
	on_done(tasks[1], "b is done");
	on_done(future, "all are done");
	told("gather", join(future));
	unref_all(tasks, 2);
	return 0;
}

static int
two_errors_in_one_turn(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 1, .result = FAILURE(1)),
		ACT("b", .turns = 1, .result = FAILURE(2)),
	};

	gathered(tasks, 2, false);
	turns(3);
	unref_all(tasks, 2);
	return 0;
}

static int
an_error_that_nobody_awaits(void)
{
	aw_task *tasks[] = {
		ACT("a", .result = FAILURE(1)),
		ACT("b", .result = 1),
	};
	aw_future *future = aw_gather(tasks, 2, false);

	turns(3);
	say("drop");
	aw_future_unref(future);
	unref_all(tasks, 2);
	say("dropped");
	return 0;
}

static const struct trace_case cases[] = {
	CASE(results_in_the_order_of_the_arguments),
	CASE(the_first_error_comes_out_at_once),
	CASE(later_errors_count_as_retrieved),
	CASE(errors_as_results),
	CASE(a_cancelled_child),
	CASE(a_cancelled_child_as_a_result),
	CASE(cancelled_from_outside),
	CASE(cancelled_from_outside_with_errors_as_results),
	CASE(cancelled_with_a_child_that_swallows_it),
	CASE(cancelled_with_a_child_that_fails_of_it),
	CASE(cancel_the_future),
	CASE(cancel_when_every_child_is_done),
	CASE(the_same_one_twice),
	CASE(of_nothing),
	CASE(of_what_is_done),
	CASE(of_what_has_failed),
	CASE(nested),
	CASE(an_error_in_the_inner_one),
	CASE(cancel_a_nested_one),
	CASE(callbacks_of_children_before_its_own),
	CASE(two_errors_in_one_turn),
	CASE(an_error_that_nobody_awaits),
};
TRACE_MAIN(cases)
