/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

/* Holds a place for a turn. */
static int
hold(void *semaphore)
{
	int err = told("acquire", aw_semaphore_acquire(semaphore));

	if (err < 0)
		return err;
	turns(1);
	told("release", aw_semaphore_release(semaphore));
	return 0;
}

static int
it_counts(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(2);

	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	told("acquire", aw_semaphore_acquire(semaphore));
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	told("acquire", aw_semaphore_acquire(semaphore));
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	told("release", aw_semaphore_release(semaphore));
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	aw_semaphore_free(semaphore);
	return 0;
}

static aw_semaphore *places;
static int inside;

static int
enter(void *delay)
{
	int err = aw_semaphore_acquire(places);

	if (err < 0)
		return err;
	inside++;
	say("inside %d", inside);
	err = nap(*(const int *)delay);
	inside--;
	aw_semaphore_release(places);
	return err;
}

static int
two_at_a_time(void)
{
	static int delays[] = { 1, 7, 8, 8 };
	static const char *const names[] = { "a", "b", "c", "d" };
	aw_task *tasks[4];
	int i;

	places = aw_semaphore_new(2);
	for (i = 0; i < 4; i++)
		tasks[i] = spawn(enter, &delays[i], names[i]);
	for (i = 0; i < 4; i++)
		join(tasks[i]);
	aw_semaphore_free(places);
	return 0;
}

static int
one_of_none(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");

	turns(1);
	told("release", aw_semaphore_release(semaphore));
	join(a);
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
more_releases_than_at_first(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);

	told("release", aw_semaphore_release(semaphore));
	told("acquire", aw_semaphore_acquire(semaphore));
	told("acquire", aw_semaphore_acquire(semaphore));
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
a_bounded_one_refuses_that(void)
{
	aw_semaphore *semaphore = aw_bounded_semaphore_new(1);

	told("release", aw_semaphore_release(semaphore));
	told("acquire", aw_semaphore_acquire(semaphore));
	told("release", aw_semaphore_release(semaphore));
	told("release", aw_semaphore_release(semaphore));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
first_come_first_served(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	aw_task *a = spawn(hold, semaphore, "a");
	aw_task *b = spawn(hold, semaphore, "b");
	aw_task *c = spawn(hold, semaphore, "c");
	aw_task *d = spawn(hold, semaphore, "d");

	join(a);
	join(b);
	join(c);
	join(d);
	aw_semaphore_free(semaphore);
	return 0;
}

static int
a_late_comer_waits_for_those_before(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	aw_task *a, *b;

	(void)!aw_semaphore_acquire(semaphore);
	a = spawn(hold, semaphore, "a");
	b = spawn(hold, semaphore, "b");
	turns(1);
	aw_semaphore_release(semaphore);
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	told("again", aw_semaphore_acquire(semaphore));
	aw_semaphore_release(semaphore);
	join(a);
	join(b);
	aw_semaphore_free(semaphore);
	return 0;
}

static int
a_waiter_is_cancelled(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");
	aw_task *b = spawn(hold, semaphore, "b");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	aw_semaphore_release(semaphore);
	told("b", join(b));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
cancelled_after_it_was_woken(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");
	aw_task *b = spawn(hold, semaphore, "b");

	turns(1);
	aw_semaphore_release(semaphore);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
two_releases_wake_two(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");
	aw_task *b = spawn(hold, semaphore, "b");
	aw_task *c = spawn(hold, semaphore, "c");

	turns(1);
	aw_semaphore_release(semaphore);
	aw_semaphore_release(semaphore);
	turns(1);
	say("done %s", yes(aw_future_done(c)));
	join(a);
	join(b);
	join(c);
	aw_semaphore_free(semaphore);
	return 0;
}

static int
two_releases_and_one_of_the_woken_is_cancelled(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");
	aw_task *b = spawn(hold, semaphore, "b");
	aw_task *c = spawn(hold, semaphore, "c");

	turns(1);
	aw_semaphore_release(semaphore);
	aw_semaphore_release(semaphore);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	told("c", join(c));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
the_only_waiter_is_cancelled_after_it_was_woken(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_task *a = spawn(hold, semaphore, "a");

	turns(1);
	aw_semaphore_release(semaphore);
	aw_cancel(a);
	told("a", join(a));
	say("locked %s", yes(aw_semaphore_locked(semaphore)));
	told("acquire", aw_semaphore_acquire(semaphore));
	aw_semaphore_free(semaphore);
	return 0;
}

static int
a_timeout_while_it_waits(void)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = told("acquire", aw_semaphore_acquire(semaphore));
	told("timeout", aw_timeout_exit(timeout, result));
	aw_semaphore_release(semaphore);
	told("acquire", aw_semaphore_acquire(semaphore));
	aw_semaphore_free(semaphore);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(it_counts),
	CASE(two_at_a_time),
	CASE(one_of_none),
	CASE(more_releases_than_at_first),
	CASE(a_bounded_one_refuses_that),
	CASE(first_come_first_served),
	CASE(a_late_comer_waits_for_those_before),
	CASE(a_waiter_is_cancelled),
	CASE(cancelled_after_it_was_woken),
	CASE(two_releases_wake_two),
	CASE(two_releases_and_one_of_the_woken_is_cancelled),
	CASE(the_only_waiter_is_cancelled_after_it_was_woken),
	CASE(a_timeout_while_it_waits),
};
TRACE_MAIN(cases)
