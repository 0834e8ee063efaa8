/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/histogram.h"

#include <stdlib.h>

#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define SAMPLES 20000

static struct histogram histogram, other;
static int64_t samples[SAMPLES];

/* A test that finds both histograms empty, even if all are run in one process. */
#define HISTOGRAM_TEST(name) \
	UNIT_TEST(name, void, (void), histogram_clear(&histogram); \
	    histogram_clear(&other); name##_body())

static const double percents[] = { 0, 0.01, 1, 10, 50, 75, 90, 99, 99.9, 99.99,
    99.999, 100 };

/* The values of a percentile of so many: rank's definition, in whole numbers. */
static size_t
index_of(double percent, size_t count)
{
	size_t parts = (size_t)(percent * 1000 + 0.5) * count;
	size_t rank = (parts + 99999) / 100000;

	return rank > 0 ? rank - 1 : 0;
}

static int
compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

/* Spread evenly over the powers of two up to one. */
static int64_t
draw(unsigned powers)
{
	static uint64_t state = 1;
	int64_t bits;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	bits = (int64_t)(state >> 16);
	return bits & ((INT64_C(1) << (1 + (state >> 40) % powers)) - 1);
}

HISTOGRAM_TEST(nothing_is_zero)
{
	ck_assert_int_eq(histogram_percentile(&histogram, 50), 0);
	ck_assert_int_eq(histogram_percentile(&histogram, 100), 0);
	ck_assert_uint_eq(histogram_samples_above(&histogram, 50), 0);
	ck_assert_double_eq(histogram_mean(&histogram), 0);
	ck_assert_double_eq(histogram_deviation(&histogram), 0);
}

HISTOGRAM_TEST(one_value_is_every_percentile)
{
	histogram_add(&histogram, 123457);
	for (size_t i = 0; i < LENGTH(percents); i++)
		ck_assert_int_eq(histogram_percentile(&histogram, percents[i]),
		    123457);
	ck_assert_int_eq(histogram.least, 123457);
	ck_assert_int_eq(histogram.most, 123457);
	ck_assert_double_eq(histogram_mean(&histogram), 123457);
}

HISTOGRAM_TEST(percentiles_are_those_of_a_sorted_list)
{
	int64_t exact, found, error;
	size_t i;

	for (i = 0; i < SAMPLES; i++) {
		samples[i] = draw(41);
		histogram_add(&histogram, samples[i]);
	}
	qsort(samples, SAMPLES, sizeof(samples[0]), compare);
	for (i = 0; i < LENGTH(percents); i++) {
		exact = samples[index_of(percents[i], SAMPLES)];
		found = histogram_percentile(&histogram, percents[i]);
		error = found - exact;
		ck_assert_msg(error >= 0 && error <= exact / 1000,
		    "p%g: %lld, expected %lld", percents[i], (long long)found,
		    (long long)exact);
	}
	ck_assert_int_eq(histogram.least, samples[0]);
	ck_assert_int_eq(histogram.most, samples[SAMPLES - 1]);
}

HISTOGRAM_TEST(the_decimal_of_a_percentile_is_no_sample_more)
{
	for (int64_t value = 1; value <= 1000; value++)
		histogram_add(&histogram, value);
	ck_assert_int_eq(histogram_percentile(&histogram, 99.9), 999);
	ck_assert_uint_eq(histogram_samples_above(&histogram, 99.9), 1);
	ck_assert_int_eq(histogram_percentile(&histogram, 7), 70);
	ck_assert_uint_eq(histogram_samples_above(&histogram, 7), 930);
	ck_assert_int_eq(histogram_percentile(&histogram, 99.99), 1000);
	ck_assert_uint_eq(histogram_samples_above(&histogram, 99.99), 0);
	ck_assert_int_eq(histogram_percentile(&histogram, 0), 1);
}

HISTOGRAM_TEST(what_is_beyond_counts_in_percentiles)
{
	for (int64_t value = 0; value < 98; value++)
		histogram_add(&histogram, value);
	histogram_add(&histogram, HISTOGRAM_HIGHEST + 1);
	histogram_add(&histogram, INT64_MAX);
	ck_assert_uint_eq(histogram.count, 98);
	ck_assert_uint_eq(histogram.beyond, 2);
	ck_assert_int_eq(histogram.least, 0);
	ck_assert_int_eq(histogram.most, INT64_MAX);
	ck_assert_int_eq(histogram_percentile(&histogram, 50), 49);
	ck_assert_int_eq(histogram_percentile(&histogram, 98), 97);
	ck_assert_int_eq(histogram_percentile(&histogram, 99), INT64_MAX);
	ck_assert_uint_eq(histogram_samples_above(&histogram, 98), 2);
	ck_assert_double_eq(histogram_mean(&histogram), 97 / 2.0);
}

HISTOGRAM_TEST(nothing_but_what_is_beyond)
{
	histogram_add(&histogram, HISTOGRAM_HIGHEST + 7);
	ck_assert_uint_eq(histogram.count, 0);
	ck_assert_int_eq(histogram.least, HISTOGRAM_HIGHEST + 7);
	ck_assert_int_eq(histogram_percentile(&histogram, 50),
	    HISTOGRAM_HIGHEST + 7);
	ck_assert_double_eq(histogram_mean(&histogram), 0);
	ck_assert_double_eq(histogram_deviation(&histogram), 0);
	histogram_merge(&other, &histogram);
	ck_assert_mem_eq(&other, &histogram, sizeof(other));
}

HISTOGRAM_TEST(the_highest_value_has_a_bucket)
{
	histogram_add(&histogram, HISTOGRAM_HIGHEST);
	ck_assert_uint_eq(histogram.beyond, 0);
	ck_assert_int_eq(histogram_percentile(&histogram, 50),
	    HISTOGRAM_HIGHEST);
	ck_assert_uint_lt(histogram_bucket(HISTOGRAM_HIGHEST),
	    HISTOGRAM_BUCKETS);
}

HISTOGRAM_TEST(a_negative_value_is_zero)
{
	histogram_add(&histogram, INT64_MIN);
	ck_assert_uint_eq(histogram.buckets[0], 1);
	ck_assert_int_eq(histogram.least, 0);
	ck_assert_int_eq(histogram.most, 0);
	ck_assert_double_eq(histogram.sum, 0);
}

HISTOGRAM_TEST(merging_is_adding_what_was_added)
{
	static struct histogram all;

	histogram_clear(&all);
	for (size_t i = 0; i < SAMPLES; i++) {
		int64_t value = draw(44);

		histogram_add(i % 3 == 0 ? &histogram : &other, value);
		histogram_add(&all, value);
	}
	ck_assert_uint_gt(all.beyond, 0);
	histogram_merge(&histogram, &other);
	/* The order of additions shows in the last digits of the sum. */
	ck_assert_double_eq_tol(histogram.sum / all.sum, 1, 1e-12);
	histogram.sum = all.sum;
	ck_assert_mem_eq(&histogram, &all, sizeof(all));
}

HISTOGRAM_TEST(an_empty_one_merges)
{
	histogram_merge(&histogram, &other);
	ck_assert_mem_eq(&histogram, &other, sizeof(other));
	histogram_add(&histogram, 5000);
	histogram_merge(&other, &histogram);
	ck_assert_int_eq(other.least, 5000);
	histogram_clear(&histogram);
	histogram_merge(&other, &histogram);
	ck_assert_int_eq(other.least, 5000);
	ck_assert_uint_eq(other.count, 1);
}

HISTOGRAM_TEST(buckets_follow_each_other)
{
	unsigned bucket;
	int64_t least, most = -1;

	for (bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		least = histogram_bucket_least(bucket);
		if (least != most + 1)
			ck_abort_msg("%u begins at %lld, after %lld", bucket,
			    (long long)least, (long long)most);
		most = histogram_bucket_most(bucket);
		if (most < least || most - least > least / 1000 ||
		    histogram_bucket(least) != bucket ||
		    histogram_bucket(most) != bucket)
			ck_abort_msg("%u is from %lld to %lld", bucket,
			    (long long)least, (long long)most);
	}
	/* HdrHistogram's for these bounds and digits. */
	ck_assert_uint_eq(bucket, 33792);
	ck_assert_int_eq(most, (INT64_C(1) << 42) - 1);
}

HISTOGRAM_TEST(mean_and_deviation)
{
	static const int64_t values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };

	for (size_t i = 0; i < LENGTH(values); i++)
		histogram_add(&histogram, values[i]);
	ck_assert_double_eq(histogram_mean(&histogram), 5);
	ck_assert_double_eq(histogram_deviation(&histogram), 2);
	for (size_t i = 0; i < LENGTH(values); i++)
		histogram_add(&other, values[i] * 1000000);
	ck_assert_double_eq_tol(histogram_mean(&other), 5e6, 1e-6);
	ck_assert_double_eq_tol(histogram_deviation(&other), 2e6, 2e3);
}

int
main(void)
{
	const TTest *const tests[] = {
		nothing_is_zero,
		one_value_is_every_percentile,
		percentiles_are_those_of_a_sorted_list,
		the_decimal_of_a_percentile_is_no_sample_more,
		what_is_beyond_counts_in_percentiles,
		nothing_but_what_is_beyond,
		the_highest_value_has_a_bucket,
		a_negative_value_is_zero,
		merging_is_adding_what_was_added,
		an_empty_one_merges,
		buckets_follow_each_other,
		mean_and_deviation,
	};

	return UNIT_RUN("histogram", tests);
}
