/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static void
all_of(aw_future *const *tasks, size_t count, double timeout)
{
	aw_completion_iterator *iterator;
	aw_future *future;
	size_t i;
	int err = 1;

	iterator = aw_as_completed(tasks, count, timeout);
	for (i = 0; i < count && err != 0; i++) {
		err = aw_completion_iterator_next(iterator, &future);
		told("next", err > 0 ? aw_future_result(future) : err);
	}
	if (err < 0 || aw_completion_iterator_next(iterator, &future) == 0)
		say("no more");
	aw_completion_iterator_free(iterator);
}

static int
in_the_order_of_their_ends(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 9, .result = 1),
		ACT("b", .turns = 1, .result = 2),
		ACT("c", .turns = 5, .result = 3),
	};

	all_of(tasks, 3, -1);
	unref_all(tasks, 3);
	return 0;
}

static int
errors_come_as_they_are(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 7, .result = 1),
		ACT("b", .turns = 1, .result = FAILURE(1)),
		ACT("c", .turns = 4, .result = FAILURE(2)),
	};

	all_of(tasks, 3, -1);
	unref_all(tasks, 3);
	return 0;
}

static int
a_cancelled_one(void)
{
	aw_task *tasks[] = {
		ACT("a", .forever = true),
		ACT("b", .turns = 4, .result = 1),
	};

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, tasks[0]);
	all_of(tasks, 2, -1);
	unref_all(tasks, 2);
	return 0;
}

static int
of_nothing(void)
{
	all_of(NULL, 0, -1);
	return 0;
}

static int
those_done_before_come_first(void)
{
	aw_task *a = ACT("a", .result = 1);
	aw_task *b = ACT("b", .turns = 8, .result = 2);
	aw_task *tasks[] = { b, a };

	turns(1);
	all_of(tasks, 2, -1);
	unref_all(tasks, 2);
	return 0;
}

static int
a_timeout(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 1, .result = 1),
		ACT("b", .units = 12, .result = 2),
	};

	all_of(tasks, 2, units(2));
	say("cancelling %u", aw_task_cancelling(tasks[1]));
	told("b", aw_await(tasks[1]));
	unref_all(tasks, 2);
	return 0;
}

static int
leave_early(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 9, .result = 1),
		ACT("b", .turns = 1, .result = 2),
	};
	aw_completion_iterator *iterator = aw_as_completed(tasks, 2, -1);
	aw_future *future;

	if (aw_completion_iterator_next(iterator, &future) > 0)
		told("next", aw_future_result(future));
	aw_completion_iterator_free(iterator);
	told("a", aw_await(tasks[0]));
	unref_all(tasks, 2);
	return 0;
}

static int
collect_both(void *tasks)
{
	aw_completion_iterator *iterator = aw_as_completed(tasks, 2, -1);
	aw_future *future;
	int err;

	do
		err = aw_completion_iterator_next(iterator, &future);
	while (err > 0);
	aw_completion_iterator_free(iterator);
	return err;
}

static int
cancelled_it_leaves_them_alone(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 4, .result = 1),
		ACT("b", .turns = 4, .result = 2),
	};
	aw_task *c = spawn(collect_both, tasks, "c");

	turns(2);
	aw_cancel(c);
	told("c", join(c));
	say("cancelling %u %u", aw_task_cancelling(tasks[0]),
	    aw_task_cancelling(tasks[1]));
	told("a", join(tasks[0]));
	told("b", join(tasks[1]));
	return 0;
}

static aw_future *futures[3];

static void
set_result(void *future)
{
	aw_future_set_result(*(aw_future **)future,
	    (int)((aw_future **)future - futures));
}

static int
futures_that_are_set(void)
{
	static const int order[] = { 2, 0, 1 };
	size_t i, done = 0;

	for (i = 0; i < 3; i++)
		futures[i] = new_future();
	for (i = 0; i < 3; i++)
		aw_loop_call_soon(aw_get_running_loop(), set_result,
		    &futures[order[i]]);
	all_of(futures, 3, -1);
	for (i = 0; i < 3; i++)
		done += aw_future_done(futures[i]);
	say("done %s", yes(done == 3));
	unref_all(futures, 3);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(in_the_order_of_their_ends),
	CASE(errors_come_as_they_are),
	CASE(a_cancelled_one),
	CASE(of_nothing),
	CASE(those_done_before_come_first),
	CASE(a_timeout),
	CASE(leave_early),
	CASE(cancelled_it_leaves_them_alone),
	CASE(futures_that_are_set),
};
TRACE_MAIN(cases)
