/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "statistics.h"

#include <math.h>

/*
 * Welford's method: the sum of squares is kept relative to the mean, so nothing
 * cancels out when the samples are large and close together.
 */
void
statistics_add(struct statistics *statistics, double sample)
{
	double distance;

	if (statistics->count == 0 || sample < statistics->min)
		statistics->min = sample;
	if (statistics->count == 0 || sample > statistics->max)
		statistics->max = sample;
	statistics->count++;
	distance = sample - statistics->mean;
	statistics->mean += distance / (double)statistics->count;
	statistics->squares += distance * (sample - statistics->mean);
}

double
statistics_deviation(const struct statistics *statistics)
{
	if (statistics->count == 0)
		return 0;
	return sqrt(statistics->squares / (double)statistics->count);
}
