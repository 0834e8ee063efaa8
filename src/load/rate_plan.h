/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The rate that messages are sent at, as it changes over a run: "10k" a second,
 * "1k..50k@30s" (rising evenly within 30 s, then staying), or steps,
 * "1k@10s,2k@10s,4k" (the last one stays).  In decimal: k is 1000, M a million.
 */
#ifndef LOAD_RATE_PLAN_H
#define LOAD_RATE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "common/options.h"

#define RATE_PLAN_MOST 32
#define RATE_PLAN_TEXT_SIZE 1024

struct rate_part {
	double from;    /* messages a second, when it begins */
	double to;      /* and when it ends */
	double seconds; /* INFINITY of the last one */
};

/* Without parts there is no rate. */
struct rate_plan {
	size_t count;
	struct rate_part parts[RATE_PLAN_MOST];
};

/*
 * Returns 0, or -EINVAL or -ERANGE with what was expected in error; the plan is
 * then what it was.
 */
int rate_plan_parse(const char *text, struct rate_plan *plan, char *error,
    size_t error_size);
/*
 * Writes what rate_plan_parse reads back, and returns buffer;
 * RATE_PLAN_TEXT_SIZE is enough for what it has read.
 */
const char *rate_plan_text(const struct rate_plan *plan, char *buffer,
    size_t size);
/* A plan of one rate that stays. */
void rate_plan_set(struct rate_plan *plan, double rate);
/* Messages a second at so many seconds after the start. */
double rate_plan_at(const struct rate_plan *plan, double seconds);
/* Messages due until then. */
double rate_plan_messages(const struct rate_plan *plan, double seconds);
/*
 * Seconds until so many messages (not whole, too) have become due and the next
 * one can: the inverse of the above, and the end of it where the rate is 0.
 * INFINITY if the plan never has more.
 */
double rate_plan_time(const struct rate_plan *plan, double messages);
double rate_plan_highest(const struct rate_plan *plan);

option_handler rate_plan_store; /* struct rate_plan */

#endif
