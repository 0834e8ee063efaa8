/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A histogram of durations in logarithmic buckets with round bounds, for people
 * to look at.
 */
#ifndef LOAD_BUCKETS_H
#define LOAD_BUCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "common/histogram.h"

/* The least that any histogram needs: its coarsest buckets. */
#define BUCKETS_LEAST 48

struct bucket {
	int64_t from;   /* nanoseconds */
	int64_t to;     /* the first that is not in it */
	uint64_t count;
};

/*
 * Fills at most so many buckets, from the first that has a value to the last,
 * and as fine as there is room for: 24, 12, 6 or 3 to a decade, the last within
 * BUCKETS_LEAST whatever is asked for; there has to be room for the greater of
 * both.
 * A value counts as the upper end of its bucket in the histogram, as it does in
 * percentiles.
 * Returns how many; 0 of an empty histogram.
 */
size_t buckets_fill(const struct histogram *histogram, struct bucket *buckets,
    size_t most);

/* The greatest count. */
uint64_t buckets_highest(const struct bucket *buckets, size_t count);

#endif
