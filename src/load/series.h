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

/* Times in nanoseconds; those of an entry without samples are 0. */
struct series_entry {
	double start;       /* seconds after the run's start */
	double seconds;     /* how long it is */
	uint64_t sent;
	uint64_t received;
	uint64_t errors;
	uint64_t bytes_received;
	uint64_t opened;      /* connections made */
	uint64_t handshakes;  /* of TLS */
	uint64_t connections; /* open at its end */
	int64_t p50;        /* of the time that is told; of joined entries */
	int64_t p90;        /* the greater one */
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

/*
 * Makes an entry of what an interval has gathered; its percentiles are those of
 * one time, as the response time.
 */
void series_entry_set(struct series_entry *entry,
    const struct statistics *interval, enum statistics_time time,
    double start, double seconds, uint64_t connections);
/*
 * Adds to an entry the counts of another one, of whatever time; of percentiles
 * the greater one is kept.
 */
void series_entry_add(struct series_entry *to,
    const struct series_entry *from);
/* Adds to an entry the one that follows it in its series: it is longer then. */
void series_entry_join(struct series_entry *entry,
    const struct series_entry *next);

/* Adds the entry of the interval that follows those that are there. */
void series_add(struct series *series, const struct series_entry *entry);

#endif
