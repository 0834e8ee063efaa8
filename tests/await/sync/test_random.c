/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Many tasks that use one thing, some of which are cancelled at any moment, by
 * chance but the same in every run: what it promises holds all the time, and in
 * the end nobody waits for what is free and nothing is lost.
 */
#include <errno.h>
#include <stdlib.h>

#include "sync/sync.h"

#define TASKS 24
#define ROUNDS 40
#define CANCELS 400

static uint32_t state;
static aw_task *tasks[TASKS];
static unsigned inside, ended, cancelled;

static unsigned
chance(unsigned below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/* Waits for a few turns; a cancellation there only makes it shorter. */
static void
dawdle(void)
{
	unsigned count = chance(3);

	while (count-- > 0)
		if (aw_sleep(0) < 0)
			cancelled++;
}

static void
run_tasks(aw_coroutine *coroutine, void *arg)
{
	unsigned i;
	int result;

	state = 2463534242;
	inside = ended = cancelled = 0;
	for (i = 0; i < TASKS; i++)
		tasks[i] = spawn(coroutine, arg);
	turns(1);
	for (i = 0; i < CANCELS; i++) {
		turns(chance(2));
		aw_cancel(tasks[chance(TASKS)]);
	}
	/* All come to their end without any more help. */
	for (i = 0; i < TASKS; i++) {
		result = join(tasks[i]);
		ck_assert(result == 0 || result == -ECANCELED);
	}
	ck_assert_uint_eq(inside, 0);
	/* Some must have been hit, or the test says nothing. */
	ck_assert_uint_gt(cancelled, CANCELS / 10);
}

static bool
was_cancelled(int result)
{
	ck_assert(result == 0 || result == -ECANCELED);
	cancelled += result < 0;
	return result < 0;
}

static int
use_lock(void *lock)
{
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		if (was_cancelled(aw_lock_acquire(lock)))
			continue;
		ck_assert_uint_eq(inside++, 0);
		dawdle();
		ck_assert(aw_lock_locked(lock));
		inside--;
		ck_assert_int_eq(aw_lock_release(lock), 0);
		if (chance(2) == 0)
			dawdle();
	}
	return 0;
}

TASK_TEST(a_lock_excludes_others_and_is_never_lost)
{
	aw_lock *lock = aw_lock_new();

	run_tasks(use_lock, lock);
	ck_assert(!aw_lock_locked(lock));
	ck_assert_int_eq(aw_lock_acquire(lock), 0);
	aw_lock_free(lock);
}

#define PLACES 3

static int
use_semaphore(void *semaphore)
{
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		if (was_cancelled(aw_semaphore_acquire(semaphore)))
			continue;
		ck_assert_uint_lt(inside++, PLACES);
		dawdle();
		inside--;
		ck_assert_int_eq(aw_semaphore_release(semaphore), 0);
		if (chance(2) == 0)
			dawdle();
	}
	return 0;
}

TASK_TEST(a_semaphore_keeps_its_places)
{
	aw_semaphore *semaphore = aw_bounded_semaphore_new(PLACES);
	unsigned i;

	run_tasks(use_semaphore, semaphore);
	ck_assert_int_eq(aw_semaphore_release(semaphore), AW_EINVALIDSTATE);
	for (i = 0; i < PLACES; i++) {
		ck_assert(!aw_semaphore_locked(semaphore));
		ck_assert_int_eq(aw_semaphore_acquire(semaphore), 0);
	}
	ck_assert(aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

/* A store of one place, whose users notify each other through one condition. */
static aw_condition *changed;
static unsigned stored, produced, consumed;

static bool
has_room(void *arg)
{
	(void)arg;
	return stored == 0;
}

static bool
has_item(void *arg)
{
	(void)arg;
	return stored == 1;
}

static void
acquire_in_spite_of_all(void)
{
	while (was_cancelled(aw_condition_acquire(changed)))
		continue;
	ck_assert_uint_eq(inside++, 0);
}

static void
release(void)
{
	inside--;
	ck_assert_int_eq(aw_condition_release(changed), 0);
}

/* Waits, outside of what excludes others; true once the predicate holds. */
static bool
wait_until(aw_predicate *predicate)
{
	int result;

	while (!predicate(NULL)) {
		inside--;
		result = aw_condition_wait(changed);
		ck_assert(aw_condition_locked(changed));
		ck_assert_uint_eq(inside++, 0);
		(void)was_cancelled(result);
	}
	return true;
}

static int
produce_or_consume(void *arg)
{
	/* Half of them do the one, half of them the other. */
	bool producer = ended++ % 2 == 0;
	unsigned i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		acquire_in_spite_of_all();
		ck_assert(wait_until(producer ? has_room : has_item));
		stored = producer;
		*(producer ? &produced : &consumed) += 1;
		ck_assert_int_eq(aw_condition_notify_all(changed), 0);
		dawdle();
		release();
	}
	return 0;
}

TASK_TEST(a_condition_keeps_its_lock_and_its_notifications)
{
	changed = aw_condition_new(NULL);
	run_tasks(produce_or_consume, NULL);
	ck_assert_uint_eq(produced, TASKS / 2 * ROUNDS);
	ck_assert_uint_eq(consumed, produced);
	ck_assert(!aw_condition_locked(changed));
	aw_condition_free(changed);
}

/* Tokens that are waited for, each with one notification. */
static unsigned tokens;

static bool
has_token(void *arg)
{
	(void)arg;
	return tokens > 0;
}

static int
take_tokens(void *arg)
{
	unsigned i;
	int result;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		if (was_cancelled(aw_condition_acquire(changed)))
			continue;
		result = aw_condition_wait_for(changed, has_token, NULL);
		if (!was_cancelled(result)) {
			tokens--;
			consumed++;
		}
		ck_assert_int_eq(aw_condition_release(changed), 0);
	}
	return 0;
}

TASK_TEST(a_single_notification_reaches_somebody_who_acts_on_it)
{
	unsigned i;

	state = 1;
	consumed = 0;
	changed = aw_condition_new(NULL);
	for (i = 0; i < TASKS; i++)
		tasks[i] = spawn(take_tokens, NULL);
	turns(1);
	for (i = 0; i < TASKS * ROUNDS / 4; i++) {
		ck_assert_int_eq(aw_condition_acquire(changed), 0);
		tokens++;
		ck_assert_int_eq(aw_condition_notify(changed, 1), 0);
		if (chance(2) == 0)
			aw_cancel(tasks[chance(TASKS)]);
		turns(chance(2));
		if (chance(2) == 0)
			aw_cancel(tasks[chance(TASKS)]);
		ck_assert_int_eq(aw_condition_release(changed), 0);
		/* Somebody takes it, without any more notifications. */
		turns(6);
		ck_assert_uint_eq(tokens, 0);
	}
	ck_assert_uint_eq(consumed, TASKS * ROUNDS / 4);
	for (i = 0; i < TASKS; i++) {
		while (!aw_future_done(tasks[i])) {
			aw_cancel(tasks[i]);
			turns(1);
		}
		ck_assert_int_eq(join(tasks[i]), 0);
	}
	ck_assert_uint_gt(cancelled, 100);
	aw_condition_free(changed);
}

static unsigned char seen[TASKS * ROUNDS];

static int
put_or_get(void *queue)
{
	unsigned me = ended++, i;
	unsigned char *item;
	void *got;

	for (i = 0; i < ROUNDS; i++) {
		if (me % 2 == 0) {
			item = &seen[me * ROUNDS + i];
			/* Each one is put, however often that is cancelled. */
			while (was_cancelled(aw_queue_put(queue, item)))
				continue;
			produced++;
		} else {
			while (was_cancelled(aw_queue_get(queue, &got)))
				continue;
			item = got;
			ck_assert_uint_eq((*item)++, 0);
			consumed++;
			ck_assert_int_eq(aw_queue_task_done(queue), 0);
		}
		ck_assert_uint_le(aw_queue_qsize(queue), 3);
		dawdle();
	}
	return 0;
}

TASK_TEST(a_queue_loses_no_item_and_gives_none_twice)
{
	aw_queue *queue = aw_queue_new(3);
	unsigned i;

	produced = consumed = 0;
	run_tasks(put_or_get, queue);
	ck_assert_uint_eq(produced, TASKS / 2 * ROUNDS);
	ck_assert_uint_eq(consumed, produced);
	ck_assert(aw_queue_empty(queue));
	ck_assert_int_eq(aw_queue_join(queue), 0);
	for (i = 0; i < TASKS * ROUNDS; i++)
		ck_assert_uint_eq(seen[i], i / ROUNDS % 2 == 0);
	aw_queue_free(queue);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_lock_excludes_others_and_is_never_lost,
		a_semaphore_keeps_its_places,
		a_condition_keeps_its_lock_and_its_notifications,
		a_single_notification_reaches_somebody_who_acts_on_it,
		a_queue_loses_no_item_and_gives_none_twice,
	};

	return UNIT_RUN("random", tests);
}
