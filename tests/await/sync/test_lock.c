/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "sync/sync.h"

static aw_lock *
taken_lock(void)
{
	aw_lock *lock = aw_lock_new();

	ck_assert_ptr_nonnull(lock);
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	return lock;
}

static void
release(void *lock)
{
	ck_assert_int_eq(aw_lock_release(lock), 0);
}

TASK_TEST(a_new_lock_is_free_and_taken_without_waiting)
{
	aw_lock *lock = aw_lock_new();
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);

	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	ck_assert(aw_lock_locked(lock));
	ck_assert_notes("");
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(join(other), 0);
	ck_assert_notes("other");
	aw_lock_free(lock);
}

static int
count_alone(void *arg)
{
	static unsigned inside;
	unsigned i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(aw_lock_acquire(arg), 0);
		ck_assert_uint_eq(inside++, 0);
		turns(2);
		ck_assert(aw_lock_locked(arg));
		ck_assert_uint_eq(--inside, 0);
		release(arg);
	}
	return 0;
}

TASK_TEST(it_excludes_others_from_a_block_that_waits)
{
	aw_lock *lock = aw_lock_new();
	aw_task *a = spawn(count_alone, lock), *b = spawn(count_alone, lock),
	    *c = spawn(count_alone, lock);

	ck_assert_int_eq(join(a) | join(b) | join(c), 0);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}

TASK_TEST(waiters_get_it_in_the_order_of_their_coming)
{
	aw_lock *lock = taken_lock();
	struct call a, b, c;

	start_call(&a, "a", acquire_lock, lock);
	start_call(&b, "b", acquire_lock, lock);
	turns(1);
	ck_assert_notes("");
	release(lock);
	turns(1);
	ck_assert_notes("a");
	turns(1);
	ck_assert_notes("");
	start_call(&c, "c", acquire_lock, lock);
	release(lock);
	turns(1);
	ck_assert_notes("b");
	release(lock);
	turns(1);
	ck_assert_notes("c");
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c), 0);
	aw_lock_free(lock);
}

TASK_TEST(who_comes_after_the_release_queues_behind_who_was_woken)
{
	aw_lock *lock = taken_lock();
	struct call waiter, late;

	start_call(&waiter, "waiter", acquire_lock, lock);
	turns(1);
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(aw_lock_release(lock), AW_EINVALIDSTATE);
	start_call(&late, "late", acquire_lock, lock);
	turns(1);
	ck_assert(aw_lock_locked(lock));
	ck_assert_notes("waiter");
	release(lock);
	ck_assert_int_eq(join_call(&late), 0);
	ck_assert_int_eq(join_call(&waiter), 0);
	ck_assert_notes("late");
	aw_lock_free(lock);
}

TASK_TEST(a_releaser_that_acquires_again_waits_its_turn)
{
	aw_lock *lock = taken_lock();
	struct call waiter;

	start_call(&waiter, "waiter", acquire_lock, lock);
	turns(1);
	release(lock);
	call_soon(release, lock);
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	ck_assert_notes("waiter");
	ck_assert_int_eq(join_call(&waiter), 0);
	aw_lock_free(lock);
}

TASK_TEST(a_cancelled_waiter_does_not_get_it)
{
	aw_lock *lock = taken_lock();
	struct call waiter;

	start_call(&waiter, "waiter", acquire_lock, lock);
	call_soon(cancel_callback, waiter.task);
	ck_assert_int_eq(join_call(&waiter), -ECANCELED);
	ck_assert(aw_lock_locked(lock));
	ck_assert_notes("waiter!");
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	aw_lock_free(lock);
}

/* Holds the lock until the future is done. */
struct holder {
	aw_lock *lock;
	aw_future *until;
};

static int
hold(void *arg)
{
	struct holder *holder = arg;
	int result = aw_lock_acquire(holder->lock);

	if (result < 0)
		return result;
	result = aw_await(holder->until);
	release(holder->lock);
	return result;
}

TASK_TEST(a_release_passes_a_waiter_that_was_cancelled_just_before)
{
	aw_lock *lock = aw_lock_new();
	struct holder holder = { lock,
	    aw_loop_create_future(aw_get_running_loop()) };
	aw_task *a = spawn(hold, &holder);
	struct call b, c;

	turns(1);
	ck_assert(aw_lock_locked(lock));
	start_call(&b, "b", acquire_lock, lock);
	start_call(&c, "c", acquire_lock, lock);
	turns(1);
	ck_assert_int_eq(aw_future_set_result(holder.until, 0), 0);
	ck_assert(aw_cancel(b.task));
	turns(1);
	ck_assert(!aw_lock_locked(lock));
	ck_assert(aw_future_done(a));
	ck_assert_notes("b!");
	ck_assert_int_eq(join_call(&c), 0);
	ck_assert_notes("c");
	ck_assert_int_eq(join(a), 0);
	ck_assert_int_eq(join_call(&b), -ECANCELED);
	aw_future_unref(holder.until);
	aw_lock_free(lock);
}

struct cancel_and_release {
	aw_task *task;
	aw_lock *lock;
};

static void
cancel_and_release(void *arg)
{
	struct cancel_and_release *both = arg;

	ck_assert(aw_cancel(both->task));
	release(both->lock);
}

TASK_TEST(one_release_lets_one_in_even_if_another_is_cancelled)
{
	aw_lock *lock = taken_lock();
	struct call a, b, c;
	struct cancel_and_release both;

	start_call(&a, "a", acquire_lock, lock);
	start_call(&b, "b", acquire_lock, lock);
	start_call(&c, "c", acquire_lock, lock);
	turns(1);
	both = (struct cancel_and_release){ a.task, lock };
	call_soon(cancel_and_release, &both);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	turns(2);
	ck_assert_notes("a! b");
	ck_assert_uint_eq(a.calls + b.calls + c.calls, 3);
	ck_assert(!aw_future_done(c.task));
	ck_assert(aw_cancel(c.task));
	ck_assert_int_eq(join_call(&c), -ECANCELED);
	ck_assert_int_eq(join_call(&b), 0);
	take_notes();
	aw_lock_free(lock);
}

TASK_TEST(a_cancelled_waiter_is_in_nobodys_way)
{
	aw_lock *lock = taken_lock();
	struct call b, c;

	start_call(&b, "b", acquire_lock, lock);
	turns(1);
	start_call(&c, "c", acquire_lock, lock);
	ck_assert(aw_cancel(b.task));
	release(lock);
	turns(1);
	ck_assert(aw_lock_locked(lock));
	/* Nobody is in the way of c, which comes when b has yet to run. */
	ck_assert_notes("c b!");
	ck_assert_int_eq(join_call(&b), -ECANCELED);
	ck_assert_int_eq(join_call(&c), 0);
	aw_lock_free(lock);
}

TASK_TEST(a_waiter_cancelled_after_it_was_woken_passes_the_lock_on)
{
	aw_lock *lock = taken_lock();
	struct call b, c, d;

	start_call(&b, "b", acquire_lock, lock);
	start_call(&c, "c", acquire_lock, lock);
	start_call(&d, "d", acquire_lock, lock);
	turns(1);
	release(lock);
	ck_assert(aw_cancel(b.task));
	turns(2);
	ck_assert_notes("b! c");
	ck_assert(aw_lock_locked(lock));
	release(lock);
	turns(1);
	ck_assert_notes("d");
	ck_assert_int_eq(join_call(&b), -ECANCELED);
	ck_assert_int_eq(join_call(&c) | join_call(&d), 0);
	aw_lock_free(lock);
}

TASK_TEST(it_is_free_if_the_only_one_that_was_woken_is_cancelled)
{
	aw_lock *lock = taken_lock();
	struct call waiter;

	start_call(&waiter, "waiter", acquire_lock, lock);
	turns(1);
	release(lock);
	ck_assert(aw_cancel(waiter.task));
	ck_assert_int_eq(join_call(&waiter), -ECANCELED);
	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	ck_assert_notes("waiter!");
	aw_lock_free(lock);
}

TASK_TEST(what_is_not_taken_can_not_be_released)
{
	aw_lock *lock = aw_lock_new();

	ck_assert_int_eq(aw_lock_release(lock), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	release(lock);
	ck_assert_int_eq(aw_lock_release(lock), AW_EINVALIDSTATE);
	aw_lock_free(lock);
}

TASK_TEST(a_lock_nobody_waits_for_is_free_once_it_is_released)
{
	aw_lock *lock = taken_lock();

	ck_assert(aw_lock_locked(lock));
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}

TASK_TEST(a_timeout_ends_the_wait_for_it)
{
	aw_lock *lock = taken_lock();
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_lock_acquire(lock)),
	    -ETIMEDOUT);
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}

TASK_TEST(an_uncontended_acquire_leaves_a_cancellation_pending)
{
	aw_lock *lock = aw_lock_new();

	ck_assert(aw_cancel(aw_current_task()));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	aw_lock_free(lock);
}

TASK_TEST(a_cancellation_that_is_pending_ends_a_contended_acquire)
{
	aw_lock *lock = taken_lock();

	ck_assert(aw_cancel(aw_current_task()));
	ck_assert_int_eq(aw_lock_acquire(lock), -ECANCELED);
	release(lock);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}

LOOP_TEST(only_a_task_can_acquire_it)
{
	aw_lock *lock = aw_lock_new();

	ck_assert(!aw_loop_is_running(loop));
	ck_assert_int_eq(aw_lock_acquire(lock), AW_ENOTASK);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
	aw_lock_free(NULL);
}

static int
acquire_from_elsewhere(void *lock)
{
	ck_assert_int_eq(aw_lock_acquire(lock), AW_EWRONGLOOP);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	aw_lock *lock = taken_lock();
	struct call waiter;

	start_call(&waiter, "waiter", acquire_lock, lock);
	turns(1);
	in_other_loop(acquire_from_elsewhere, lock);
	release(lock);
	ck_assert_int_eq(join_call(&waiter), 0);
	ck_assert_notes("waiter");
	aw_lock_free(lock);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_new_lock_is_free_and_taken_without_waiting,
		it_excludes_others_from_a_block_that_waits,
		waiters_get_it_in_the_order_of_their_coming,
		who_comes_after_the_release_queues_behind_who_was_woken,
		a_releaser_that_acquires_again_waits_its_turn,
		a_cancelled_waiter_does_not_get_it,
		a_release_passes_a_waiter_that_was_cancelled_just_before,
		one_release_lets_one_in_even_if_another_is_cancelled,
		a_cancelled_waiter_is_in_nobodys_way,
		a_waiter_cancelled_after_it_was_woken_passes_the_lock_on,
		it_is_free_if_the_only_one_that_was_woken_is_cancelled,
		what_is_not_taken_can_not_be_released,
		a_lock_nobody_waits_for_is_free_once_it_is_released,
		a_timeout_ends_the_wait_for_it,
		an_uncontended_acquire_leaves_a_cancellation_pending,
		a_cancellation_that_is_pending_ends_a_contended_acquire,
		only_a_task_can_acquire_it,
		it_belongs_to_the_loop_where_a_task_first_waited,
	};

	return UNIT_RUN("lock", tests);
}
