/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <math.h>

#include "client/statistics.h"
#include "unit.h"

#define TOLERANCE 1e-12

static struct statistics
of_samples(const double *samples, size_t count)
{
	struct statistics statistics = { .count = 0 };

	for (size_t i = 0; i < count; i++)
		statistics_add(&statistics, samples[i]);
	return statistics;
}

START_TEST(empty_series_is_all_zero)
{
	struct statistics statistics = { .count = 0 };

	ck_assert_uint_eq(statistics.count, 0);
	ck_assert_double_eq(statistics.min, 0);
	ck_assert_double_eq(statistics_deviation(&statistics), 0);
}
END_TEST

START_TEST(one_sample_is_min_max_and_mean)
{
	const double samples[] = { 0.25 };
	struct statistics statistics = of_samples(samples, 1);

	ck_assert_double_eq(statistics.min, 0.25);
	ck_assert_double_eq(statistics.max, 0.25);
	ck_assert_double_eq(statistics.mean, 0.25);
	ck_assert_double_eq(statistics_deviation(&statistics), 0);
}
END_TEST

START_TEST(deviation_is_over_all_samples)
{
	const double samples[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct statistics statistics = of_samples(samples, 8);

	ck_assert_uint_eq(statistics.count, 8);
	ck_assert_double_eq(statistics.min, 2);
	ck_assert_double_eq(statistics.max, 9);
	ck_assert_double_eq_tol(statistics.mean, 5, TOLERANCE);
	ck_assert_double_eq_tol(statistics_deviation(&statistics), 2,
	    TOLERANCE);
}
END_TEST

START_TEST(deviation_is_pings_mdev)
{
	double samples[1000];
	double sum = 0, squares = 0, mean;
	struct statistics statistics;

	for (int i = 0; i < 1000; i++) {
		samples[i] = (double)((i * 7919) % 1000) / 1000;
		sum += samples[i];
		squares += samples[i] * samples[i];
	}
	mean = sum / 1000;
	statistics = of_samples(samples, 1000);
	ck_assert_double_eq_tol(statistics_deviation(&statistics),
	    sqrt(squares / 1000 - mean * mean), 1e-9);
}
END_TEST

/* The difference of two squares would leave nothing of these but noise. */
START_TEST(large_samples_close_together_keep_their_deviation)
{
	const double samples[] = { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 };
	struct statistics statistics = of_samples(samples, 4);

	ck_assert_double_eq_tol(statistics.mean, 1e9 + 10, 1e-6);
	ck_assert_double_eq_tol(statistics_deviation(&statistics),
	    sqrt(22.5), 1e-6);
}
END_TEST

START_TEST(samples_below_zero_move_the_minimum)
{
	const double samples[] = { -1, -3, -2 };
	struct statistics statistics = of_samples(samples, 3);

	ck_assert_double_eq(statistics.min, -3);
	ck_assert_double_eq(statistics.max, -1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		empty_series_is_all_zero,
		one_sample_is_min_max_and_mean,
		deviation_is_over_all_samples,
		deviation_is_pings_mdev,
		large_samples_close_together_keep_their_deviation,
		samples_below_zero_move_the_minimum,
	};

	return UNIT_RUN("statistics", tests);
}
