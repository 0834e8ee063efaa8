/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections on which nothing goes.
 *
 * Nothing is noted when bytes go: each connection's count of them is looked at
 * eight times in the listener's idle_timeout, and when it has stayed the same
 * for all of it, the connection is told; so that is late by an eighth at most.
 * The connections of a listener wait in the order of their next look.  A
 * worker has one timer, a timerfd, for all of them: with one of the loop's each
 * poll would read the clock.  For the worker's thread.
 */
#ifndef ECHOD_IDLE_H
#define ECHOD_IDLE_H

#include <await.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* Of a connection. */
struct idle_watch {
	const uint64_t *bytes; /* that only grow */
	/*
	 * Nothing went for so long.  Returns whether that was it; otherwise the
	 * time begins again.
	 */
	bool (*idle)(struct idle_watch *watch);

	uint64_t seen;         /* of bytes, at the last look */
	unsigned looks;        /* that saw the same */
	int64_t due;           /* the next look; 0 while it is not watched */
	TAILQ_ENTRY(idle_watch) entry;
};

/* Of a listener in a worker. */
struct idle_list {
	struct idle *idle;
	int64_t interval;      /* nanoseconds between two looks; 0 is never */
	TAILQ_HEAD(, idle_watch) watches; /* by due */
	LIST_ENTRY(idle_list) entry;
};

/* Of a worker. */
struct idle {
	int timer;             /* -1 until there is a list */
	int64_t armed;         /* when it is due; 0 is never */
	aw_task *task;
	LIST_HEAD(, idle_list) lists;
};

/* Has no lists yet; idle_end follows. */
void idle_init(struct idle *idle);
/* Ends the timer.  In a task; there is nothing to watch any more. */
void idle_end(struct idle *idle);

/*
 * Prepares a list for connections of so many seconds; 0 is never.  Returns 0 or
 * -errno.
 */
AW_MUST_CHECK int idle_list_init(struct idle_list *list, struct idle *idle,
    aw_loop *loop, double timeout);
/* It is empty; also if it was only zeroed. */
void idle_list_end(struct idle_list *list);

/* Begins and ends to watch; bytes and idle are set. */
void idle_begin(struct idle_list *list, struct idle_watch *watch);
void idle_stop(struct idle_list *list, struct idle_watch *watch);

#endif
