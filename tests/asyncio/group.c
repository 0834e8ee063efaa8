/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>

#include "trace.h"

static aw_group *
enter(void)
{
	aw_group *group = NULL;

	if (aw_group_enter(&group) < 0)
		say("no group");
	return group;
}

/* Adds a task that plays its part. */
static aw_task *
add_play(aw_group *group, const char *name, const struct play *description)
{
	aw_task *task = NULL;

	if (aw_group_create_task(group, play, part(description), name,
	    &task) < 0)
		say("no task");
	return task;
}
/* As ACT, in a group. */
#define ADD(group, name, ...) aw_future_unref( \
	add_play(group, name, &(struct play){ __VA_ARGS__ }))

static void
add(aw_group *group, const char *name, aw_coroutine *coroutine, void *arg)
{
	if (aw_group_create_task(group, coroutine, arg, name, NULL) < 0)
		say("no task");
}

/* Says what came out: of errors every one. */
static int
leave(aw_group *group, int result)
{
	char text[128] = "";
	size_t i, length = 0;
	int error;

	result = aw_group_exit(group, result);
	for (i = 0; (error = aw_group_error(group, i)) != 0; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    " %s", spell(error));
	if (i > 0)
		say("group ->%s", text);
	else
		told("group", result);
	aw_group_free(group);
	return result;
}

static int
it_waits_for_all(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 5);
	ADD(group, "b", .turns = 1);
	say("body ends");
	leave(group, 3);
	return 0;
}

static int
an_empty_one(void)
{
	leave(enter(), 1);
	return 0;
}

static int
a_failure_cancels_the_siblings(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	ADD(group, "b", .forever = true);
	ADD(group, "c", .forever = true, .cleanup = 2, .quiet = true);
	leave(group, 0);
	return 0;
}

static int
a_failure_cancels_the_body_once(void)
{
	aw_group *group = enter();
	int result;

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	result = told("sleep", nap(100));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	turns(2);
	told("clean-up", 0);
	leave(group, result);
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
a_body_that_swallows_it(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	told("sleep", nap(100));
	told("once more", aw_sleep(0));
	leave(group, 0);
	return 0;
}

static int
a_body_that_fails(void)
{
	aw_group *group = enter();

	ADD(group, "a", .forever = true);
	turns(1);
	leave(group, FAILURE(2));
	return 0;
}

static int
a_body_that_fails_before_its_tasks_begin(void)
{
	aw_group *group = enter();

	ADD(group, "a", .forever = true);
	leave(group, FAILURE(2));
	return 0;
}

static int
the_body_and_a_task_fail(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	told("sleep", nap(100));
	leave(group, FAILURE(2));
	return 0;
}

static int
every_error_is_collected(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	ADD(group, "b", .forever = true, .on_cancel = FAILURE(2));
	ADD(group, "c", .forever = true, .cleanup = 1, .quiet = true,
	    .on_cancel = FAILURE(3));
	leave(group, 0);
	return 0;
}

static int
two_fail_in_one_turn(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	ADD(group, "b", .turns = 1, .result = FAILURE(2));
	leave(group, 0);
	return 0;
}

static int
a_task_that_is_cancelled_is_no_failure(void)
{
	aw_group *group = enter();
	aw_task *a;

	a = add_play(group, "a", &(struct play){ .forever = true });
	ADD(group, "b", .turns = 3);
	turns(1);
	aw_cancel(a);
	aw_future_unref(a);
	leave(group, 4);
	return 0;
}

static int
a_body_that_awaits_a_cancelled_task(void)
{
	aw_group *group = enter();
	aw_task *a;

	a = add_play(group, "a", &(struct play){ .forever = true });
	ADD(group, "b", .forever = true);
	turns(1);
	aw_cancel(a);
	leave(group, told("a", join(a)));
	return 0;
}

static int
sleep_beside_a_task(void *arg)
{
	aw_group *group = enter();

	(void)arg;
	ADD(group, "a", .forever = true, .cleanup = 1);
	return leave(group, told("sleep", nap(100)));
}

static int
cancelled_from_outside_in_the_body(void)
{
	aw_task *parent = spawn(sleep_beside_a_task, NULL, "parent");

	turns(2);
	aw_cancel(parent);
	told("parent", join(parent));
	return 0;
}

/* Waits in the exit for a task that plays this part. */
static int
wait_for_a(void *description)
{
	aw_group *group = enter();

	aw_future_unref(add_play(group, "a", description));
	return leave(group, 1);
}

static int
cancelled_from_outside_while_it_waits(void)
{
	struct play a = { .forever = true, .cleanup = 2 };
	aw_task *parent = spawn(wait_for_a, &a, "parent");

	turns(2);
	aw_cancel(parent);
	told("parent", aw_await(parent));
	say("cancelling %u", aw_task_cancelling(parent));
	aw_future_unref(parent);
	return 0;
}

static int
a_task_fails_when_cancelled_from_outside(void)
{
	struct play a = { .forever = true, .on_cancel = FAILURE(1) };
	aw_task *parent = spawn(wait_for_a, &a, "parent");

	turns(2);
	aw_cancel(parent);
	told("parent", join(parent));
	return 0;
}

static int
fail_with_a_slow_sibling(void *arg)
{
	aw_group *group = enter();

	(void)arg;
	ADD(group, "a", .turns = 1, .result = FAILURE(1));
	ADD(group, "b", .forever = true, .cleanup = 6);
	return leave(group, 0);
}

static int
cancelled_from_outside_after_a_failure(void)
{
	aw_task *parent = spawn(fail_with_a_slow_sibling, NULL, "parent");

	turns(5);
	aw_cancel(parent);
	told("parent", join(parent));
	return 0;
}

static int
a_failure_while_it_waits_does_not_cancel_the_parent(void)
{
	aw_group *group = enter();

	ADD(group, "a", .turns = 2, .result = FAILURE(1));
	ADD(group, "b", .forever = true);
	leave(group, 1);
	told("sleep", aw_sleep(0));
	return 0;
}

static int
nested_the_inner_one_fails(void)
{
	aw_group *outer = enter(), *inner;

	ADD(outer, "b", .forever = true);
	inner = enter();
	ADD(inner, "a", .turns = 1, .result = FAILURE(1));
	leave(inner, told("inner sleep", nap(100)));
	told("outer goes on", aw_sleep(0));
	leave(outer, FAILURE(2));
	return 0;
}

static int
nested_the_outer_one_fails(void)
{
	aw_group *outer = enter(), *inner;
	int result;

	ADD(outer, "b", .turns = 2, .result = FAILURE(1));
	inner = enter();
	ADD(inner, "a", .forever = true);
	result = leave(inner, told("inner sleep", nap(100)));
	leave(outer, result);
	return 0;
}

static int
add_another(void *group)
{
	ADD(group, "b", .turns = 2);
	say("added");
	return 0;
}

static int
a_task_adds_another(void)
{
	aw_group *group = enter();

	add(group, "a", add_another, group);
	leave(group, 2);
	return 0;
}

static int
too_late_to_add(void)
{
	aw_group *group = enter();

	told("group", aw_group_exit(group, 0));
	told("create_task",
	    aw_group_create_task(group, play, NULL, NULL, NULL));
	aw_group_free(group);
	return 0;
}

static int
results_of_the_tasks(void)
{
	aw_group *group = enter();
	struct play first = { .turns = 2, .result = 1 };
	struct play second = { .turns = 1, .result = 2 };
	aw_task *a = add_play(group, "a", &first);
	aw_task *b = add_play(group, "b", &second);

	leave(group, 0);
	told("a", join(a));
	told("b", join(b));
	return 0;
}

static int
add_and_fail(void *group)
{
	ADD(group, "late", .turns = 1);
	say("fails");
	return FAILURE(1);
}

static int
one_that_never_began_is_cancelled_too(void)
{
	aw_group *group = enter();

	add(group, "a", add_and_fail, group);
	leave(group, 0);
	return 0;
}

static int
await_shield(void *inner)
{
	return told("shield", join(aw_shield(inner)));
}

static int
a_shielded_sibling(void)
{
	aw_task *outside = ACT("outside", .turns = 5, .result = 1);
	aw_group *group = enter();

	add(group, "a", await_shield, outside);
	ADD(group, "b", .turns = 1, .result = FAILURE(1));
	leave(group, 0);
	told("outside", join(outside));
	return 0;
}

static int
enter_cancelled(void *arg)
{
	aw_group *group;

	(void)arg;
	aw_cancel(aw_current_task());
	group = enter();
	ADD(group, "a", .turns = 1);
	return leave(group, told("future", join(new_future())));
}

static int
the_parent_was_cancelled_before(void)
{
	aw_task *parent = spawn(enter_cancelled, NULL, "parent");

	told("parent", aw_await(parent));
	say("cancelled %s", yes(aw_future_cancelled(parent)));
	aw_future_unref(parent);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(it_waits_for_all),
	CASE(an_empty_one),
	CASE(a_failure_cancels_the_siblings),
	CASE(a_failure_cancels_the_body_once),
	CASE(a_body_that_swallows_it),
	CASE(a_body_that_fails),
	CASE(a_body_that_fails_before_its_tasks_begin),
	CASE(the_body_and_a_task_fail),
	CASE(every_error_is_collected),
	CASE(two_fail_in_one_turn),
	CASE(a_task_that_is_cancelled_is_no_failure),
	CASE(a_body_that_awaits_a_cancelled_task),
	CASE(cancelled_from_outside_in_the_body),
	CASE(cancelled_from_outside_while_it_waits),
	CASE(a_task_fails_when_cancelled_from_outside),
	CASE(cancelled_from_outside_after_a_failure),
	CASE(a_failure_while_it_waits_does_not_cancel_the_parent),
	CASE(nested_the_inner_one_fails),
	CASE(nested_the_outer_one_fails),
	CASE(a_task_adds_another),
	CASE(too_late_to_add),
	CASE(results_of_the_tasks),
	CASE(one_that_never_began_is_cancelled_too),
	CASE(a_shielded_sibling),
	CASE(the_parent_was_cancelled_before),
};
TRACE_MAIN(cases)
