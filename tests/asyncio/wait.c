/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>

#include "trace.h"

#define MOST 4

/* Waits for the tasks and says which of them are done. */
static int
waited(aw_future *const *tasks, size_t count, double timeout,
    enum aw_return_when return_when)
{
	char text[16 * MOST] = "";
	size_t i, length = 0;
	int done;

	done = aw_wait(tasks, count, timeout, return_when);
	if (done < 0)
		return told("wait", done);
	for (i = 0; i < count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    " %s", yes(aw_future_done(tasks[i])));
	say("wait -> %d:%s", done, text);
	return 0;
}

static int
all_completed(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 5), ACT("b", .turns = 1) };

	waited(tasks, 2, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 2);
	return 0;
}

static int
first_completed(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 10), ACT("b", .turns = 1) };

	waited(tasks, 2, -1, AW_FIRST_COMPLETED);
	waited(tasks, 2, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 2);
	return 0;
}

static int
first_exception(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 15),
		ACT("b", .turns = 2, .result = FAILURE(1)),
		ACT("c", .turns = 1, .result = 4),
	};

	waited(tasks, 3, -1, AW_FIRST_EXCEPTION);
	told("b", aw_future_result(tasks[1]));
	waited(tasks, 3, -1, AW_FIRST_EXCEPTION);
	waited(tasks, 3, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 3);
	return 0;
}

static int
first_exception_without_one(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 2), ACT("b", .turns = 1) };

	waited(tasks, 2, -1, AW_FIRST_EXCEPTION);
	unref_all(tasks, 2);
	return 0;
}

static int
first_exception_takes_no_notice_of_a_cancelled_one(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 6), ACT("b", .forever = true) };

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, tasks[1]);
	waited(tasks, 2, -1, AW_FIRST_EXCEPTION);
	unref_all(tasks, 2);
	return 0;
}

static int
first_completed_counts_a_cancelled_one(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 10), ACT("b", .forever = true) };

	aw_loop_call_soon(aw_get_running_loop(), cancel_it, tasks[1]);
	waited(tasks, 2, -1, AW_FIRST_COMPLETED);
	waited(tasks, 2, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 2);
	return 0;
}

static int
a_timeout_is_no_error(void)
{
	aw_task *tasks[] = { ACT("a", .units = 12), ACT("b", .turns = 1) };

	waited(tasks, 2, units(1), AW_ALL_COMPLETED);
	say("cancelling %u", aw_task_cancelling(tasks[0]));
	waited(tasks, 2, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 2);
	return 0;
}

static int
a_timeout_with_nothing_done(void)
{
	aw_task *a = ACT("a", .units = 12);

	waited(&a, 1, units(1), AW_FIRST_COMPLETED);
	waited(&a, 1, units(100), AW_ALL_COMPLETED);
	aw_future_unref(a);
	return 0;
}

static int
a_timeout_of_zero(void)
{
	aw_task *tasks[] = { ACT("a", .units = 6), ACT("b", .result = 0) };

	turns(1);
	waited(tasks, 2, 0, AW_ALL_COMPLETED);
	waited(tasks, 2, -1, AW_ALL_COMPLETED);
	unref_all(tasks, 2);
	return 0;
}

static int
what_is_done_already(void)
{
	aw_future *futures[] = { new_future(), new_future() };

	aw_future_set_result(futures[0], 1);
	waited(futures, 2, -1, AW_FIRST_COMPLETED);
	aw_future_set_result(futures[1], 2);
	waited(futures, 2, -1, AW_ALL_COMPLETED);
	unref_all(futures, 2);
	return 0;
}

static int
what_has_failed_already(void)
{
	aw_future *a = new_future(), *b = new_future();
	aw_future *futures[] = { b, a };

	aw_future_set_error(a, FAILURE(1));
	waited(futures, 2, -1, AW_FIRST_EXCEPTION);
	told("a", aw_future_result(a));
	aw_cancel(b);
	unref_all(futures, 2);
	return 0;
}

static int
of_nothing(void)
{
	waited(NULL, 0, -1, AW_ALL_COMPLETED);
	return 0;
}

struct wait {
	aw_future *const *tasks;
	enum aw_return_when return_when;
};

static int
wait_for_two(void *arg)
{
	const struct wait *wait = arg;

	return waited(wait->tasks, 2, -1, wait->return_when);
}

static int
cancelled_it_leaves_them_alone(void)
{
	aw_task *tasks[] = {
		ACT("a", .turns = 6, .result = 1),
		ACT("b", .turns = 6, .result = 2),
	};
	struct wait wait = { tasks, AW_ALL_COMPLETED };
	aw_task *c = spawn(wait_for_two, &wait, "c");

	turns(2);
	aw_cancel(c);
	told("c", join(c));
	say("cancelling %u %u", aw_task_cancelling(tasks[0]),
	    aw_task_cancelling(tasks[1]));
	told("a", join(tasks[0]));
	told("b", join(tasks[1]));
	return 0;
}

static int
errors_are_not_retrieved(void)
{
	aw_task *a = ACT("a", .result = FAILURE(1));

	waited(&a, 1, -1, AW_ALL_COMPLETED);
	aw_future_unref(a);
	say("dropped");
	return 0;
}

static int
two_wait_for_the_same(void)
{
	aw_task *tasks[] = { ACT("a", .turns = 3), ACT("b", .turns = 6) };
	struct wait first = { tasks, AW_FIRST_COMPLETED };
	struct wait all = { tasks, AW_ALL_COMPLETED };
	aw_task *c = spawn(wait_for_two, &first, "c");
	aw_task *d = spawn(wait_for_two, &all, "d");

	join(c);
	join(d);
	unref_all(tasks, 2);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(all_completed),
	CASE(first_completed),
	CASE(first_exception),
	CASE(first_exception_without_one),
	CASE(first_exception_takes_no_notice_of_a_cancelled_one),
	CASE(first_completed_counts_a_cancelled_one),
	CASE(a_timeout_is_no_error),
	CASE(a_timeout_with_nothing_done),
	CASE(a_timeout_of_zero),
	CASE(what_is_done_already),
	CASE(what_has_failed_already),
	CASE(of_nothing),
	CASE(cancelled_it_leaves_them_alone),
	CASE(errors_are_not_retrieved),
	CASE(two_wait_for_the_same),
};
TRACE_MAIN(cases)
