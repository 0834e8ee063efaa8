/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
wait_for_it(void *arg)
{
	aw_condition *condition = arg;
	int result;

	result = aw_condition_acquire(condition);
	if (result < 0)
		return result;
	result = told("wait", aw_condition_wait(condition));
	say("locked %s", yes(aw_condition_locked(condition)));
	aw_condition_release(condition);
	return result;
}

static void
acquire(aw_condition *condition)
{
	if (aw_condition_acquire(condition) < 0)
		say("no lock");
}

static void
notify(aw_condition *condition, size_t count)
{
	acquire(condition);
	told("notify", aw_condition_notify(condition, count));
	aw_condition_release(condition);
}

static int
without_the_lock(void)
{
	aw_condition *condition = aw_condition_new(NULL);

	told("wait", aw_condition_wait(condition));
	told("notify", aw_condition_notify(condition, 1));
	told("notify all", aw_condition_notify_all(condition));
	told("release", aw_condition_release(condition));
	aw_condition_free(condition);
	return 0;
}

static int
notify_wakes_so_many_in_order(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");
	aw_task *b = spawn(wait_for_it, condition, "b");
	aw_task *c = spawn(wait_for_it, condition, "c");

	turns(1);
	notify(condition, 2);
	join(a);
	join(b);
	say("done %s", yes(aw_future_done(c)));
	notify(condition, 5);
	join(c);
	aw_condition_free(condition);
	return 0;
}

static int
notify_all(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");
	aw_task *b = spawn(wait_for_it, condition, "b");
	aw_task *c = spawn(wait_for_it, condition, "c");

	turns(1);
	acquire(condition);
	told("notify all", aw_condition_notify_all(condition));
	turns(2);
	say("releases");
	aw_condition_release(condition);
	join(a);
	join(b);
	join(c);
	aw_condition_free(condition);
	return 0;
}

static int
notify_without_waiters(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a;

	notify(condition, 1);
	a = spawn(wait_for_it, condition, "a");
	turns(3);
	say("done %s", yes(aw_future_done(a)));
	notify(condition, 1);
	join(a);
	aw_condition_free(condition);
	return 0;
}

static int
a_waiter_is_cancelled(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");
	aw_task *b = spawn(wait_for_it, condition, "b");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	notify(condition, 1);
	told("b", join(b));
	aw_condition_free(condition);
	return 0;
}

/* Lets a task that has woken up have its lock. */
static int
let_it_end(aw_condition *condition, aw_task *a)
{
	say("done %s", yes(aw_future_done(a)));
	aw_condition_release(condition);
	told("a", join(a));
	aw_condition_free(condition);
	return 0;
}

static int
it_takes_the_lock_again_before_it_is_cancelled(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");

	turns(1);
	acquire(condition);
	aw_cancel(a);
	turns(3);
	return let_it_end(condition, a);
}

static int
cancelled_twice_while_it_takes_the_lock(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");

	turns(1);
	acquire(condition);
	aw_cancel(a);
	turns(2);
	aw_cancel(a);
	turns(2);
	return let_it_end(condition, a);
}

static int
cancelled_while_it_takes_the_lock_after_a_notify(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");

	turns(1);
	acquire(condition);
	aw_condition_notify(condition, 1);
	turns(2);
	aw_cancel(a);
	turns(2);
	return let_it_end(condition, a);
}

static int
cancelled_after_a_notify_it_passes_it_on(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_task *a = spawn(wait_for_it, condition, "a");
	aw_task *b = spawn(wait_for_it, condition, "b");

	turns(1);
	acquire(condition);
	aw_condition_notify(condition, 1);
	aw_cancel(a);
	aw_condition_release(condition);
	told("a", join(a));
	told("b", aw_wait_for(b, units(50)));
	aw_future_unref(b);
	aw_condition_free(condition);
	return 0;
}

static aw_condition *changed;
static int state;

static bool
is_two(void *arg)
{
	(void)arg;
	return state >= 2;
}

static int
wait_for_two(void *arg)
{
	(void)arg;
	acquire(changed);
	told("wait_for", aw_condition_wait_for(changed, is_two, NULL));
	say("%d", state);
	aw_condition_release(changed);
	return 0;
}

static int
wait_for_a_predicate(void)
{
	aw_task *a;
	int i;

	state = 0;
	changed = aw_condition_new(NULL);
	a = spawn(wait_for_two, NULL, "a");
	turns(1);
	for (i = 0; i < 3; i++) {
		acquire(changed);
		state++;
		aw_condition_notify(changed, 1);
		say("notified %d", i);
		aw_condition_release(changed);
		turns(3);
	}
	join(a);
	aw_condition_free(changed);
	return 0;
}

static int
a_predicate_that_holds_already(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	int result;

	state = 2;
	acquire(condition);
	result = aw_condition_wait_for(condition, is_two, NULL);
	say("wait_for %s", yes(result == 0));
	aw_condition_release(condition);
	aw_condition_free(condition);
	return 0;
}

static int
two_on_one_lock(void)
{
	aw_lock *lock = aw_lock_new();
	aw_condition *first = aw_condition_new(lock);
	aw_condition *second = aw_condition_new(lock);
	aw_task *a = spawn(wait_for_it, first, "a");
	aw_task *b = spawn(wait_for_it, second, "b");

	turns(1);
	(void)!aw_lock_acquire(lock);
	told("notify second", aw_condition_notify_all(second));
	aw_lock_release(lock);
	join(b);
	say("done %s", yes(aw_future_done(a)));
	acquire(first);
	told("notify first", aw_condition_notify_all(first));
	aw_condition_release(first);
	join(a);
	aw_condition_free(first);
	aw_condition_free(second);
	aw_lock_free(lock);
	return 0;
}

static int
a_timeout_while_it_waits(void)
{
	aw_condition *condition = aw_condition_new(NULL);
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = wait_for_it(condition);
	told("timeout", aw_timeout_exit(timeout, result));
	say("locked %s", yes(aw_condition_locked(condition)));
	aw_condition_free(condition);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(without_the_lock),
	CASE(notify_wakes_so_many_in_order),
	CASE(notify_all),
	CASE(notify_without_waiters),
	CASE(a_waiter_is_cancelled),
	CASE(it_takes_the_lock_again_before_it_is_cancelled),
	CASE(cancelled_twice_while_it_takes_the_lock),
	CASE(cancelled_while_it_takes_the_lock_after_a_notify),
	CASE(cancelled_after_a_notify_it_passes_it_on),
	CASE(wait_for_a_predicate),
	CASE(a_predicate_that_holds_already),
	CASE(two_on_one_lock),
	CASE(a_timeout_while_it_waits),
};
TRACE_MAIN(cases)
