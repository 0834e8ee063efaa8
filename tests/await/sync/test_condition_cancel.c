/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Conditions, when a task is cancelled that waits.
 */
#include <errno.h>

#include "sync/sync.h"

TASK_TEST(a_cancelled_task_has_the_lock_when_its_wait_returns)
{
	aw_condition *condition = new_condition();
	struct call a;

	acquire_condition(condition);
	start_call(&a, "a", wait_in_condition, condition);
	turns(1);
	release_condition(condition);
	turns(1);
	ck_assert(!aw_condition_locked(condition));
	call_soon(cancel_callback, a.task);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(aw_condition_locked(condition));
	ck_assert_notes("a!");
	aw_condition_free(condition);
}

TASK_TEST(a_cancelled_task_waits_for_the_lock_all_the_same)
{
	aw_condition *condition = new_condition();
	struct call a;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	turns(1);
	acquire_condition(condition);
	ck_assert(aw_cancel(a.task));
	turns(3);
	ck_assert_notes("");
	release_condition(condition);
	turns(1);
	ck_assert_notes("a!");
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(!aw_condition_locked(condition));
	aw_condition_free(condition);
}

TASK_TEST(one_cancelled_while_the_lock_is_contested_gets_it)
{
	aw_condition *condition = new_condition();
	struct call a;

	start_call(&a, "a", wait_in_condition, condition);
	turns(1);
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_notify(condition, 1), 0);
	call_soon(cancel_callback, a.task);
	call_soon(release_condition, condition);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(aw_condition_locked(condition));
	take_notes();
	aw_condition_free(condition);
}

TASK_TEST(one_cancelled_again_and_again_while_it_wants_the_lock_gets_it)
{
	aw_condition *condition = new_condition();
	struct call a;
	int i;

	start_call(&a, "a", wait_in_condition, condition);
	turns(1);
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_notify(condition, 1), 0);
	for (i = 0; i < 5; i++) {
		turns(1);
		ck_assert(aw_cancel(a.task));
	}
	turns(2);
	ck_assert(!aw_future_done(a.task));
	release_condition(condition);
	/* Woken to take it, and cancelled once more. */
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(aw_condition_locked(condition));
	take_notes();
	aw_condition_free(condition);
}

TASK_TEST(a_cancellation_after_the_notification_is_not_lost)
{
	aw_condition *condition = new_condition();
	struct call a;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	turns(1);
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_notify(condition, 1), 0);
	turns(1);
	ck_assert(aw_cancel(a.task));
	turns(1);
	release_condition(condition);
	turns(1);
	ck_assert(aw_future_cancelled(a.task));
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_notes("a!");
	aw_condition_free(condition);
}

TASK_TEST(a_timeout_ends_the_wait_with_the_lock_taken)
{
	aw_condition *condition = new_condition();
	aw_timeout *timeout;

	acquire_condition(condition);
	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout,
	    aw_condition_wait(condition)), -ETIMEDOUT);
	ck_assert(aw_condition_locked(condition));
	release_condition(condition);
	aw_condition_free(condition);
}

/* ------------------------------------------- notifications are not lost */

struct store {
	aw_condition *condition;
	int items; /* negative: no more will come */
};

static bool
has_changed(void *store)
{
	return ((struct store *)store)->items != 0;
}

static int
consume(void *arg)
{
	struct store *store = arg;
	int err;

	acquire_condition(store->condition);
	while ((err = aw_condition_wait_for(store->condition, has_changed,
	    store)) == 0 && store->items > 0)
		store->items--;
	release_condition(store->condition);
	return err;
}

/* Puts an item for two consumers, the first of which is cancelled. */
static void
check_consumption(unsigned turns_before)
{
	struct store store = { new_condition(), 0 };
	struct call a, b;

	start_call(&a, "a", consume, &store);
	start_call(&b, "b", consume, &store);
	turns(1);
	acquire_condition(store.condition);
	store.items = 1;
	ck_assert_int_eq(aw_condition_notify(store.condition, 1), 0);
	turns(turns_before);
	ck_assert(aw_cancel(a.task));
	release_condition(store.condition);
	turns(4);
	ck_assert_notes("a!");
	ck_assert_int_eq(store.items, 0);
	acquire_condition(store.condition);
	store.items = -1;
	ck_assert_int_eq(aw_condition_notify_all(store.condition), 0);
	release_condition(store.condition);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b), 0);
	ck_assert_notes("b");
	aw_condition_free(store.condition);
}

TASK_TEST(a_task_cancelled_when_it_was_notified_passes_that_on)
{
	check_consumption(0);
}

TASK_TEST(one_cancelled_when_it_takes_the_lock_passes_that_on)
{
	check_consumption(1);
}

TASK_TEST(a_task_that_was_cancelled_before_passes_nothing_on)
{
	aw_condition *condition = new_condition();
	struct call a, b, c;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	start_call(&b, "b", wait_in_condition_and_release, condition);
	start_call(&c, "c", wait_in_condition_and_release, condition);
	turns(1);
	acquire_condition(condition);
	ck_assert(aw_cancel(a.task));
	/* It goes to b, as a can't take it any more. */
	ck_assert_int_eq(aw_condition_notify(condition, 1), 0);
	release_condition(condition);
	turns(4);
	ck_assert_notes("a! b");
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_notify_all(condition), 0);
	release_condition(condition);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b) | join_call(&c), 0);
	ck_assert_notes("c");
	aw_condition_free(condition);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_cancelled_task_has_the_lock_when_its_wait_returns,
		a_cancelled_task_waits_for_the_lock_all_the_same,
		one_cancelled_while_the_lock_is_contested_gets_it,
		one_cancelled_again_and_again_while_it_wants_the_lock_gets_it,
		a_cancellation_after_the_notification_is_not_lost,
		a_timeout_ends_the_wait_with_the_lock_taken,
		a_task_cancelled_when_it_was_notified_passes_that_on,
		one_cancelled_when_it_takes_the_lock_passes_that_on,
		a_task_that_was_cancelled_before_passes_nothing_on,
	};

	return UNIT_RUN("condition_cancel", tests);
}
