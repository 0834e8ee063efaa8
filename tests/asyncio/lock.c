/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

struct hold {
	aw_lock *lock;
	int turns;
};

/* Holds the lock for so many turns. */
static int
hold(void *arg)
{
	struct hold *hold = arg;
	int err;

	err = told("acquire", aw_lock_acquire(hold->lock));
	if (err < 0)
		return err;
	turns(hold->turns);
	told("release", aw_lock_release(hold->lock));
	return 0;
}

static int
by_itself(void)
{
	aw_lock *lock = aw_lock_new();

	say("locked %s", yes(aw_lock_locked(lock)));
	told("acquire", aw_lock_acquire(lock));
	say("locked %s", yes(aw_lock_locked(lock)));
	told("release", aw_lock_release(lock));
	say("locked %s", yes(aw_lock_locked(lock)));
	aw_lock_free(lock);
	return 0;
}

static int
release_what_is_free(void)
{
	aw_lock *lock = aw_lock_new();

	told("release", aw_lock_release(lock));
	aw_lock_free(lock);
	return 0;
}

static int
first_come_first_served(void)
{
	aw_lock *lock = aw_lock_new();
	struct hold two = { lock, 2 };
	aw_task *tasks[] = {
		spawn(hold, &two, "a"), spawn(hold, &two, "b"),
		spawn(hold, &two, "c"), spawn(hold, &two, "d"),
	};
	size_t i;

	for (i = 0; i < 4; i++)
		join(tasks[i]);
	say("locked %s", yes(aw_lock_locked(lock)));
	aw_lock_free(lock);
	return 0;
}

/* A lock that is taken, for which two tasks wait. */
struct contended {
	aw_lock *lock;
	struct hold hold;
	aw_task *a, *b;
};

static void
contend(struct contended *it)
{
	it->lock = aw_lock_new();
	it->hold = (struct hold){ it->lock, 1 };
	(void)!aw_lock_acquire(it->lock);
	it->a = spawn(hold, &it->hold, "a");
	it->b = spawn(hold, &it->hold, "b");
	turns(1);
}

static int
a_late_comer_waits_for_those_before(void)
{
	struct contended it;

	contend(&it);
	aw_lock_release(it.lock);
	/* Free for a task that has not run yet, not for who comes now. */
	say("locked %s", yes(aw_lock_locked(it.lock)));
	told("again", aw_lock_acquire(it.lock));
	aw_lock_release(it.lock);
	join(it.a);
	join(it.b);
	aw_lock_free(it.lock);
	return 0;
}

static int
release_lock(void *lock)
{
	told("release", aw_lock_release(lock));
	return 0;
}

static int
any_task_may_release(void)
{
	aw_lock *lock = aw_lock_new();

	(void)!aw_lock_acquire(lock);
	join(spawn(release_lock, lock, "a"));
	say("locked %s", yes(aw_lock_locked(lock)));
	aw_lock_free(lock);
	return 0;
}

static int
a_waiter_is_cancelled(void)
{
	struct contended it;

	contend(&it);
	aw_cancel(it.a);
	told("a", join(it.a));
	aw_lock_release(it.lock);
	told("b", join(it.b));
	aw_lock_free(it.lock);
	return 0;
}

static int
cancelled_after_it_was_woken(void)
{
	struct contended it;

	contend(&it);
	aw_lock_release(it.lock);
	aw_cancel(it.a);
	told("a", join(it.a));
	told("b", join(it.b));
	say("locked %s", yes(aw_lock_locked(it.lock)));
	aw_lock_free(it.lock);
	return 0;
}

static int
cancelled_before_the_release_in_one_turn(void)
{
	struct contended it;

	contend(&it);
	aw_cancel(it.a);
	aw_lock_release(it.lock);
	told("a", join(it.a));
	told("b", join(it.b));
	say("locked %s", yes(aw_lock_locked(it.lock)));
	aw_lock_free(it.lock);
	return 0;
}

static int
the_only_waiter_is_cancelled_after_it_was_woken(void)
{
	aw_lock *lock = aw_lock_new();
	struct hold one = { lock, 1 };
	aw_task *a;

	(void)!aw_lock_acquire(lock);
	a = spawn(hold, &one, "a");
	turns(1);
	aw_lock_release(lock);
	aw_cancel(a);
	told("a", join(a));
	say("locked %s", yes(aw_lock_locked(lock)));
	told("acquire", aw_lock_acquire(lock));
	aw_lock_release(lock);
	aw_lock_free(lock);
	return 0;
}

static int
all_waiters_are_cancelled(void)
{
	struct contended it;
	aw_task *c;

	it.lock = aw_lock_new();
	it.hold = (struct hold){ it.lock, 1 };
	(void)!aw_lock_acquire(it.lock);
	it.a = spawn(hold, &it.hold, "a");
	it.b = spawn(hold, &it.hold, "b");
	c = spawn(hold, &it.hold, "c");
	turns(1);
	aw_cancel(it.a);
	aw_cancel(it.b);
	aw_cancel(c);
	told("a", join(it.a));
	told("b", join(it.b));
	told("c", join(c));
	aw_lock_release(it.lock);
	told("acquire", aw_lock_acquire(it.lock));
	aw_lock_release(it.lock);
	aw_lock_free(it.lock);
	return 0;
}

static int
a_timeout_while_it_waits(void)
{
	aw_lock *lock = aw_lock_new();
	aw_timeout *timeout;
	int result;

	(void)!aw_lock_acquire(lock);
	(void)!aw_timeout_enter(units(1), &timeout);
	result = told("acquire", aw_lock_acquire(lock));
	told("timeout", aw_timeout_exit(timeout, result));
	aw_lock_release(lock);
	told("acquire", aw_lock_acquire(lock));
	aw_lock_release(lock);
	aw_lock_free(lock);
	return 0;
}

static int inside;

static int
enter(void *lock)
{
	int err = aw_lock_acquire(lock);

	if (err < 0)
		return err;
	inside++;
	say("inside %d", inside);
	err = nap(1);
	inside--;
	aw_lock_release(lock);
	return err;
}

static int
mutual_exclusion_across_waits(void)
{
	aw_lock *lock = aw_lock_new();
	aw_task *a = spawn(enter, lock, "a");
	aw_task *b = spawn(enter, lock, "b");
	aw_task *c = spawn(enter, lock, "c");

	join(a);
	join(b);
	join(c);
	aw_lock_free(lock);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(by_itself),
	CASE(release_what_is_free),
	CASE(first_come_first_served),
	CASE(a_late_comer_waits_for_those_before),
	CASE(any_task_may_release),
	CASE(a_waiter_is_cancelled),
	CASE(cancelled_after_it_was_woken),
	CASE(cancelled_before_the_release_in_one_turn),
	CASE(the_only_waiter_is_cancelled_after_it_was_woken),
	CASE(all_waiters_are_cancelled),
	CASE(a_timeout_while_it_waits),
	CASE(mutual_exclusion_across_waits),
};
TRACE_MAIN(cases)
