/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "histogram.h"

#include <stddef.h>
#include <string.h>

#define STEP_BITS 6
#define BUCKETS ((HISTOGRAM_POWERS + 1) * HISTOGRAM_STEPS)

_Static_assert(1 << STEP_BITS == HISTOGRAM_STEPS, "the steps are those bits");

void
histogram_clear(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
}

static size_t
bucket_of(uint64_t value)
{
	size_t bucket;
	int power;

	if (value < HISTOGRAM_STEPS)
		return (size_t)value;
	power = 63 - __builtin_clzll(value) - STEP_BITS;
	bucket = (size_t)power * HISTOGRAM_STEPS + (size_t)(value >> power);
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static uint64_t
upper_end(size_t bucket)
{
	size_t power;

	if (bucket < HISTOGRAM_STEPS)
		return bucket;
	power = bucket / HISTOGRAM_STEPS - 1;
	return ((uint64_t)(bucket - power * HISTOGRAM_STEPS + 1) << power) - 1;
}

void
histogram_add(struct histogram *histogram, uint64_t value)
{
	histogram->count++;
	histogram->buckets[bucket_of(value)]++;
	if (value > histogram->most)
		histogram->most = value;
}

uint64_t
histogram_percentile(const struct histogram *histogram, double share)
{
	double wanted = share * (double)histogram->count;
	uint64_t end, seen = 0;
	size_t i;

	if (histogram->count == 0 || share >= 1)
		return histogram->most;
	for (i = 0; i < BUCKETS - 1; i++) {
		seen += histogram->buckets[i];
		if (seen > 0 && (double)seen >= wanted)
			break;
	}
	end = upper_end(i);
	return end < histogram->most ? end : histogram->most;
}
