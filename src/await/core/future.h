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

/*
 * Somebody who is told, once, when a future is done; or when it goes while it
 * is still pending, which can't happen to who holds a reference.
 */
struct aw_future_watch {
	TAILQ_ENTRY(aw_future_watch) watches;
	/* Called inline: makes ready what is to run. */
	void (*done)(struct aw_future_watch *watch);
};

/* What sorts of futures do differently. */
struct aw_future_kind {
	/*
	 * Cancels a pending future, and returns which other one is to be
	 * cancelled on its behalf, or NULL.  After that one it is asked again,
	 * with first false, until it answers NULL.  It wakes, ends and makes
	 * ready, but runs nothing.
	 */
	aw_future *(*cancel)(aw_future *future, bool first);
	/* Frees one that nobody refers to. */
	void (*free)(aw_future *future);
};

extern const struct aw_future_kind aw_task_kind;

struct aw_future {
	aw_loop *loop;
	/* In the order of their coming. */
	TAILQ_HEAD(, aw_future_watch) watches;
	int result;              /* or error, once it is done */
	unsigned references;
	uint8_t state;           /* enum aw_future_state */
	bool retrieved;          /* the error has been asked for */
	bool settled;            /* pending, but it is too late to cancel it */
	bool on_path;            /* it is being cancelled just now */
	const struct aw_future_kind *kind;
	uint64_t mark;           /* aw_future_mark */
	aw_future *next;         /* on the path, or among the dying */
};

/* Prepares a future with one reference. */
void aw_future_init(aw_future *future, aw_loop *loop,
    const struct aw_future_kind *kind);

/* Ends a pending future: -ECANCELED cancels it.  Tells those who watch. */
void aw_future_finish(aw_future *future, int result);

/* Ends it with -ECANCELED as an error like any other: it is not cancelled. */
void aw_future_fail_cancelled(aw_future *future);

/* Has the watch told; the future is pending. */
static inline void
aw_future_watch(aw_future *future, struct aw_future_watch *watch)
{
	TAILQ_INSERT_TAIL(&future->watches, watch, watches);
}

/* Takes back a watch of which the future has not told yet. */
static inline void
aw_future_unwatch(aw_future *future, struct aw_future_watch *watch)
{
	TAILQ_REMOVE(&future->watches, watch, watches);
}

/* Whether aw_task_of may be asked for its task. */
static inline bool
aw_future_is_task(const aw_future *future)
{
	return future->kind == &aw_task_kind;
}

/* Whether aw_cancel would have an effect. */
static inline bool
aw_future_is_cancellable(const aw_future *future)
{
	return future->state == AW_FUTURE_PENDING && !future->settled;
}

/*
 * Tells whether a future comes by for the first time in an operation over
 * several, which begins with aw_loop_new_mark.
 */
static inline bool
aw_future_mark(aw_future *future, uint64_t mark)
{
	bool first = future->mark != mark;

	future->mark = mark;
	return first;
}

/* One that no future of the loop has yet. */
static inline uint64_t
aw_loop_new_mark(aw_loop *loop)
{
	return ++loop->last_mark;
}

#endif
