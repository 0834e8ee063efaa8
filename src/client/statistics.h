/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Running figures of a series of samples, in constant memory.
 */
#ifndef CLIENT_STATISTICS_H
#define CLIENT_STATISTICS_H

#include <stdint.h>

/* All zero is an empty series.  The fields are in the samples' own unit. */
struct statistics {
	uint64_t count;
	double min; /* 0 while count is 0, as are max and mean */
	double max;
	double mean;
	double squares; /* sum of the squared distances from the mean */
};

/* Adds a sample to the series. */
void statistics_add(struct statistics *statistics, double sample);

/*
 * The standard deviation over all samples, which is ping's mdev: the root of
 * the mean of the squares less the square of the mean.  0 for an empty series.
 */
double statistics_deviation(const struct statistics *statistics);

#endif
