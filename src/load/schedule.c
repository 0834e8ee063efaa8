/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Messages are placed in the plan's own measure, the number of messages that
 * are due, and only then turned into times: there the rate is always 1, so
 * ramps and steps need nothing of their own, and no error adds up.
 */
#include "schedule.h"

#include <stddef.h>

#define NANOSECONDS 1e9

void
schedule_init(struct schedule *schedule, const struct rate_plan *plan,
    bool poisson, uint64_t seed, uint64_t share, uint64_t shares)
{
	*schedule = (struct schedule){
		.plan = plan,
		.poisson = poisson,
		.share = share,
		.shares = shares,
	};
	random_init(&schedule->random, seed, RANDOM_SCHEDULE);
	if (poisson)
		schedule->position = random_exponential(&schedule->random);
}

static void
pass(struct schedule *schedule)
{
	schedule->number++;
	if (schedule->poisson)
		schedule->position += random_exponential(&schedule->random);
	else
		schedule->position = (double)schedule->number;
}

static int64_t
nanoseconds(double seconds)
{
	double time = seconds * NANOSECONDS + 0.5;

	return time < 0x1p63 ? (int64_t)time : INT64_MAX;
}

int64_t
schedule_next(struct schedule *schedule, uint64_t *number)
{
	double seconds;

	while (schedule->number % schedule->shares != schedule->share)
		pass(schedule);
	if (number != NULL)
		*number = schedule->number;
	seconds = rate_plan_time(schedule->plan, schedule->position);
	pass(schedule);
	return nanoseconds(seconds);
}
