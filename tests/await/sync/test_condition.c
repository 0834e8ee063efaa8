/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "sync/sync.h"

static void
notify(aw_condition *condition, size_t count)
{
	ck_assert_int_eq(aw_condition_notify(condition, count), 0);
}

/* Takes the lock for the notification. */
static void
acquire_and_notify(aw_condition *condition, size_t count)
{
	acquire_condition(condition);
	notify(condition, count);
	release_condition(condition);
}

TASK_TEST(it_can_be_acquired_and_released_like_a_lock)
{
	aw_condition *condition = new_condition();

	ck_assert(!aw_condition_locked(condition));
	ck_assert_int_eq(aw_condition_release(condition), AW_EINVALIDSTATE);
	acquire_condition(condition);
	ck_assert(aw_condition_locked(condition));
	turns(1);
	ck_assert(aw_condition_locked(condition));
	release_condition(condition);
	ck_assert(!aw_condition_locked(condition));
	aw_condition_free(condition);
	aw_condition_free(NULL);
}

TASK_TEST(a_notified_task_has_the_lock_when_its_wait_returns)
{
	aw_condition *condition = new_condition();
	struct call a, b, c;

	start_call(&a, "a", wait_in_condition, condition);
	start_call(&b, "b", wait_in_condition, condition);
	start_call(&c, "c", wait_in_condition, condition);
	turns(1);
	ck_assert_notes("");
	ck_assert(!aw_condition_locked(condition));
	acquire_condition(condition);
	notify(condition, 1);
	turns(1);
	ck_assert_notes("");
	ck_assert(aw_condition_locked(condition));
	release_condition(condition);
	turns(1);
	ck_assert_notes("a");
	ck_assert(aw_condition_locked(condition));
	notify(condition, 2);
	turns(1);
	ck_assert_notes("");
	ck_assert(aw_condition_locked(condition));
	release_condition(condition);
	turns(1);
	ck_assert_notes("b");
	release_condition(condition);
	turns(1);
	ck_assert_notes("c");
	ck_assert(aw_condition_locked(condition));
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c), 0);
	aw_condition_free(condition);
}

TASK_TEST(as_many_are_woken_as_are_notified)
{
	aw_condition *condition = new_condition();
	struct call a, b, c;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	start_call(&b, "b", wait_in_condition_and_release, condition);
	start_call(&c, "c", wait_in_condition_and_release, condition);
	turns(1);
	acquire_and_notify(condition, 1);
	turns(1);
	ck_assert_notes("a");
	acquire_and_notify(condition, 0);
	turns(1);
	ck_assert_notes("");
	acquire_condition(condition);
	notify(condition, 1);
	notify(condition, 2048);
	release_condition(condition);
	turns(1);
	ck_assert_notes("b c");
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c), 0);
	aw_condition_free(condition);
}

TASK_TEST(all_can_be_notified_at_once)
{
	aw_condition *condition = new_condition();
	struct call a, b;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	start_call(&b, "b", wait_in_condition_and_release, condition);
	turns(1);
	ck_assert_notes("");
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_notify_all(condition), 0);
	release_condition(condition);
	turns(1);
	ck_assert_notes("a b");
	ck_assert_int_eq(join_call(&a) | join_call(&b), 0);
	aw_condition_free(condition);
}

TASK_TEST(a_notification_nobody_waits_for_is_forgotten)
{
	aw_condition *condition = new_condition();
	struct call a;

	acquire_and_notify(condition, 5);
	start_call(&a, "a", wait_in_condition_and_release, condition);
	turns(3);
	ck_assert_notes("");
	acquire_and_notify(condition, 1);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_notes("a");
	aw_condition_free(condition);
}

TASK_TEST(without_the_lock_there_is_no_waiting_and_no_notifying)
{
	aw_condition *condition = new_condition();

	ck_assert_int_eq(aw_condition_wait(condition), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_condition_notify(condition, 1), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_condition_notify_all(condition), AW_EINVALIDSTATE);
	ck_assert(!aw_condition_locked(condition));
	acquire_condition(condition);
	notify(condition, 1);
	ck_assert_int_eq(aw_condition_notify_all(condition), 0);
	aw_condition_free(condition);
}

/* ---------------------------------------------------------------- wait_for */

static bool
holds(void *value)
{
	return *(bool *)value;
}

struct wait_for {
	aw_condition *condition;
	bool value;
};

static int
wait_for_value(void *arg)
{
	struct wait_for *wait = arg;
	int err = aw_condition_acquire(wait->condition);

	if (err < 0)
		return err;
	err = aw_condition_wait_for(wait->condition, holds, &wait->value);
	ck_assert(aw_condition_locked(wait->condition));
	ck_assert(err < 0 || wait->value);
	release_condition(wait->condition);
	return err;
}

TASK_TEST(wait_for_goes_on_waiting_until_the_predicate_holds)
{
	struct wait_for wait = { new_condition(), false };
	struct call a;

	start_call(&a, "a", wait_for_value, &wait);
	turns(1);
	acquire_and_notify(wait.condition, 1);
	turns(1);
	ck_assert_notes("");
	wait.value = true;
	turns(1);
	ck_assert_notes("");
	acquire_and_notify(wait.condition, 1);
	turns(1);
	ck_assert_notes("a");
	ck_assert_int_eq(join_call(&a), 0);
	aw_condition_free(wait.condition);
}

TASK_TEST(wait_for_needs_the_lock_only_if_the_predicate_does_not_hold)
{
	aw_condition *condition = new_condition();
	bool value = true;

	ck_assert_int_eq(aw_condition_wait_for(condition, holds, &value), 0);
	value = false;
	ck_assert_int_eq(aw_condition_wait_for(condition, holds, &value),
	    AW_EINVALIDSTATE);
	aw_condition_free(condition);
}

/* -------------------------------------------------------------------- lock */

static void
check_common_lock(aw_lock *lock, aw_condition *condition)
{
	ck_assert(!aw_lock_locked(lock) && !aw_condition_locked(condition));
	acquire_condition(condition);
	ck_assert(aw_lock_locked(lock) && aw_condition_locked(condition));
	release_condition(condition);
	ck_assert(!aw_lock_locked(lock) && !aw_condition_locked(condition));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	ck_assert(aw_lock_locked(lock) && aw_condition_locked(condition));
	ck_assert_int_eq(aw_lock_release(lock), 0);
	ck_assert(!aw_lock_locked(lock) && !aw_condition_locked(condition));
}

TASK_TEST(a_lock_can_be_given_and_shared_by_several)
{
	aw_lock *lock = aw_lock_new();
	aw_condition *one = aw_condition_new(lock),
	    *other = aw_condition_new(lock);
	struct call a, b;

	check_common_lock(lock, one);
	check_common_lock(lock, other);
	start_call(&a, "one", wait_in_condition_and_release, one);
	start_call(&b, "other", wait_in_condition_and_release, other);
	turns(1);
	acquire_and_notify(other, 1);
	turns(2);
	ck_assert_notes("other");
	acquire_and_notify(one, 1);
	ck_assert_int_eq(join_call(&a) | join_call(&b), 0);
	ck_assert_notes("one");
	aw_condition_free(one);
	aw_condition_free(other);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}

static int
acquire_from_elsewhere(void *condition)
{
	ck_assert_int_eq(aw_condition_acquire(condition), AW_EWRONGLOOP);
	return 0;
}

static int
wait_from_elsewhere(void *condition)
{
	acquire_condition(condition);
	ck_assert_int_eq(aw_condition_wait(condition), AW_EWRONGLOOP);
	ck_assert(aw_condition_locked(condition));
	release_condition(condition);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	aw_lock *lock = aw_lock_new();
	aw_condition *condition = aw_condition_new(lock),
	    *fresh = aw_condition_new(lock);
	struct call a;

	start_call(&a, "a", wait_in_condition_and_release, condition);
	turns(1);
	/* By the condition itself, and by the lock of another one. */
	in_other_loop(wait_from_elsewhere, condition);
	in_other_loop(wait_from_elsewhere, fresh);
	acquire_condition(condition);
	in_other_loop(acquire_from_elsewhere, condition);
	notify(condition, 1);
	release_condition(condition);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_notes("a");
	aw_condition_free(condition);
	aw_condition_free(fresh);
	aw_lock_free(lock);
}

LOOP_TEST(only_a_task_can_wait)
{
	aw_condition *condition = new_condition();
	bool value = true;

	ck_assert(!aw_loop_is_running(loop));
	ck_assert_int_eq(aw_condition_acquire(condition), AW_ENOTASK);
	ck_assert_int_eq(aw_condition_wait(condition), AW_ENOTASK);
	ck_assert_int_eq(aw_condition_wait_for(condition, holds, &value),
	    AW_ENOTASK);
	aw_condition_free(condition);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_can_be_acquired_and_released_like_a_lock,
		a_notified_task_has_the_lock_when_its_wait_returns,
		as_many_are_woken_as_are_notified,
		all_can_be_notified_at_once,
		a_notification_nobody_waits_for_is_forgotten,
		without_the_lock_there_is_no_waiting_and_no_notifying,
		wait_for_goes_on_waiting_until_the_predicate_holds,
		wait_for_needs_the_lock_only_if_the_predicate_does_not_hold,
		a_lock_can_be_given_and_shared_by_several,
		it_belongs_to_the_loop_where_a_task_first_waited,
		only_a_task_can_wait,
	};

	return UNIT_RUN("condition", tests);
}
