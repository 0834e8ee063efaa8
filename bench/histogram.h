/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How often each latency was seen, in buckets less than two per cent wide, so
 * that a percentile is known as well in the tail as in the middle.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

/* Buckets of a power of two, and the powers above those that have one each. */
#define HISTOGRAM_STEPS 64
#define HISTOGRAM_POWERS 40

struct histogram {
	uint64_t count;
	uint64_t most; /* the greatest value, exactly */
	uint64_t buckets[(HISTOGRAM_POWERS + 1) * HISTOGRAM_STEPS];
};

void histogram_clear(struct histogram *histogram);

/* What is too great for the buckets goes to the last one. */
void histogram_add(struct histogram *histogram, uint64_t value);

/*
 * The value that this share of all is not above, share being from 0 to 1; 0 if
 * there is none.  It is a bucket's upper end, and at 1 the greatest value.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double share);

#endif
