/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Futures in the order in which they end.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/waiters.h"

/* Watches a future, and then queues for being handed out. */
struct completion {
	struct aw_future_watch watch;
	STAILQ_ENTRY(completion) queued;
	aw_completion_iterator *iterator;
	aw_future *future;
};

struct aw_completion_iterator {
	struct aw_timer timer;
	aw_loop *loop;
	STAILQ_HEAD(, completion) done;
	struct aw_waiters waiters;
	size_t count;           /* of futures, each once */
	size_t left;            /* to be handed out */
	bool timed;             /* the timer is set */
	bool timed_out;
	struct completion completions[];
};

static void
on_done(struct aw_future_watch *watch)
{
	struct completion *completion =
	    aw_container_of(watch, struct completion, watch);
	aw_completion_iterator *iterator = completion->iterator;

	/* After the deadline it is too late. */
	if (iterator->timed_out)
		return;
	STAILQ_INSERT_TAIL(&iterator->done, completion, queued);
	aw_waiters_wake_all(&iterator->waiters, 0);
}

static void
on_due(struct aw_timer *timer)
{
	aw_completion_iterator *iterator =
	    aw_container_of(timer, aw_completion_iterator, timer);

	iterator->timed = false;
	iterator->timed_out = true;
	aw_waiters_wake_all(&iterator->waiters, 0);
}

static void
add(aw_completion_iterator *iterator, aw_future *future)
{
	struct completion *completion =
	    &iterator->completions[iterator->count++];

	completion->watch.done = on_done;
	completion->iterator = iterator;
	completion->future = aw_future_ref(future);
	if (future->state == AW_FUTURE_PENDING)
		aw_future_watch(future, &completion->watch);
	else
		on_done(&completion->watch);
}

static int
set_timer(aw_completion_iterator *iterator, double timeout)
{
	int err;

	if (!(timeout >= 0) || iterator->loop == NULL)
		return 0;
	iterator->timer.due = on_due;
	iterator->timer.when = aw_loop_now() + aw_nanoseconds(timeout);
	err = aw_loop_add_timer(iterator->loop, &iterator->timer);
	iterator->timed = err == 0;
	return err;
}

static bool
are_of_one_loop(aw_future *const *futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (futures[i] == NULL || futures[i]->loop != futures[0]->loop)
			return false;
	return count <= INT32_MAX / sizeof(struct completion);
}

aw_completion_iterator *
aw_as_completed(aw_future *const *futures, size_t count, double timeout)
{
	aw_completion_iterator *iterator;
	uint64_t mark;
	size_t i;

	if (!are_of_one_loop(futures, count) ||
	    (count > 0 && AW_WRONG_THREAD(futures[0]->loop)))
		return NULL;
	iterator = calloc(1, sizeof(*iterator) +
	    count * sizeof(struct completion));
	if (iterator == NULL)
		return NULL;
	STAILQ_INIT(&iterator->done);
	iterator->loop = count > 0 ? futures[0]->loop : NULL;
	if (set_timer(iterator, timeout) < 0) {
		free(iterator);
		return NULL;
	}
	mark = count > 0 ? aw_loop_new_mark(iterator->loop) : 0;
	for (i = 0; i < count; i++)
		if (aw_future_mark(futures[i], mark))
			add(iterator, futures[i]);
	iterator->left = iterator->count;
	return iterator;
}

static int
wait_for_one(aw_completion_iterator *iterator, struct task *task)
{
	int err;

	while (STAILQ_EMPTY(&iterator->done)) {
		/* Another task may have taken the last one meanwhile. */
		if (iterator->left == 0)
			return 0;
		if (iterator->timed_out)
			return -ETIMEDOUT;
		err = aw_waiters_wait(&iterator->waiters, task,
		    "the next of several futures");
		if (err < 0)
			return err;
	}
	return 1;
}

int
aw_completion_iterator_next(aw_completion_iterator *iterator,
    aw_future **future)
{
	struct task *task = aw_task_current();
	struct completion *completion;
	int result;

	if (iterator == NULL)
		return -ENOMEM;
	if (task == NULL)
		return AW_ENOTASK;
	if (iterator->left > 0 && iterator->loop != task->future.loop)
		return AW_EWRONGLOOP;
	result = wait_for_one(iterator, task);
	if (result <= 0)
		return result;
	completion = STAILQ_FIRST(&iterator->done);
	STAILQ_REMOVE_HEAD(&iterator->done, queued);
	if (--iterator->left == 0)
		aw_waiters_wake_all(&iterator->waiters, 0);
	*future = completion->future;
	return 1;
}

void
aw_completion_iterator_free(aw_completion_iterator *iterator)
{
	struct completion *completion;
	size_t i;

	if (iterator == NULL)
		return;
	if (iterator->timed)
		aw_loop_remove_timer(iterator->loop, &iterator->timer);
	for (i = 0; i < iterator->count; i++) {
		completion = &iterator->completions[i];
		if (completion->future->state == AW_FUTURE_PENDING)
			aw_future_unwatch(completion->future,
			    &completion->watch);
		aw_future_unref(completion->future);
	}
	free(iterator);
}
