/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for several futures at once.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/task.h"

struct wait;

struct watched {
	struct aw_future_watch watch;
	struct wait *wait;
	aw_future *future;
};

/* Freed by the task, or by the ring if it is there when the task leaves. */
struct wait {
	struct aw_ready ready;
	struct aw_timer timer;
	struct task *task;
	size_t pending;
	enum aw_return_when return_when;
	bool timed;             /* the timer is set */
	bool released;          /* it is in the ring, or was */
	bool in_ring;
	bool left;
	struct watched futures[];
};

static void
wake(struct aw_ready *ready)
{
	struct wait *wait = aw_container_of(ready, struct wait, ready);

	wait->in_ring = false;
	if (wait->left)
		free(wait);
	else
		aw_task_wake(wait->task, 0);
}

static void
release(struct wait *wait)
{
	if (wait->released)
		return;
	wait->released = wait->in_ring = true;
	aw_loop_ready(wait->task->future.loop, &wait->ready);
}

static void
on_due(struct aw_timer *timer)
{
	struct wait *wait = aw_container_of(timer, struct wait, timer);

	wait->timed = false;
	release(wait);
}

/* To ask whether it failed counts as retrieving the error, as in asyncio. */
static bool
has_failed(const struct wait *wait, aw_future *future)
{
	if (wait->return_when != AW_FIRST_EXCEPTION ||
	    future->state != AW_FUTURE_FINISHED || future->result >= 0)
		return false;
	future->retrieved = true;
	return true;
}

static bool
is_enough(const struct wait *wait, aw_future *future)
{
	return wait->pending == 0 || wait->return_when == AW_FIRST_COMPLETED ||
	    has_failed(wait, future);
}

static void
on_done(struct aw_future_watch *watch)
{
	struct watched *watched = aw_container_of(watch, struct watched, watch);
	struct wait *wait = watched->wait;

	wait->pending--;
	if (is_enough(wait, watched->future))
		release(wait);
}

static int
check(const struct task *task, aw_future *const *futures, size_t count)
{
	size_t i;

	if (task == NULL)
		return AW_ENOTASK;
	if (count == 0)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		if (futures[i] == NULL)
			return -ENOMEM;
		if (futures[i]->loop != task->future.loop)
			return AW_EWRONGLOOP;
	}
	return 0;
}

static int
set_timer(struct wait *wait, double timeout)
{
	int err;

	/* So that what is ready already runs first. */
	if (timeout == 0)
		release(wait);
	if (!(timeout > 0))
		return 0;
	wait->timer.due = on_due;
	wait->timer.when = aw_loop_now() + aw_nanoseconds(timeout);
	err = aw_loop_add_timer(wait->task->future.loop, &wait->timer);
	wait->timed = err == 0;
	return err;
}

static void
watch_all(struct wait *wait, aw_future *const *futures, size_t count)
{
	struct watched *watched;
	size_t i;

	wait->pending = count;
	for (i = 0; i < count; i++) {
		watched = &wait->futures[i];
		watched->wait = wait;
		watched->future = aw_future_ref(futures[i]);
		watched->watch.done = on_done;
		if (futures[i]->state == AW_FUTURE_PENDING)
			aw_future_watch(futures[i], &watched->watch);
		else
			on_done(&watched->watch);
	}
}

/* Returns how many are done. */
static int
unwatch_all(struct wait *wait, size_t count)
{
	aw_future *future;
	int done = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		future = wait->futures[i].future;
		if (future->state == AW_FUTURE_PENDING)
			aw_future_unwatch(future, &wait->futures[i].watch);
		else
			done++;
		aw_future_unref(future);
	}
	return done;
}

static void
leave(struct wait *wait)
{
	if (wait->timed)
		aw_loop_remove_timer(wait->task->future.loop, &wait->timer);
	if (wait->in_ring)
		wait->left = true;
	else
		free(wait);
}

int
aw_wait(aw_future *const *futures, size_t count, double timeout,
    enum aw_return_when return_when)
{
	struct task *task = aw_task_current();
	struct wait *wait;
	int err, done;

	err = check(task, futures, count);
	if (err < 0)
		return err;
	if (count > (size_t)INT32_MAX / sizeof(*wait->futures))
		return -ENOMEM;
	wait = malloc(sizeof(*wait) + count * sizeof(*wait->futures));
	if (wait == NULL)
		return -ENOMEM;
	*wait = (struct wait){ .ready.run = wake, .task = task,
	    .return_when = return_when };
	err = set_timer(wait, timeout);
	if (err < 0)
		goto out;
	watch_all(wait, futures, count);
	err = aw_task_park(task, "several futures");
	done = unwatch_all(wait, count);
	if (err == 0)
		err = done;
out:
	leave(wait);
	return err;
}
