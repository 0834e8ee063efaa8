/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The course of a run: figures by interval, in bounded memory.  When there are
 * more intervals than it keeps, neighbours are joined, and an entry is twice as
 * long from then on.
 */
#ifndef LOAD_SERIES_H
#define LOAD_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "load/statistics.h"

#define SERIES_MOST 600

/* Times in nanoseconds; those of an entry without echoes are 0. */
struct series_entry {
	double start;       /* seconds after the run's start */
	double seconds;     /* how long it is */
	uint64_t sent;
	uint64_t received;
	uint64_t errors;
	uint64_t bytes_received;
	uint64_t connections; /* open at its end */
	int64_t p50;        /* of the response time; of joined entries the */
	int64_t p90;        /* greater one */
	int64_t p99;
	int64_t p999;
	int64_t most;
	int64_t lag_p99;
};

/* All zero is empty. */
struct series {
	size_t count;
	size_t joined;      /* intervals in an entry: 1, 2, 4 ... */
	size_t pending;     /* intervals in the last entry so far */
	struct series_entry entries[SERIES_MOST];
};

/* Makes an entry of what an interval has gathered. */
void series_entry_set(struct series_entry *entry,
    const struct statistics *interval, double start, double seconds,
    uint64_t connections);
void series_add(struct series *series, const struct series_entry *entry);

#endif
