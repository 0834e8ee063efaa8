/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Buckets 0 to 2047 are one nanosecond wide.  Above them 1024 share each width,
 * which doubles from one width to the next: the upper half of the values that
 * a width could count, as the lower half has been counted more finely.
 */
#include "histogram.h"

#include <math.h>
#include <string.h>

#define HALF_BITS 10

_Static_assert(1 << HALF_BITS == HISTOGRAM_HALF, "the half is those bits");
_Static_assert(HISTOGRAM_HIGHEST >>
    (HISTOGRAM_WIDTHS - 1) >= HISTOGRAM_HALF, "every width is used");
_Static_assert(HISTOGRAM_HIGHEST >>
    (HISTOGRAM_WIDTHS - 1) < 2 * HISTOGRAM_HALF, "the widths are enough");

void
histogram_clear(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
}

static unsigned
width_bits(unsigned bucket)
{
	unsigned half = bucket >> HALF_BITS;

	return half > 0 ? half - 1 : 0;
}

unsigned
histogram_bucket(int64_t value)
{
	uint64_t bits = (uint64_t)value | (2 * HISTOGRAM_HALF - 1);
	unsigned width = 63 - HALF_BITS - (unsigned)__builtin_clzll(bits);

	return (width << HALF_BITS) + (unsigned)(value >> width);
}

int64_t
histogram_bucket_least(unsigned bucket)
{
	unsigned width = width_bits(bucket);

	return (int64_t)(bucket - (width << HALF_BITS)) << width;
}

int64_t
histogram_bucket_most(unsigned bucket)
{
	return histogram_bucket_least(bucket) +
	    (INT64_C(1) << width_bits(bucket)) - 1;
}

/* Before the values are counted. */
static void
extend(struct histogram *histogram, int64_t least, int64_t most)
{
	if (histogram_is_empty(histogram) || least < histogram->least)
		histogram->least = least;
	if (most > histogram->most)
		histogram->most = most;
}

void
histogram_add(struct histogram *histogram, int64_t value)
{
	if (value < 0)
		value = 0;
	extend(histogram, value, value);
	if (value > HISTOGRAM_HIGHEST) {
		histogram->beyond++;
		return;
	}
	histogram->count++;
	histogram->sum += (double)value;
	histogram->buckets[histogram_bucket(value)]++;
}

/* The first and the last bucket that can have values. */
static unsigned
first_bucket(const struct histogram *histogram)
{
	return histogram_bucket(histogram->least < HISTOGRAM_HIGHEST ?
	    histogram->least : HISTOGRAM_HIGHEST);
}

static unsigned
last_bucket(const struct histogram *histogram)
{
	return histogram_bucket(histogram->most < HISTOGRAM_HIGHEST ?
	    histogram->most : HISTOGRAM_HIGHEST);
}

void
histogram_merge(struct histogram *to, const struct histogram *from)
{
	unsigned bucket, last = last_bucket(from);

	if (histogram_is_empty(from))
		return;
	extend(to, from->least, from->most);
	to->count += from->count;
	to->beyond += from->beyond;
	to->sum += from->sum;
	for (bucket = first_bucket(from); bucket <= last; bucket++)
		to->buckets[bucket] += from->buckets[bucket];
}

/*
 * How many values, at least one, are not above the percentile.  What is not
 * exact in the product must not make one more of them.
 */
static uint64_t
rank(const struct histogram *histogram, double percent)
{
	uint64_t total = histogram_total(histogram), wanted;
	double exact = percent / 100 * (double)total;

	if (percent >= 100)
		return total;
	wanted = exact > 0 ? (uint64_t)ceil(exact * (1 - 1e-12)) : 0;
	return wanted > 1 ? wanted : 1;
}

int64_t
histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t wanted, seen = 0;
	unsigned bucket, last = last_bucket(histogram);
	int64_t end;

	if (histogram_is_empty(histogram))
		return 0;
	wanted = rank(histogram, percent);
	if (wanted > histogram->count)
		return histogram->most;
	for (bucket = first_bucket(histogram); bucket < last; bucket++) {
		seen += histogram->buckets[bucket];
		if (seen >= wanted)
			break;
	}
	end = histogram_bucket_most(bucket);
	return end < histogram->most ? end : histogram->most;
}

uint64_t
histogram_samples_above(const struct histogram *histogram, double percent)
{
	if (histogram_is_empty(histogram))
		return 0;
	return histogram_total(histogram) - rank(histogram, percent);
}

double
histogram_mean(const struct histogram *histogram)
{
	if (histogram->count == 0)
		return 0;
	return histogram->sum / (double)histogram->count;
}

double
histogram_deviation(const struct histogram *histogram)
{
	double mean = histogram_mean(histogram), distance, squares = 0;
	unsigned bucket, last = last_bucket(histogram);

	if (histogram->count == 0)
		return 0;
	for (bucket = first_bucket(histogram); bucket <= last; bucket++) {
		if (histogram->buckets[bucket] == 0)
			continue;
		distance = ((double)histogram_bucket_least(bucket) +
		    (double)histogram_bucket_most(bucket)) / 2 - mean;
		squares += (double)histogram->buckets[bucket] * distance *
		    distance;
	}
	return sqrt(squares / (double)histogram->count);
}
