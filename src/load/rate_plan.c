/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "rate_plan.h"

#include <math.h>

void
rate_plan_set(struct rate_plan *plan, double rate)
{
	plan->count = 1;
	plan->parts[0] = (struct rate_part){ rate, rate, INFINITY };
}

/* Messages of the first seconds of a part. */
static double
part_messages(const struct rate_part *part, double seconds)
{
	if (part->from == part->to)
		return part->from > 0 ? part->from * seconds : 0;
	return seconds * (part->from +
	    (part->to - part->from) * seconds / part->seconds / 2);
}

/*
 * Seconds of a part until so many messages, fewer than the part has: the
 * solution of from t + (to - from) / (2 seconds) t^2 = messages in the form
 * that neither divides by the difference, which may be 0, nor loses digits.
 */
static double
part_time(const struct rate_part *part, double messages)
{
	double change = (part->to - part->from) / part->seconds, square;

	if (messages <= 0)
		return 0;
	square = part->from * part->from + 2 * change * messages;
	return 2 * messages / (part->from + sqrt(square > 0 ? square : 0));
}

double
rate_plan_at(const struct rate_plan *plan, double seconds)
{
	const struct rate_part *part;

	for (size_t i = 0; i < plan->count; i++) {
		part = &plan->parts[i];
		if (seconds < part->seconds)
			return part->from == part->to ? part->from :
			    part->from + (part->to - part->from) * seconds /
			    part->seconds;
		seconds -= part->seconds;
	}
	return 0;
}

double
rate_plan_messages(const struct rate_plan *plan, double seconds)
{
	const struct rate_part *part;
	double messages = 0;

	for (size_t i = 0; i < plan->count && seconds > 0; i++) {
		part = &plan->parts[i];
		messages += part_messages(part, fmin(seconds, part->seconds));
		seconds -= part->seconds;
	}
	return messages;
}

double
rate_plan_time(const struct rate_plan *plan, double messages)
{
	const struct rate_part *part;
	double seconds = 0, all;

	for (size_t i = 0; i < plan->count; i++) {
		part = &plan->parts[i];
		all = part_messages(part, part->seconds);
		if (messages < all)
			return seconds + part_time(part, messages);
		messages -= all;
		seconds += part->seconds;
	}
	return INFINITY;
}

double
rate_plan_highest(const struct rate_plan *plan)
{
	double highest = 0;

	for (size_t i = 0; i < plan->count; i++)
		highest = fmax(highest, fmax(plan->parts[i].from,
		    plan->parts[i].to));
	return highest;
}
