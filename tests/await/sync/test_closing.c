/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop that is closed while tasks wait in locks and queues: every wait fails
 * at once, whatever the tasks do about it, and nothing is left damaged.
 */
#include <errno.h>

#include "sync/sync.h"

static unsigned ended;

static aw_task *tasks[4];

static void
start_tasks(aw_coroutine *coroutine, void *arg)
{
	size_t i;

	ended = 0;
	for (i = 0; i < 4; i++)
		tasks[i] = spawn(coroutine, arg);
	turns(2);
	for (i = 0; i < 4; i++)
		aw_future_unref(tasks[i]);
}

static int
hold_lock(void *lock)
{
	int err = aw_lock_acquire(lock);

	if (err == 0) {
		err = aw_sleep(1000);
		ck_assert_int_eq(aw_lock_release(lock), 0);
	}
	ck_assert_int_eq(err, -ECANCELED);
	ended++;
	return err;
}

static int
start_lock_holders(void *lock)
{
	start_tasks(hold_lock, lock);
	ck_assert(aw_lock_locked(lock));
	return 0;
}

START_TEST(those_who_wait_for_a_lock_end)
{
	aw_lock *lock = aw_lock_new();

	close_while_pending(start_lock_holders, NULL, lock);
	ck_assert_uint_eq(ended, 4);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}
END_TEST

static int
wait_for_lock(void *lock)
{
	int err = aw_lock_acquire(lock);

	ck_assert_int_eq(err, -ECANCELED);
	ended++;
	return err;
}

static int
take_lock(void *lock)
{
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	start_tasks(wait_for_lock, lock);
	return 0;
}

static void
release_lock(void *lock)
{
	ck_assert_int_eq(aw_lock_release(lock), 0);
}

START_TEST(a_lock_on_its_way_to_a_task_is_free_in_the_end)
{
	aw_lock *lock = aw_lock_new();

	close_while_pending(take_lock, release_lock, lock);
	ck_assert_uint_eq(ended, 4);
	ck_assert(!aw_lock_locked(lock));
	aw_lock_free(lock);
}
END_TEST

static int
wait_and_release(void *condition)
{
	int err = aw_condition_acquire(condition);

	ck_assert_int_eq(err, 0);
	err = aw_condition_wait(condition);
	ck_assert_int_eq(err, -ECANCELED);
	ck_assert(aw_condition_locked(condition));
	ck_assert_int_eq(aw_condition_release(condition), 0);
	ended++;
	return err;
}

static int
start_condition_waiters(void *condition)
{
	start_tasks(wait_and_release, condition);
	ck_assert(!aw_condition_locked(condition));
	return 0;
}

START_TEST(those_who_wait_in_a_condition_get_the_lock_again)
{
	aw_condition *condition = aw_condition_new(NULL);

	close_while_pending(start_condition_waiters, NULL, condition);
	ck_assert_uint_eq(ended, 4);
	ck_assert(!aw_condition_locked(condition));
	aw_condition_free(condition);
}
END_TEST

static int
hold_condition(void *condition)
{
	int err;

	ck_assert_int_eq(aw_condition_acquire(condition), 0);
	err = aw_sleep(1000);
	ck_assert(aw_condition_locked(condition));
	ck_assert_int_eq(aw_condition_release(condition), 0);
	ended++;
	return err;
}

static int
start_condition_waiters_and_acquire(void *condition)
{
	start_condition_waiters(condition);
	ck_assert_int_eq(aw_condition_acquire(condition), 0);
	return 0;
}

static void
notify_two(void *condition)
{
	ck_assert_int_eq(aw_condition_notify(condition, 2), 0);
	ck_assert_int_eq(aw_condition_release(condition), 0);
}

/* The youngest task is ended first: the holder, or those who wait. */
static int
hold_while_others_wait(void *condition)
{
	start_condition_waiters(condition);
	aw_future_unref(spawn(hold_condition, condition));
	turns(1);
	ck_assert(aw_condition_locked(condition));
	return 0;
}

static int
hold_condition_later(void *condition)
{
	turns(4);
	return hold_condition(condition);
}

static int
wait_while_another_holds(void *condition)
{
	aw_future_unref(spawn(hold_condition_later, condition));
	start_condition_waiters(condition);
	turns(4);
	ck_assert(aw_condition_locked(condition));
	return 0;
}

static void
check_lock_of_another(aw_coroutine *body)
{
	aw_condition *condition = aw_condition_new(NULL);

	close_while_pending(body, NULL, condition);
	ck_assert_uint_eq(ended, 5);
	ck_assert(!aw_condition_locked(condition));
	aw_condition_free(condition);
}

START_TEST(a_lock_held_by_another_does_not_keep_them_from_it)
{
	check_lock_of_another(hold_while_others_wait);
	check_lock_of_another(wait_while_another_holds);
}
END_TEST

START_TEST(those_who_were_notified_end_as_well)
{
	aw_condition *condition = aw_condition_new(NULL);

	close_while_pending(start_condition_waiters_and_acquire, notify_two,
	    condition);
	ck_assert_uint_eq(ended, 4);
	ck_assert(!aw_condition_locked(condition));
	aw_condition_free(condition);
}
END_TEST

static int
hold_place(void *semaphore)
{
	int err = aw_semaphore_acquire(semaphore);

	if (err == 0) {
		err = aw_sleep(1000);
		ck_assert_int_eq(aw_semaphore_release(semaphore), 0);
	}
	ended++;
	return err;
}

static int
start_place_holders(void *semaphore)
{
	start_tasks(hold_place, semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	return 0;
}

START_TEST(those_who_wait_for_a_semaphore_end)
{
	aw_semaphore *semaphore = aw_bounded_semaphore_new(2);

	close_while_pending(start_place_holders, NULL, semaphore);
	ck_assert_uint_eq(ended, 4);
	ck_assert(!aw_semaphore_locked(semaphore));
	/* Both places are there again, and not one more. */
	ck_assert_int_eq(aw_semaphore_release(semaphore), AW_EINVALIDSTATE);
	aw_semaphore_free(semaphore);
}
END_TEST

static int
wait_and_wait_again(void *event)
{
	int i;

	for (i = 0; i < 10; i++)
		ck_assert_int_eq(aw_event_wait(event), -ECANCELED);
	ended++;
	return 0;
}

static int
start_event_waiters(void *event)
{
	start_tasks(wait_and_wait_again, event);
	return 0;
}

START_TEST(those_who_wait_for_an_event_end)
{
	aw_event *event = aw_event_new();

	close_while_pending(start_event_waiters, NULL, event);
	ck_assert_uint_eq(ended, 4);
	aw_event_set(event);
	aw_event_free(event);
}
END_TEST

static int
wait_for_ever(void *event)
{
	while (aw_event_wait(event) < 0)
		continue;
	ended++;
	return 0;
}

static int
start_stubborn_waiters(void *event)
{
	start_tasks(wait_for_ever, event);
	return 0;
}

START_TEST(one_who_never_gives_up_does_no_harm_to_what_it_waits_for)
{
	aw_event *event = aw_event_new();

	close_while_pending(start_stubborn_waiters, NULL, event);
	ck_assert_uint_eq(ended, 0);
	/* Their stacks are gone, and so must they be from the queue. */
	aw_event_set(event);
	aw_event_free(event);
}
END_TEST

static int
meet(void *barrier)
{
	int err = aw_barrier_wait(barrier);

	ck_assert_int_eq(err, -ECANCELED);
	ended++;
	return err;
}

static int
start_meeting(void *barrier)
{
	start_tasks(meet, barrier);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 4);
	return 0;
}

START_TEST(those_who_wait_at_a_barrier_end)
{
	aw_barrier *barrier = aw_barrier_new(5);

	close_while_pending(start_meeting, NULL, barrier);
	ck_assert_uint_eq(ended, 4);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	aw_barrier_free(barrier);
}
END_TEST

static int
use_queue(void *queue)
{
	void *item;
	int err;

	while ((err = aw_queue_put(queue, NULL)) == 0)
		continue;
	ck_assert_int_eq(err, -ECANCELED);
	ck_assert_int_eq(aw_queue_join(queue), -ECANCELED);
	ck_assert_int_eq(aw_queue_get(queue, &item), 0);
	ck_assert_int_eq(aw_queue_get(queue, &item), -ECANCELED);
	ck_assert_int_eq(aw_queue_put(queue, NULL), 0);
	ended++;
	return 0;
}

static int
start_queue_users(void *queue)
{
	start_tasks(use_queue, queue);
	ck_assert(aw_queue_full(queue));
	return 0;
}

START_TEST(those_who_wait_in_a_queue_end)
{
	aw_queue *queue = aw_queue_new(1);

	close_while_pending(start_queue_users, NULL, queue);
	ck_assert_uint_eq(ended, 4);
	ck_assert_uint_eq(aw_queue_qsize(queue), 1);
	aw_queue_shutdown(queue, true);
	aw_queue_free(queue);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		those_who_wait_for_a_lock_end,
		a_lock_on_its_way_to_a_task_is_free_in_the_end,
		those_who_wait_in_a_condition_get_the_lock_again,
		a_lock_held_by_another_does_not_keep_them_from_it,
		those_who_were_notified_end_as_well,
		those_who_wait_for_a_semaphore_end,
		those_who_wait_for_an_event_end,
		one_who_never_gives_up_does_no_harm_to_what_it_waits_for,
		those_who_wait_at_a_barrier_end,
		those_who_wait_in_a_queue_end,
	};

	return UNIT_RUN("closing", tests);
}
