/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/future.h"
#include "core/hibernate.h"
#include "core/task.h"

/* A done callback: watches the future, then waits in the ready ring. */
struct callback {
	struct aw_future_watch watch;
	struct aw_ready ready;
	aw_future *future;
	aw_done_callback *function;
	void *arg;
};

static aw_future *
cancel_plain(aw_future *future, bool first)
{
	(void)first;
	aw_future_finish(future, -ECANCELED);
	return NULL;
}

static void
free_plain(aw_future *future)
{
	free(future);
}

static const struct aw_future_kind plain_kind = { cancel_plain, free_plain };

void
aw_future_init(aw_future *future, aw_loop *loop,
    const struct aw_future_kind *kind)
{
	future->loop = loop;
	TAILQ_INIT(&future->watches);
	future->result = 0;
	future->references = 1;
	future->state = AW_FUTURE_PENDING;
	future->retrieved = false;
	future->settled = false;
	future->on_path = false;
	future->kind = kind;
	future->mark = 0;
}

aw_future *
aw_loop_create_future(aw_loop *loop)
{
	aw_future *future;

	future = malloc(sizeof(*future));
	if (future != NULL)
		aw_future_init(future, loop, &plain_kind);
	return future;
}

aw_future *
aw_future_ref(aw_future *future)
{
	if (future != NULL)
		future->references++;
	return future;
}

/*
 * Frees a future that is still watched.  Those who watch may give back others
 * that are watched too, and so on, so these wait for their turn.
 */
static void
free_watched(aw_future *future)
{
	static _Thread_local aw_future *dying;
	static _Thread_local bool busy;
	struct aw_future_watch *watch;

	future->next = dying;
	dying = future;
	if (busy)
		return;
	busy = true;
	while ((future = dying) != NULL) {
		dying = future->next;
		while ((watch = TAILQ_FIRST(&future->watches)) != NULL) {
			aw_future_unwatch(future, watch);
			watch->done(watch);
		}
		future->kind->free(future);
	}
	busy = false;
}

/* Reports an error that nobody asked for; whoever is told may keep the future. */
static void
report_unretrieved(aw_future *future)
{
	future->retrieved = true;
	aw_future_ref(future);
	aw_loop_report(future->loop, "an error was never retrieved",
	    future->result, future);
	future->references--;
}

void
aw_future_unref(aw_future *future)
{
	if (future == NULL || --future->references > 0)
		return;
	if (future->state == AW_FUTURE_FINISHED && future->result < 0 &&
	    !future->retrieved) {
		report_unretrieved(future);
		if (future->references > 0)
			return;
	}
	if (TAILQ_EMPTY(&future->watches))
		future->kind->free(future);
	else
		free_watched(future);
}

static void
finish(aw_future *future, enum aw_future_state state, int result)
{
	struct aw_future_watch *watch, *next;

	future->state = state;
	future->result = result;
	watch = TAILQ_FIRST(&future->watches);
	TAILQ_INIT(&future->watches);
	for (; watch != NULL; watch = next) {
		next = TAILQ_NEXT(watch, watches);
		watch->done(watch);
	}
}

void
aw_future_finish(aw_future *future, int result)
{
	finish(future, result == -ECANCELED ? AW_FUTURE_CANCELLED :
	    AW_FUTURE_FINISHED, result);
}

void
aw_future_fail_cancelled(aw_future *future)
{
	finish(future, AW_FUTURE_FINISHED, -ECANCELED);
}

static int
set(aw_future *future, int result, bool fits)
{
	if (future == NULL)
		return -ENOMEM;
	if (!fits || future->kind != &plain_kind)
		return -EINVAL;
	if (future->state != AW_FUTURE_PENDING)
		return AW_EINVALIDSTATE;
	aw_future_finish(future, result);
	return 0;
}

int
aw_future_set_result(aw_future *future, int result)
{
	if (future != NULL && AW_WRONG_THREAD(future->loop))
		return AW_EWRONGTHREAD;
	return set(future, result, result >= 0);
}

int
aw_future_set_error(aw_future *future, int error)
{
	if (future != NULL && AW_WRONG_THREAD(future->loop))
		return AW_EWRONGTHREAD;
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

	if (callback->future->state == AW_FUTURE_PENDING) {
		free(callback);
		return;
	}
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
	if (AW_WRONG_THREAD(future->loop))
		return AW_EWRONGTHREAD;
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
	struct aw_future_watch *watch, *next;
	int removed = 0;

	if (future == NULL)
		return -ENOMEM;
	if (AW_WRONG_THREAD(future->loop))
		return AW_EWRONGTHREAD;
	for (watch = TAILQ_FIRST(&future->watches); watch != NULL;
	    watch = next) {
		next = TAILQ_NEXT(watch, watches);
		if (!is_callback(watch, function, arg))
			continue;
		aw_future_unwatch(future, watch);
		free(aw_container_of(watch, struct callback, watch));
		removed++;
	}
	return removed;
}

/* The first task on the path, from its end, that could be told. */
static void
break_circle(aw_future *path, aw_future *reached)
{
	aw_future *future = reached;

	if (!aw_future_is_task(future))
		for (future = path; !aw_future_is_task(future);)
			future = future->next;
	/* It leaves what it awaits, which is cancelled as well. */
	aw_task_wake(aw_task_of(future), -ECANCELED);
}

static aw_future *
enter_path(aw_future *path, aw_future *future)
{
	aw_future_ref(future);
	future->on_path = true;
	future->next = path;
	return future;
}

static aw_future *
leave_path(aw_future *path)
{
	aw_future *rest = path->next;

	path->on_path = false;
	aw_future_unref(path);
	return rest;
}

/*
 * Cancels a future and what it awaits, and so on: depth first, each of them
 * once, along a path that is linked through the futures, as a stack would not
 * hold it.
 */
static void
cancel_along(aw_future *future)
{
	uint64_t mark = aw_loop_new_mark(future->loop);
	aw_future *path = NULL, *next = future;
	bool first;

	aw_future_mark(future, mark);
	path = enter_path(path, future);
	first = true;
	while (path != NULL) {
		next = path->kind->cancel(path, first);
		first = false;
		if (next == NULL) {
			path = leave_path(path);
		} else if (aw_future_mark(next, mark)) {
			path = enter_path(path, next);
			first = true;
		} else if (next->on_path) {
			break_circle(path, next);
		}
	}
}

bool
aw_cancel(aw_future *future)
{
	aw_loop *running = aw_get_running_loop();

	if (future == NULL)
		return false;
	if (running != NULL)
		aw_hibernate_end(running, future);
	if (AW_WRONG_THREAD(future->loop))
		return false;
	if (!aw_future_is_cancellable(future)) {
		/* Who gives up on one that failed has no use for its error. */
		if (future->state != AW_FUTURE_PENDING)
			future->retrieved = true;
		return false;
	}
	cancel_along(future);
	return true;
}
