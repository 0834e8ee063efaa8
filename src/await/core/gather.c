/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Several futures as one.
 *
 * While it is pending, the gather holds no reference on its children, but each
 * child that is not done holds one on the gather, by its watch.  So nothing is
 * left behind when a child goes that nobody can end any more.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/future.h"

struct gather;

/* One of the futures; first it watches that, then it waits in the ring. */
struct child {
	struct aw_future_watch watch;
	struct aw_ready ready;
	struct gather *gather;
	aw_future *future;      /* NULL once its end has been dealt with */
};

struct gather {
	aw_future future;
	size_t count;
	size_t not_done;        /* children */
	size_t not_counted;     /* children whose end the ring has not told */
	size_t gone;            /* children that went while they were pending */
	size_t cursor;          /* the next one to be cancelled */
	bool return_exceptions;
	bool cancelled;
	bool passed_on;         /* the cancellation reached a child */
	struct child children[];
};

static struct gather *
gather_of(aw_future *future)
{
	return aw_container_of(future, struct gather, future);
}

static void
free_gather(aw_future *future)
{
	free(gather_of(future));
}

/* Goes through the children; it ends by itself when they have. */
static aw_future *
cancel_gather(aw_future *future, bool first)
{
	struct gather *gather = gather_of(future);
	aw_future *child;

	if (first) {
		gather->cancelled = true;
		gather->passed_on = false;
		gather->cursor = 0;
	}
	while (gather->cursor < gather->count) {
		child = gather->children[gather->cursor++].future;
		if (child != NULL && aw_future_is_cancellable(child)) {
			gather->passed_on = true;
			return child;
		}
	}
	/* Those that are not done are gone, and will never be. */
	if (!gather->passed_on && future->state == AW_FUTURE_PENDING)
		aw_future_finish(future, -ECANCELED);
	return NULL;
}

static const struct aw_future_kind gather_kind = {
	cancel_gather, free_gather,
};

/* Who was cancelled does not wait for children that will never be done. */
static bool
is_complete(const struct gather *gather)
{
	return gather->not_counted == (gather->cancelled ? gather->gone : 0);
}

/* Ends the gather if the child's end is a reason to. */
static void
count_child(struct gather *gather, int result)
{
	aw_future *future = &gather->future;

	gather->not_counted--;
	if (future->state != AW_FUTURE_PENDING)
		return;
	if (result < 0 && !gather->return_exceptions) {
		if (result == -ECANCELED && !gather->cancelled)
			/* Its siblings' awaiting task was not cancelled. */
			aw_future_fail_cancelled(future);
		else
			aw_future_finish(future, result);
	} else if (is_complete(gather)) {
		aw_future_finish(future, gather->cancelled ? -ECANCELED : 0);
	}
}

static void
run_child(struct aw_ready *ready)
{
	struct child *child = aw_container_of(ready, struct child, ready);
	struct gather *gather = child->gather;
	aw_future *future = child->future;

	child->future = NULL;
	count_child(gather, aw_future_result(future));
	aw_future_unref(future);
	aw_future_unref(&gather->future);
}

static void
child_done(struct aw_future_watch *watch)
{
	struct child *child = aw_container_of(watch, struct child, watch);
	struct gather *gather = child->gather;

	if (child->future->state == AW_FUTURE_PENDING) {
		child->future = NULL;
		gather->gone++;
		aw_future_unref(&gather->future);
		return;
	}
	if (--gather->not_done == 0)
		gather->future.settled = true;
	aw_future_ref(child->future);
	aw_loop_ready(gather->future.loop, &child->ready);
}

static void
add_child(struct gather *gather, struct child *child, aw_future *future)
{
	child->watch.done = child_done;
	child->ready.run = run_child;
	child->gather = gather;
	child->future = NULL;
	if (future->state != AW_FUTURE_PENDING)
		return;
	child->future = future;
	aw_future_ref(&gather->future);
	aw_future_watch(future, &child->watch);
}

/* Those that are done already count at once; if all are, so is the gather. */
static void
count_done(struct gather *gather, aw_future *const *futures)
{
	size_t i;

	for (i = 0; i < gather->count; i++) {
		if (gather->children[i].future != NULL)
			continue;
		gather->not_done--;
		count_child(gather, aw_future_result(futures[i]));
	}
}

static bool
can_be_gathered(aw_future *const *futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (futures[i] == NULL || futures[i]->loop != futures[0]->loop)
			return false;
	return count <= (SIZE_MAX - sizeof(struct gather)) /
	    sizeof(struct child);
}

aw_future *
aw_gather(aw_future *const *futures, size_t count, bool return_exceptions)
{
	aw_loop *loop = aw_get_running_loop();
	struct gather *gather;
	size_t i;

	if (!can_be_gathered(futures, count))
		return NULL;
	if (count > 0)
		loop = futures[0]->loop;
	if (loop == NULL || AW_WRONG_THREAD(loop))
		return NULL;
	gather = malloc(sizeof(*gather) + count * sizeof(struct child));
	if (gather == NULL)
		return NULL;
	aw_future_init(&gather->future, loop, &gather_kind);
	gather->count = gather->not_done = gather->not_counted = count;
	gather->gone = 0;
	gather->return_exceptions = return_exceptions;
	gather->cancelled = false;
	for (i = 0; i < count; i++)
		add_child(gather, &gather->children[i], futures[i]);
	count_done(gather, futures);
	if (count == 0)
		aw_future_finish(&gather->future, 0);
	return &gather->future;
}
