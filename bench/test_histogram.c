/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "histogram.h"

#include "unit.h"

static struct histogram histogram;

START_TEST(nothing_is_zero)
{
	histogram_clear(&histogram);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0.5), 0);
	ck_assert_uint_eq(histogram_percentile(&histogram, 1), 0);
}
END_TEST

START_TEST(one_value_is_every_percentile)
{
	histogram_clear(&histogram);
	histogram_add(&histogram, 123457);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0), 123457);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0.5), 123457);
	ck_assert_uint_eq(histogram_percentile(&histogram, 1), 123457);
}
END_TEST

START_TEST(percentiles_are_within_two_per_cent)
{
	static const double shares[] = { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 };
	uint64_t found, value, values = 1000000;

	histogram_clear(&histogram);
	for (value = 1; value <= values; value++)
		histogram_add(&histogram, value);
	ck_assert_uint_eq(histogram.count, values);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		value = (uint64_t)(shares[i] * (double)values);
		found = histogram_percentile(&histogram, shares[i]);
		ck_assert_uint_ge(found, value);
		ck_assert_uint_le(found, value + value / 50);
	}
	ck_assert_uint_eq(histogram_percentile(&histogram, 1), values);
}
END_TEST

START_TEST(small_values_are_exact)
{
	uint64_t value;

	histogram_clear(&histogram);
	for (value = 0; value < 100; value++)
		histogram_add(&histogram, value);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0.01), 0);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0.5), 49);
}
END_TEST

START_TEST(a_huge_value_is_counted)
{
	histogram_clear(&histogram);
	histogram_add(&histogram, 1);
	histogram_add(&histogram, UINT64_MAX);
	ck_assert_uint_eq(histogram.count, 2);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0.5), 1);
	ck_assert_uint_eq(histogram_percentile(&histogram, 1), UINT64_MAX);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_is_zero,
		one_value_is_every_percentile,
		percentiles_are_within_two_per_cent,
		small_values_are_exact,
		a_huge_value_is_counted,
	};

	return UNIT_RUN("histogram", tests);
}
