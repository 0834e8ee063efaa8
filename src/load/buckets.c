/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "buckets.h"

#include <stdbool.h>

/* Bounds within a decade, times 10. */
static const struct steps {
	size_t count;
	unsigned char bounds[24];
} steps[] = {
	{ 24, { 10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43,
	    47, 51, 56, 62, 68, 75, 82, 91 } },
	{ 12, { 10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82 } },
	{ 6, { 10, 15, 20, 30, 50, 70 } },
	{ 3, { 10, 20, 50 } },
};

#define STEPS_COUNT (sizeof(steps) / sizeof(steps[0]))

/* Bound number i; the first is 0, the next 10 ns. */
static int64_t
bound(const struct steps *list, size_t i)
{
	int64_t decade = 1;

	if (i == 0)
		return 0;
	for (size_t n = (i - 1) / list->count; n > 0; n--)
		decade *= 10;
	return decade * list->bounds[(i - 1) % list->count];
}

/* The bucket that a value is in. */
static size_t
find(const struct steps *list, int64_t value)
{
	size_t i = 0;

	while (bound(list, i + 1) <= value)
		i++;
	return i;
}

static bool
span(const struct histogram *histogram, int64_t *least, int64_t *most)
{
	unsigned first = 0;
	unsigned last = HISTOGRAM_BUCKETS - 1;

	if (histogram->count == 0)
		return false;
	while (histogram->buckets[first] == 0)
		first++;
	while (histogram->buckets[last] == 0)
		last--;
	*least = histogram_bucket_most(first);
	*most = histogram_bucket_most(last);
	return true;
}

static void
sort(const struct steps *list, size_t first, const struct histogram *histogram,
    struct bucket *buckets)
{
	size_t at = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->buckets[i] == 0)
			continue;
		while (bound(list, first + at + 1) <= histogram_bucket_most(i))
			at++;
		buckets[at].count += histogram->buckets[i];
	}
}

size_t
buckets_fill(const struct histogram *histogram, struct bucket *buckets,
    size_t most)
{
	const struct steps *list;
	int64_t least, greatest;
	size_t first, count;

	if (!span(histogram, &least, &greatest))
		return 0;
	for (size_t i = 0; i < STEPS_COUNT; i++) {
		list = &steps[i];
		first = find(list, least);
		count = find(list, greatest) - first + 1;
		if (count <= most)
			break;
	}
	for (size_t i = 0; i < count; i++)
		buckets[i] = (struct bucket){
			.from = bound(list, first + i),
			.to = bound(list, first + i + 1),
		};
	sort(list, first, histogram, buckets);
	return count;
}

uint64_t
buckets_highest(const struct bucket *buckets, size_t count)
{
	uint64_t highest = 0;

	for (size_t i = 0; i < count; i++)
		if (buckets[i].count > highest)
			highest = buckets[i].count;
	return highest;
}
