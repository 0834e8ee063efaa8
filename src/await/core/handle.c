/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/handle.h"

struct aw_handle {
	struct aw_ready ready;
	aw_loop *loop;
	aw_callback *callback; /* NULL: cancelled while in the ring */
	void *arg;
	bool timed;            /* lies in a timer_handle, which is not due */
};

struct timer_handle {
	struct aw_handle handle;
	struct aw_timer timer;
	LIST_ENTRY(timer_handle) pending; /* among the loop's */
};

static struct timer_handle *
timed(aw_handle *handle)
{
	return aw_container_of(handle, struct timer_handle, handle);
}

static void
run(struct aw_ready *ready)
{
	aw_handle *handle = aw_container_of(ready, struct aw_handle, ready);
	aw_callback *callback = handle->callback;
	void *arg = handle->arg;
	bool closing = handle->loop->closing;

	/* handle is the first member of either struct. */
	free(handle);
	if (callback != NULL && !closing)
		callback(arg);
}

static void
init(aw_handle *handle, aw_loop *loop, aw_callback *callback, void *arg)
{
	handle->ready.run = run;
	handle->loop = loop;
	handle->callback = callback;
	handle->arg = arg;
	handle->timed = false;
}

static aw_handle *
new_handle(aw_loop *loop, aw_callback *callback, void *arg)
{
	aw_handle *handle = malloc(sizeof(*handle));

	if (handle != NULL)
		init(handle, loop, callback, arg);
	return handle;
}

aw_handle *
aw_loop_call_soon(aw_loop *loop, aw_callback *callback, void *arg)
{
	aw_handle *handle;

	if (AW_WRONG_THREAD(loop))
		return NULL;
	handle = new_handle(loop, callback, arg);
	if (handle != NULL)
		aw_loop_ready(loop, &handle->ready);
	return handle;
}

int
aw_loop_call_soon_threadsafe(aw_loop *loop, aw_callback *callback, void *arg)
{
	aw_handle *handle = new_handle(loop, callback, arg);

	if (handle == NULL)
		return -ENOMEM;
	aw_loop_post(loop, &handle->ready);
	return 0;
}

static void
unlink_timed(struct timer_handle *timed_handle)
{
	timed_handle->handle.timed = false;
	LIST_REMOVE(timed_handle, pending);
}

static void
on_due(struct aw_timer *timer)
{
	struct timer_handle *due =
	    aw_container_of(timer, struct timer_handle, timer);

	unlink_timed(due);
	aw_loop_ready(due->handle.loop, &due->handle.ready);
}

static aw_handle *
call_at(aw_loop *loop, int64_t when, aw_callback *callback, void *arg)
{
	struct timer_handle *later = malloc(sizeof(*later));

	if (later == NULL)
		return NULL;
	init(&later->handle, loop, callback, arg);
	later->timer.when = when;
	later->timer.due = on_due;
	if (aw_loop_add_timer(loop, &later->timer) < 0) {
		free(later);
		return NULL;
	}
	later->handle.timed = true;
	LIST_INSERT_HEAD(&loop->timer_handles, later, pending);
	return &later->handle;
}

aw_handle *
aw_loop_call_later(aw_loop *loop, double delay, aw_callback *callback,
    void *arg)
{
	if (AW_WRONG_THREAD(loop))
		return NULL;
	/* Of delays that are over the longer is the earlier time. */
	return call_at(loop, delay < 0 ?
	    aw_loop_now() - aw_nanoseconds(-delay) :
	    aw_loop_now() + aw_nanoseconds(delay), callback, arg);
}

aw_handle *
aw_loop_call_at(aw_loop *loop, double when, aw_callback *callback, void *arg)
{
	if (AW_WRONG_THREAD(loop))
		return NULL;
	return call_at(loop, aw_nanoseconds(when), callback, arg);
}

void
aw_handle_cancel(aw_handle *handle)
{
	if (handle == NULL || AW_WRONG_THREAD(handle->loop))
		return;
	if (handle->timed) {
		aw_loop_remove_timer(handle->loop, &timed(handle)->timer);
		unlink_timed(timed(handle));
		free(timed(handle));
	} else {
		/* It is in the ring, which frees it in its turn. */
		handle->callback = NULL;
	}
}

void
aw_handles_close(aw_loop *loop)
{
	while (!LIST_EMPTY(&loop->timer_handles))
		aw_handle_cancel(&LIST_FIRST(&loop->timer_handles)->handle);
}
