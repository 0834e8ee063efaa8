/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Locks and queues when memory runs out.
 */
#include <errno.h>

#include "core/core.h"
#include "core/scenario.h"

static int
make_all(void *arg)
{
	aw_lock *lock = aw_lock_new();
	aw_event *event = aw_event_new();
	aw_condition *own = aw_condition_new(NULL);
	aw_condition *shared = lock != NULL ? aw_condition_new(lock) : NULL;
	aw_semaphore *semaphore = aw_semaphore_new(1),
	    *bounded = aw_bounded_semaphore_new(1);
	aw_barrier *barrier = aw_barrier_new(1);
	aw_queue *queue = aw_queue_new(0), *lifo = aw_lifo_queue_new(1000);
	bool made = lock != NULL && event != NULL && own != NULL &&
	    shared != NULL && semaphore != NULL && bounded != NULL &&
	    barrier != NULL && queue != NULL && lifo != NULL;

	(void)arg;
	aw_condition_free(own);
	aw_condition_free(shared);
	aw_lock_free(lock);
	aw_event_free(event);
	aw_semaphore_free(semaphore);
	aw_semaphore_free(bounded);
	aw_barrier_free(barrier);
	aw_queue_free(queue);
	aw_queue_free(lifo);
	return made ? 0 : -ENOMEM;
}

static int
run_make_all(void)
{
	return run_main(make_all, NULL);
}

START_TEST(each_is_made_or_refused)
{
	fail_each_call(run_make_all, _i == 1);
}
END_TEST

static int
compare_pointers(const void *a, const void *b)
{
	return a < b ? -1 : a > b;
}

#define ITEMS 200

/* Puts until it fails; what was put before comes out again. */
static int
fill_and_empty(aw_queue *queue)
{
	static char items[ITEMS];
	bool seen[ITEMS] = { false };
	size_t put = 0, i;
	void *item;
	int err = queue != NULL ? 0 : -ENOMEM;

	while (err == 0 && put < ITEMS) {
		err = aw_queue_put(queue, &items[put]);
		put += err == 0;
	}
	must(queue == NULL || aw_queue_qsize(queue) == put);
	for (i = 0; i < put; i++) {
		must(aw_queue_get(queue, &item) == 0);
		must(!seen[(char *)item - items]);
		seen[(char *)item - items] = true;
		must(aw_queue_task_done(queue) == 0);
	}
	for (i = 0; i < put; i++)
		must(seen[i]);
	must(queue == NULL || aw_queue_join(queue) == 0);
	aw_queue_free(queue);
	return err;
}

static int
fill_queues(void *arg)
{
	int err;

	(void)arg;
	err = fill_and_empty(aw_queue_new(0));
	if (err == 0)
		err = fill_and_empty(aw_queue_new(ITEMS));
	if (err == 0)
		err = fill_and_empty(aw_lifo_queue_new(0));
	if (err == 0)
		err = fill_and_empty(aw_priority_queue_new(0,
		    compare_pointers));
	return err;
}

static int
run_fill_queues(void)
{
	return run_main(fill_queues, NULL);
}

START_TEST(a_queue_that_can_not_grow_keeps_what_it_has)
{
	fail_each_call(run_fill_queues, _i == 1);
}
END_TEST

struct users {
	aw_lock *lock;
	aw_queue *queue;
	unsigned waited;
};

static int
wait_in_turn(void *arg)
{
	struct users *users = arg;
	int err = aw_lock_acquire(users->lock);

	if (err < 0)
		return err;
	users->waited++;
	err = aw_queue_put(users->queue, NULL);
	must(aw_lock_release(users->lock) == 0);
	return err;
}

static int
join_all(aw_task **tasks, size_t count)
{
	size_t i;
	int err = 0, result;

	for (i = 0; i < count; i++) {
		result = aw_await(tasks[i]);
		aw_future_unref(tasks[i]);
		err = err == 0 ? result : err;
	}
	return err;
}

static int
wait_in_all(void *arg)
{
	struct users users = { aw_lock_new(), aw_queue_new(4), 0 };
	aw_task *tasks[4];
	int err = -ENOMEM, i;

	(void)arg;
	if (users.lock == NULL || users.queue == NULL)
		goto out;
	must(aw_lock_acquire(users.lock) == 0);
	for (i = 0; i < 4; i++)
		tasks[i] = aw_create_task(wait_in_turn, &users, NULL);
	must(aw_sleep(0) == 0);
	must(users.waited == 0);
	/* Waiting needs no memory: who was started comes through. */
	must(aw_lock_release(users.lock) == 0);
	err = join_all(tasks, 4);
	must(aw_queue_qsize(users.queue) == users.waited);
out:
	aw_lock_free(users.lock);
	aw_queue_free(users.queue);
	return err;
}

static int
run_wait_in_all(void)
{
	return run_main(wait_in_all, NULL);
}

START_TEST(waiting_needs_no_memory)
{
	fail_each_call(run_wait_in_all, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_is_made_or_refused,
		a_queue_that_can_not_grow_keeps_what_it_has,
		waiting_needs_no_memory,
	};

	fail_init();
	return UNIT_RUN_EACH("fail_sync", tests, 2);
}
