/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A thread's share of the schedule: gives each message, or each connection of a
 * churn, to the next link that has room, when it is due.  While none has, they
 * wait, and their response time goes on.
 */
#ifndef LOAD_DISPATCHER_H
#define LOAD_DISPATCHER_H

#include <await.h>
#include <stdbool.h>
#include <stddef.h>

#include "load/schedule.h"

struct link;
struct worker;

struct dispatcher {
	struct worker *worker;
	struct schedule schedule;
	struct link **ring;     /* links with room, in turn */
	size_t capacity;        /* a power of two */
	size_t head;
	size_t count;
	aw_event *room;         /* one has come */
	bool done;              /* nothing more is due */
};

/* Returns 0 or -ENOMEM; dispatcher_free ends it in either case. */
AW_MUST_CHECK int dispatcher_init(struct dispatcher *dispatcher,
    struct worker *worker, size_t links);
void dispatcher_free(struct dispatcher *dispatcher);

/* The link may have room; nothing happens if it is in the ring or has not. */
void dispatcher_offer(struct dispatcher *dispatcher, struct link *link);

/* The task; its argument is the dispatcher.  Ends with the schedule. */
int dispatcher_run(void *dispatcher);

#endif
