/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/rank_test.h"

#include <errno.h>
#include <math.h>

#include "await/fail.h"
#include "load/random.h"
#include "unit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Two of 70 orders of 4 and 4 values are as far apart as this one. */
START_TEST(four_and_four_that_do_not_overlap_differ)
{
	static const double a[] = { 10, 11, 12, 13 };
	static const double b[] = { 20, 21, 22, 23 };
	struct rank_difference difference;

	ck_assert_int_eq(rank_compare(a, 4, b, 4, 0.95, &difference), 0);
	ck_assert_double_eq_tol(difference.confidence, 1 - 2.0 / 70, 1e-9);
	ck_assert(difference.is_enough);
	ck_assert_double_eq(difference.median_a, 11.5);
	ck_assert_double_eq(difference.median_b, 21.5);
	ck_assert_double_eq_tol(difference.lowest, 20.0 / 13, 1e-9);
	ck_assert_double_eq_tol(difference.highest, 23.0 / 10, 1e-9);
	ck_assert_double_gt(difference.ratio, 1.8);
	ck_assert_double_lt(difference.ratio, 1.95);
}
END_TEST

START_TEST(three_and_three_are_not_enough)
{
	static const double a[] = { 1, 2, 3 };
	static const double b[] = { 101, 102, 103 };
	struct rank_difference difference;

	ck_assert_int_eq(rank_compare(a, 3, b, 3, 0.95, &difference), 0);
	ck_assert(!difference.is_enough);
	ck_assert_double_eq_tol(difference.confidence, 0.9, 1e-9);
	ck_assert_int_eq(rank_compare(a, 3, b, 3, 0.9, &difference), 0);
	ck_assert(difference.is_enough);
}
END_TEST

START_TEST(as_few_as_are_needed)
{
	ck_assert_uint_eq(rank_fewest(0.5), 2);
	ck_assert_uint_eq(rank_fewest(0.9), 3);
	ck_assert_uint_eq(rank_fewest(0.95), 4);
	ck_assert_uint_eq(rank_fewest(0.99), 5);
	ck_assert_uint_eq(rank_fewest(0.999), 7);
}
END_TEST

/*
 * What tables of the U test have for 5 %, two-sided: the highest U that is
 * still beyond it; so many and one more ratios are cut off.
 */
START_TEST(intervals_are_those_of_the_tables)
{
	static const struct { size_t a, b, critical; } rows[] = {
		{ 4, 4, 0 }, { 5, 5, 2 }, { 6, 6, 5 }, { 7, 7, 8 },
		{ 8, 8, 13 }, { 10, 10, 23 }, { 3, 5, 0 }, { 5, 8, 6 },
		{ 20, 20, 127 },
	};
	double a[20], b[20], ratios[400];
	struct rank_difference difference;

	/* All ratios are different. */
	for (size_t i = 0; i < 20; i++) {
		a[i] = exp(0.001 * (double)(i * i * i + 3 * i));
		b[i] = exp(0.1 * (double)i + 0.00017 * (double)(i * i));
	}
	for (size_t k = 0; k < COUNT_OF(rows); k++) {
		size_t count = rows[k].a * rows[k].b;

		for (size_t i = 0; i < rows[k].a; i++)
			for (size_t j = 0; j < rows[k].b; j++)
				ratios[i * rows[k].b + j] = b[j] / a[i];
		rank_median(ratios, count);
		ck_assert_int_eq(rank_compare(a, rows[k].a, b, rows[k].b, 0.95,
		    &difference), 0);
		ck_assert_double_eq_tol(difference.lowest,
		    ratios[rows[k].critical], 1e-9);
		ck_assert_double_eq_tol(difference.highest,
		    ratios[count - 1 - rows[k].critical], 1e-9);
	}
}
END_TEST

/* In so many of 100 experiments the interval has to hold the true factor. */
START_TEST(the_interval_holds_what_is_true)
{
	struct rank_difference difference;
	struct random random;
	double a[6], b[6];
	int held = 0;

	random_init(&random, 1, 1);
	for (int i = 0; i < 1000; i++) {
		for (int j = 0; j < 6; j++) {
			a[j] = 1 + random_exponential(&random);
			b[j] = 1.5 * (1 + random_exponential(&random));
		}
		ck_assert_int_eq(rank_compare(a, 6, b, 6, 0.95, &difference),
		    0);
		held += difference.lowest <= 1.5 && difference.highest >= 1.5;
	}
	/* 95.9 % exactly; the seed makes it the same each time. */
	ck_assert_int_ge(held, 945);
	ck_assert_int_le(held, 975);
}
END_TEST

START_TEST(many_values_are_no_trouble)
{
	static double a[150], b[150];
	struct rank_difference difference;
	struct random random;
	size_t count = COUNT_OF(a);

	random_init(&random, 1, 1);
	for (size_t i = 0; i < count; i++) {
		a[i] = 100 + random_share(&random);
		b[i] = 101 + random_share(&random);
	}
	ck_assert_int_eq(rank_compare(a, count, b, count, 0.95, &difference),
	    0);
	ck_assert_double_eq_tol(difference.ratio, 1.01, 0.001);
	ck_assert_double_gt(difference.lowest, 1.0085);
	ck_assert_double_lt(difference.highest, 1.0115);
	ck_assert_double_ge(difference.confidence, 0.95);
	ck_assert_double_lt(difference.confidence, 0.952);
}
END_TEST

START_TEST(one_value_each)
{
	static const double a[] = { 2 }, b[] = { 3 };
	struct rank_difference difference;

	ck_assert_int_eq(rank_compare(a, 1, b, 1, 0.95, &difference), 0);
	ck_assert_double_eq_tol(difference.ratio, 1.5, 1e-9);
	ck_assert(!difference.is_enough);
	ck_assert_double_eq_tol(difference.confidence, 0, 1e-9);
}
END_TEST

START_TEST(there_is_no_ratio_to_nothing)
{
	static const double a[] = { 2, 0 }, b[] = { 3, NAN }, c[] = { 1, 2 };
	struct rank_difference difference;

	ck_assert_int_eq(rank_compare(a, 2, c, 2, 0.95, &difference), -EDOM);
	ck_assert_int_eq(rank_compare(c, 2, b, 2, 0.95, &difference), -EDOM);
}
END_TEST

START_TEST(memory_that_is_short_is_told)
{
	static const double a[] = { 1, 2, 3, 4 }, b[] = { 5, 6, 7, 8 };
	struct rank_difference difference;
	bool failed = true;
	unsigned n;

	for (n = 1; failed; n++) {
		int err;

		fail_at(n, false);
		err = rank_compare(a, 4, b, 4, 0.95, &difference);
		failed = fail_stop();
		ck_assert_int_eq(err, failed ? -ENOMEM : 0);
	}
	ck_assert_uint_gt(n, 4);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		four_and_four_that_do_not_overlap_differ,
		three_and_three_are_not_enough,
		as_few_as_are_needed,
		intervals_are_those_of_the_tables,
		the_interval_holds_what_is_true,
		many_values_are_no_trouble,
		one_value_each,
		there_is_no_ratio_to_nothing,
		memory_that_is_short_is_told,
	};

	return UNIT_RUN("rank_test", tests);
}
