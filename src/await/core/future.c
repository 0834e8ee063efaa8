/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>

#include "core/future.h"
#include "core/task.h"

/* A done callback: watches the future, then waits in the ready ring. */
struct callback {
	struct aw_future_watch watch;
	struct aw_ready ready;
	aw_future *future;
	aw_done_callback *function;
	void *arg;
};

void
aw_future_init(aw_future *future, aw_loop *loop)
{
	future->loop = loop;
	future->first = NULL;
	future->last = &future->first;
	future->result = 0;
	future->references = 1;
	future->state = AW_FUTURE_PENDING;
	future->is_task = false;
	future->retrieved = false;
}

aw_future *
aw_loop_create_future(aw_loop *loop)
{
	aw_future *future;

	future = malloc(sizeof(*future));
	if (future != NULL)
		aw_future_init(future, loop);
	return future;
}

aw_future *
aw_future_ref(aw_future *future)
{
	if (future != NULL)
		future->references++;
	return future;
}

/* Callbacks of a future that goes while it is pending. */
static void
free_callbacks(aw_future *future)
{
	struct aw_future_watch *watch;

	while ((watch = future->first) != NULL) {
		future->first = watch->next;
		free(aw_container_of(watch, struct callback, watch));
	}
}

void
aw_future_unref(aw_future *future)
{
	if (future == NULL || --future->references > 0)
		return;
	if (future->state == AW_FUTURE_FINISHED && future->result < 0 &&
	    !future->retrieved)
		aw_loop_report(future->loop, "an error was never retrieved",
		    future->result, future);
	free_callbacks(future);
	if (future->is_task)
		aw_task_free(future);
	else
		free(future);
}

void
aw_future_watch(aw_future *future, struct aw_future_watch *watch)
{
	watch->next = NULL;
	*future->last = watch;
	future->last = &watch->next;
}

/* Takes the watch that *link points at off the list. */
static struct aw_future_watch *
cut(aw_future *future, struct aw_future_watch **link)
{
	struct aw_future_watch *watch = *link;

	*link = watch->next;
	if (future->last == &watch->next)
		future->last = link;
	return watch;
}

void
aw_future_unwatch(aw_future *future, struct aw_future_watch *watch)
{
	struct aw_future_watch **link = &future->first;

	while (*link != NULL && *link != watch)
		link = &(*link)->next;
	if (*link != NULL)
		cut(future, link);
}

void
aw_future_finish(aw_future *future, int result)
{
	struct aw_future_watch *watch, *next;

	future->state = result == -ECANCELED ? AW_FUTURE_CANCELLED :
	    AW_FUTURE_FINISHED;
	future->result = result;
	watch = future->first;
	future->first = NULL;
	future->last = &future->first;
	for (; watch != NULL; watch = next) {
		next = watch->next;
		watch->done(watch);
	}
}

static int
set(aw_future *future, int result, bool fits)
{
	if (future == NULL)
		return -ENOMEM;
	if (!fits || future->is_task)
		return -EINVAL;
	if (future->state != AW_FUTURE_PENDING)
		return AW_EINVALIDSTATE;
	aw_future_finish(future, result);
	return 0;
}

int
aw_future_set_result(aw_future *future, int result)
{
	return set(future, result, result >= 0);
}

int
aw_future_set_error(aw_future *future, int error)
{
	return set(future, error, error < 0);
}

bool
aw_future_done(const aw_future *future)
{
	return future != NULL && future->state != AW_FUTURE_PENDING;
}

bool
aw_future_cancelled(const aw_future *future)
{
	return future != NULL && future->state == AW_FUTURE_CANCELLED;
}

int
aw_future_result(aw_future *future)
{
	if (future == NULL)
		return -ENOMEM;
	if (future->state == AW_FUTURE_PENDING)
		return AW_EINVALIDSTATE;
	future->retrieved = true;
	return future->result;
}

static void
run_callback(struct aw_ready *ready)
{
	struct callback *callback =
	    aw_container_of(ready, struct callback, ready);
	aw_future *future = callback->future;

	if (!future->loop->closing)
		callback->function(future, callback->arg);
	free(callback);
	aw_future_unref(future);
}

/* The ring holds a reference on the future until the callback has run. */
static void
schedule_callback(struct aw_future_watch *watch)
{
	struct callback *callback =
	    aw_container_of(watch, struct callback, watch);

	aw_future_ref(callback->future);
	aw_loop_ready(callback->future->loop, &callback->ready);
}

int
aw_future_add_done_callback(aw_future *future, aw_done_callback *function,
    void *arg)
{
	struct callback *callback;

	if (future == NULL)
		return -ENOMEM;
	callback = malloc(sizeof(*callback));
	if (callback == NULL)
		return -ENOMEM;
	callback->watch.done = schedule_callback;
	callback->ready.run = run_callback;
	callback->future = future;
	callback->function = function;
	callback->arg = arg;
	if (future->state == AW_FUTURE_PENDING)
		aw_future_watch(future, &callback->watch);
	else
		schedule_callback(&callback->watch);
	return 0;
}

static bool
is_callback(const struct aw_future_watch *watch, aw_done_callback *function,
    const void *arg)
{
	const struct callback *callback;

	if (watch->done != schedule_callback)
		return false;
	callback = aw_container_of(watch, struct callback, watch);
	return callback->function == function && callback->arg == arg;
}

int
aw_future_remove_done_callback(aw_future *future, aw_done_callback *function,
    void *arg)
{
	struct aw_future_watch **link, *watch;
	int removed = 0;

	if (future == NULL)
		return -ENOMEM;
	for (link = &future->first; *link != NULL;) {
		if (is_callback(*link, function, arg)) {
			watch = cut(future, link);
			free(aw_container_of(watch, struct callback, watch));
			removed++;
		} else {
			link = &(*link)->next;
		}
	}
	return removed;
}

bool
aw_cancel(aw_future *future)
{
	if (future == NULL || future->state != AW_FUTURE_PENDING)
		return false;
	if (future->is_task)
		return aw_task_cancel(future);
	aw_future_finish(future, -ECANCELED);
	return true;
}
