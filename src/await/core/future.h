/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Futures: a result that is not there yet, and who wants to know of it.
 */
#ifndef AWAIT_CORE_FUTURE_H
#define AWAIT_CORE_FUTURE_H

#include "await.h"

#include "core/loop.h"

enum aw_future_state {
	AW_FUTURE_PENDING,
	AW_FUTURE_FINISHED,
	AW_FUTURE_CANCELLED,
};

/* Somebody who is told, once, when a future is done. */
struct aw_future_watch {
	struct aw_future_watch *next;
	/* Called inline: makes ready what is to run. */
	void (*done)(struct aw_future_watch *watch);
};

struct aw_future {
	aw_loop *loop;
	struct aw_future_watch *first, **last; /* in the order of their coming */
	int result;                            /* or error, once it is done */
	unsigned references;
	uint8_t state;                         /* enum aw_future_state */
	bool is_task;
	bool retrieved;                        /* the error has been asked for */
};

/* Prepares a future with one reference. */
void aw_future_init(aw_future *future, aw_loop *loop);

/* Ends a pending future: -ECANCELED cancels it.  Tells those who watch. */
void aw_future_finish(aw_future *future, int result);

void aw_future_watch(aw_future *future, struct aw_future_watch *watch);
void aw_future_unwatch(aw_future *future, struct aw_future_watch *watch);

static inline bool
aw_future_is_task(const aw_future *future)
{
	return future->is_task;
}

#endif
