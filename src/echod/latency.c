/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "latency.h"

#include "tally.h"

#define MICROSECONDS(n) (INT64_C(n) * 1000)
#define MILLISECONDS(n) (INT64_C(n) * 1000000)

const int64_t latency_bounds[LATENCY_BOUNDS] = {
	MICROSECONDS(10),
	MICROSECONDS(25),
	MICROSECONDS(50),
	MICROSECONDS(100),
	MICROSECONDS(250),
	MICROSECONDS(500),
	MILLISECONDS(1),
	MILLISECONDS(2) + MICROSECONDS(500),
	MILLISECONDS(5),
	MILLISECONDS(10),
	MILLISECONDS(25),
	MILLISECONDS(50),
	MILLISECONDS(100),
	MILLISECONDS(250),
	MILLISECONDS(1000),
	MILLISECONDS(5000),
};

static size_t
bucket_of(int64_t value)
{
	size_t i = 0;

	while (i < LATENCY_BOUNDS && value > latency_bounds[i])
		i++;
	return i;
}

void
latency_add(struct latency *latency, int64_t value)
{
	if (value < 0)
		value = 0;
	tally_add(&latency->buckets[bucket_of(value)], 1);
	tally_add(&latency->sum, (uint64_t)value);
	atomic_store_explicit(&latency->last, (uint64_t)value,
	    memory_order_relaxed);
}
