/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a thread of load measures: the statistics of the interval, those of the
 * part that is measured apart from the rest, and how many messages and
 * connections there were over time.  For the thread itself.
 */
#ifndef LOAD_METER_H
#define LOAD_METER_H

#include <stdbool.h>

#include "load/clock.h"
#include "load/statistics.h"

/* Of an interval; handed over to the main thread, and back. */
struct meter_interval {
	struct statistics *inside;  /* of what was due in the part measured */
	struct statistics *outside; /* of the rest */
};

/* How things stood at the beginning, or the end, of the part measured. */
struct meter_mark {
	bool made;
	int64_t when;
	int64_t processor;      /* nanoseconds that the thread has used */
	double under_way;       /* messages times nanoseconds */
	double open;            /* connections times nanoseconds */
};

struct meter {
	struct meter_interval interval;
	/* The part measured; of what is due then. */
	int64_t from;
	int64_t to;

	int64_t under_way;      /* messages */
	int64_t open;           /* connections */
	int64_t since;          /* until then the products have been added up */
	double under_way_time;
	double open_time;
	int64_t open_least;     /* between the marks */
	int64_t open_most;
	int64_t last;           /* when something was last sent, or came */

	struct meter_mark begin;
	struct meter_mark end;
};

/* Returns 0 or -ENOMEM; meter_free ends it in either case. */
int meter_init(struct meter *meter);
void meter_free(struct meter *meter);

/* Returns 0, or -ENOMEM, and meter_interval_free ends it in either case. */
int meter_interval_init(struct meter_interval *interval);
void meter_interval_free(struct meter_interval *interval);
void meter_interval_clear(struct meter_interval *interval);

/* Take notes for the part measured; only the first call of each counts. */
void meter_begin(struct meter *meter, int64_t now);
void meter_end(struct meter *meter, int64_t now);

/*
 * A connection more, or one less; lost: before the run has come to its end, so
 * that it counts for the least that there were.
 */
void meter_opened(struct meter *meter, int64_t now);
void meter_closed(struct meter *meter, bool lost, int64_t now);

/* Where to count what was due, or has happened, at a time. */
static inline struct statistics *
meter_at(const struct meter *meter, int64_t when)
{
	return when >= meter->from && when < meter->to ?
	    meter->interval.inside : meter->interval.outside;
}

/* Before the number of messages or connections changes. */
static inline void
meter_advance(struct meter *meter, int64_t now)
{
	double passed;

	if (now <= meter->since)
		return;
	passed = (double)(now - meter->since);
	meter->since = now;
	meter->under_way_time += (double)meter->under_way * passed;
	meter->open_time += (double)meter->open * passed;
}

#endif
