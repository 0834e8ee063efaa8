/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How often each duration was seen, to three significant digits from a
 * microsecond to an hour (and finer than that below: buckets are one nanosecond
 * wide up to 2048 ns, and less than 0.1 % of the value above).  The buckets are
 * those of HdrHistogram with a lowest value of 1, a highest of an hour in
 * nanoseconds and three digits, so that its tools read what is written of them.
 *
 * Not for several threads at once: each has its own, and they are added up.
 */
#ifndef COMMON_HISTOGRAM_H
#define COMMON_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_DIGITS 3
#define HISTOGRAM_HIGHEST INT64_C(3600000000000) /* nanoseconds: an hour */
/* Half of the buckets that share a width. */
#define HISTOGRAM_HALF 1024
#define HISTOGRAM_WIDTHS 32
#define HISTOGRAM_BUCKETS ((HISTOGRAM_WIDTHS + 1) * HISTOGRAM_HALF)

struct histogram {
	uint64_t count;  /* of the values in buckets */
	uint64_t beyond; /* values above HISTOGRAM_HIGHEST, in no bucket */
	int64_t least;   /* exactly; of an empty one they are 0 */
	int64_t most;    /* exactly, those beyond included */
	double sum;      /* of the values in buckets */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Makes it an empty one. */
void histogram_clear(struct histogram *histogram);

/* How many values it has been given, those beyond included. */
static inline uint64_t
histogram_total(const struct histogram *histogram)
{
	return histogram->count + histogram->beyond;
}

/* Whether it has been given none. */
static inline bool
histogram_is_empty(const struct histogram *histogram)
{
	return histogram_total(histogram) == 0;
}

/* Adds a value in nanoseconds; a negative one counts as 0. */
void histogram_add(struct histogram *histogram, int64_t value);
/* Adds all that another one has. */
void histogram_merge(struct histogram *to, const struct histogram *from);

/*
 * The value that so many per cent of all are not above, those beyond included:
 * the upper end of its bucket, but not above the greatest that was seen.  0 of
 * an empty one.
 */
int64_t histogram_percentile(const struct histogram *histogram,
    double percent);
/* How many samples lie above that percentile: what it rests on. */
uint64_t histogram_samples_above(const struct histogram *histogram,
    double percent);

/* Of the values in buckets; 0 of an empty one. */
double histogram_mean(const struct histogram *histogram);
double histogram_deviation(const struct histogram *histogram);

/* The least and the greatest value that share a bucket. */
int64_t histogram_bucket_least(unsigned bucket);
int64_t histogram_bucket_most(unsigned bucket);
/* The bucket of a value from 0 to HISTOGRAM_HIGHEST. */
unsigned histogram_bucket(int64_t value);

#endif
