/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * When each message of a run is due.  There is one schedule for the whole run,
 * whatever the number of connections and threads, so that they never send in
 * step: each thread goes through it and sends its own share.  The same seed
 * gives the same schedule.
 */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "load/random.h"
#include "load/rate_plan.h"

struct schedule {
	const struct rate_plan *plan;
	bool poisson;
	struct random random;
	double position;  /* in messages: where the next one is in the plan */
	uint64_t number;  /* of the next message, from 0 */
	uint64_t share;   /* the thread's, of shares */
	uint64_t shares;
};

/*
 * The plan has to stay.  Uniform arrivals begin with a message at the start;
 * of others, the gaps are exponentially distributed, the first one too.
 */
void schedule_init(struct schedule *schedule, const struct rate_plan *plan,
    bool poisson, uint64_t seed, uint64_t share, uint64_t shares);

/*
 * When the next message of the share is due, in nanoseconds after the start;
 * number, unless NULL, gets which one of the run it is: those with number %
 * shares == share are the share's.  INT64_MAX once the plan's rate stays at 0.
 */
int64_t schedule_next(struct schedule *schedule, uint64_t *number);

#endif
