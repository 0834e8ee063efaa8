/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static int
not_before_the_maker_waits(void)
{
	aw_task *a = ACT("a", .result = 0);

	say("made");
	told("a", join(a));
	return 0;
}

static int
in_the_order_of_making(void)
{
	aw_task *a = ACT("a", .turns = 2);
	aw_task *b = ACT("b", .turns = 2);
	aw_task *c = ACT("c", .turns = 2);

	say("made");
	join(a);
	join(b);
	join(c);
	return 0;
}

static int
the_maker_comes_back_after_its_children(void)
{
	aw_future_unref(ACT("a", .turns = 1));
	aw_future_unref(ACT("b", .result = 0));
	turns(1);
	say("back");
	turns(1);
	say("once more");
	return 0;
}

static int
say_name(void *arg)
{
	(void)arg;
	say("begins");
	aw_task_set_name(aw_current_task(), "renamed");
	turns(1);
	say("ends");
	return 0;
}

static int
names(void)
{
	aw_task *a = spawn(say_name, NULL, "a");

	say("%s", aw_task_get_name(a));
	turns(1);
	say("%s", aw_task_get_name(a));
	aw_task_set_name(a, "named by main");
	(void)!aw_await(a);
	say("%s", aw_task_get_name(a));
	aw_future_unref(a);
	return 0;
}

static int
say_current(void *before)
{
	say("is current %s", yes(aw_current_task() != before));
	return 0;
}

static void
say_no_task(void *arg)
{
	(void)arg;
	say("none %s", yes(aw_current_task() == NULL));
}

static int
the_current_task(void)
{
	aw_task *me = aw_current_task();

	say("is current %s", yes(me != NULL));
	aw_loop_call_soon(aw_get_running_loop(), say_no_task, NULL);
	join(spawn(say_current, me, "a"));
	say("is current %s", yes(aw_current_task() == me));
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(aw_task_get_name(*(aw_task *const *)a),
	    aw_task_get_name(*(aw_task *const *)b));
}

static void
say_tasks(void)
{
	aw_task *tasks[8];
	char text[128] = "all:";
	size_t i, count;

	count = aw_all_tasks(NULL, tasks, 8);
	qsort(tasks, count, sizeof(tasks[0]), compare_names);
	for (i = 0; i < count; i++) {
		strcat(strcat(text, " "), aw_task_get_name(tasks[i]));
		aw_future_unref(tasks[i]);
	}
	say("%s", text);
}

static int
all_tasks(void)
{
	aw_task *a, *b;

	say_tasks();
	a = ACT("a", .turns = 1);
	b = ACT("b", .turns = 2);
	say_tasks();
	turns(2);
	say_tasks();
	join(b);
	say_tasks();
	join(a);
	return 0;
}

static int
await_task(void *task)
{
	return told("await", aw_await(task));
}

static int
several_await_one(void)
{
	aw_task *a = ACT("a", .turns = 3, .result = 8);
	aw_task *b = spawn(await_task, a, "b");
	aw_task *c = spawn(await_task, a, "c");
	aw_task *d = spawn(await_task, a, "d");

	told("b", join(b));
	told("c", join(c));
	told("d", join(d));
	aw_future_unref(a);
	return 0;
}

static int
an_error_goes_through_a_chain(void)
{
	aw_task *a = ACT("a", .turns = 1, .result = FAILURE(3));
	aw_task *b = spawn(await_task, a, "b");
	aw_task *c = spawn(await_task, b, "c");

	told("c", join(c));
	aw_future_unref(a);
	aw_future_unref(b);
	return 0;
}

static int
await_itself(void *arg)
{
	(void)arg;
	told("itself", aw_await(aw_current_task()));
	return 0;
}

static int
awaits_itself(void)
{
	told("a", join(spawn(await_itself, NULL, "a")));
	return 0;
}

static int
its_result_too_early(void)
{
	aw_task *a = ACT("a", .result = 1);

	told("result", aw_future_result(a));
	turns(1);
	told("result", aw_future_result(a));
	aw_future_unref(a);
	return 0;
}

static int
it_can_not_be_set_from_outside(void)
{
	aw_task *a = ACT("a", .result = 1);

	told("set", aw_future_set_result(a, 5));
	told("fail", aw_future_set_error(a, FAILURE(1)));
	told("a", join(a));
	return 0;
}

static int
done_callbacks_come_from_the_loop(void)
{
	aw_task *a = ACT("a", .turns = 1);

	on_done(a, "first");
	on_done(a, "second");
	told("a", aw_await(a));
	on_done(a, "late");
	say("added");
	turns(1);
	aw_future_unref(a);
	return 0;
}

static int
an_error_that_nobody_asked_for(void)
{
	aw_task *a = ACT("a", .result = FAILURE(1));

	turns(1);
	say("drop");
	aw_future_unref(a);
	say("dropped");
	return 0;
}

static int
an_error_after_it_was_dropped(void)
{
	aw_future_unref(ACT("a", .turns = 1, .result = FAILURE(1)));
	turns(2);
	say("later");
	return 0;
}

static int
a_cancelled_one_is_not_reported(void)
{
	aw_task *a = ACT("a", .forever = true);

	turns(1);
	aw_cancel(a);
	turns(1);
	aw_future_unref(a);
	say("dropped");
	return 0;
}

static int
an_error_that_was_asked_for(void)
{
	aw_task *a = ACT("a", .result = FAILURE(1));

	turns(1);
	told("result", aw_future_result(a));
	aw_future_unref(a);
	say("dropped");
	return 0;
}

static int
sleeps_end_in_the_order_of_their_times(void)
{
	aw_task *c = ACT("c", .units = 11);
	aw_task *a = ACT("a", .units = 1);
	aw_task *b = ACT("b", .units = 6);

	join(c);
	join(a);
	join(b);
	return 0;
}

static int
equal_sleeps_end_in_the_order_of_their_beginning(void)
{
	aw_task *a = ACT("a", .units = 1);
	aw_task *b = ACT("b", .units = 1);
	aw_task *c = ACT("c", .units = 1);
	aw_task *d = ACT("d", .units = 1);

	join(a);
	join(b);
	join(c);
	join(d);
	return 0;
}

static int
make_another(void *inner)
{
	say("begins");
	inner = spawn(play, inner, "inner");
	say("made");
	return told("inner", join(inner));
}

static int
a_task_makes_another(void)
{
	struct play inner = { .turns = 1, .result = 2 };

	told("a", join(spawn(make_another, &inner, "a")));
	return 0;
}

static int
count(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 3; i++) {
		say("%d", i);
		turns(1);
	}
	return 0;
}

static int
yielding_takes_turns(void)
{
	aw_task *a = spawn(count, NULL, "a");
	aw_task *b = spawn(count, NULL, "b");

	join(a);
	join(b);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(not_before_the_maker_waits),
	CASE(in_the_order_of_making),
	CASE(the_maker_comes_back_after_its_children),
	CASE(names),
	CASE(the_current_task),
	CASE(all_tasks),
	CASE(several_await_one),
	CASE(an_error_goes_through_a_chain),
	CASE(awaits_itself),
	CASE(its_result_too_early),
	CASE(it_can_not_be_set_from_outside),
	CASE(done_callbacks_come_from_the_loop),
	CASE(an_error_that_nobody_asked_for),
	CASE(an_error_after_it_was_dropped),
	CASE(a_cancelled_one_is_not_reported),
	CASE(an_error_that_was_asked_for),
	CASE(sleeps_end_in_the_order_of_their_times),
	CASE(equal_sleeps_end_in_the_order_of_their_beginning),
	CASE(a_task_makes_another),
	CASE(yielding_takes_turns),
};
TRACE_MAIN(cases)
