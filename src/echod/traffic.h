/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What goes through a listener: connections and bytes.
 *
 * Each worker counts in a lane of its own, with plain stores to a line of the
 * cache that nobody else writes to, so counting costs next to nothing; whoever
 * looks adds the lanes up, at any time and in any thread.  Traffic belongs to a
 * listener's name, and outlives reloads.
 */
#ifndef ECHOD_TRAFFIC_H
#define ECHOD_TRAFFIC_H

#include "counters.h"
#include "tally.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_LINE 64 /* bytes of the cache that two lanes must not share */

struct traffic_lane {
	_Alignas(TRAFFIC_LINE) _Atomic uint64_t open; /* connections */
	_Atomic uint64_t total;  /* the open ones, and all before them */
	_Atomic uint64_t echoed; /* bytes, of open connections too */
};

struct traffic {
	_Atomic unsigned references; /* for any thread */
	char *name;
	struct counters counters; /* of all workers; what comes seldom */
	size_t workers;
	struct traffic_lane lanes[]; /* one a worker */
};

/* The lanes together. */
struct traffic_sum {
	uint64_t open;
	uint64_t total;
	uint64_t echoed;
};

/* With a reference for the caller; NULL: no memory. */
struct traffic *traffic_new(const char *name, size_t workers);
/* Returns it. */
struct traffic *traffic_ref(struct traffic *traffic);
/* NULL is fine; the last one frees it. */
void traffic_unref(struct traffic *traffic);

/* What they have now; for any thread. */
struct traffic_sum traffic_sum(const struct traffic *traffic);

#endif
