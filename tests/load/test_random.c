/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/random.h"

#include <math.h>

#include "unit.h"

#define DRAWS 100000

static struct random generator;

/* As its definition has it, computed by other means. */
START_TEST(the_generator_is_the_published_one)
{
	struct random known = { { 1, 2, 3, 4 } };

	ck_assert_uint_eq(random_next(&known), 11520);
	ck_assert_uint_eq(random_next(&known), 0);
	ck_assert_uint_eq(random_next(&known), 1509978240);
	ck_assert_uint_eq(random_next(&known), UINT64_C(1215971899390074240));
}
END_TEST

START_TEST(a_seed_gives_the_same_numbers)
{
	struct random again;

	random_init(&generator, 7, 3);
	random_init(&again, 7, 3);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(random_next(&generator), random_next(&again));
	/* On every machine. */
	random_init(&generator, 42, 0);
	ck_assert_uint_eq(random_next(&generator), UINT64_C(14521572776820312757));
}
END_TEST

START_TEST(streams_and_seeds_differ)
{
	uint64_t seen[9];
	int count = 0;

	for (uint64_t seed = 0; seed < 3; seed++)
		for (uint64_t stream = 0; stream < 3; stream++) {
			random_init(&generator, seed, stream);
			seen[count] = random_next(&generator);
			for (int i = 0; i < count; i++)
				ck_assert_uint_ne(seen[i], seen[count]);
			count++;
		}
}
END_TEST

/* So many draws in so many cells, each of which is as likely. */
static double
chi_square(const unsigned *cells, unsigned count, double draws)
{
	double expected = draws / count, sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += (cells[i] - expected) * (cells[i] - expected) /
		    expected;
	return sum;
}

START_TEST(shares_are_spread_evenly)
{
	unsigned cells[100] = { 0 };
	double share;

	random_init(&generator, 1, 0);
	for (int i = 0; i < DRAWS; i++) {
		share = random_share(&generator);
		if (!(share >= 0 && share < 1))
			ck_abort_msg("%g", share);
		cells[(unsigned)(share * 100)]++;
	}
	/* 99 degrees of freedom: 0.1 % lie above 148, 0.1 % below 60. */
	share = chi_square(cells, 100, DRAWS);
	ck_assert_double_lt(share, 148);
	ck_assert_double_gt(share, 60);
}
END_TEST

START_TEST(numbers_below_a_bound_are_spread_evenly)
{
	unsigned cells[7] = { 0 };
	uint64_t number;

	random_init(&generator, 5, 0);
	for (int i = 0; i < DRAWS; i++) {
		number = random_below(&generator, 7);
		if (number >= 7)
			ck_abort_msg("%llu", (unsigned long long)number);
		cells[number]++;
	}
	/* 6 degrees of freedom: 0.1 % lie above 22.5. */
	ck_assert_double_lt(chi_square(cells, 7, DRAWS), 22.5);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(random_below(&generator, 1), 0);
}
END_TEST

/* Without a second draw every third number would come twice as often. */
START_TEST(a_great_bound_has_no_bias)
{
	const uint64_t bound = UINT64_C(3) << 62;
	unsigned low = 0;

	random_init(&generator, 3, 0);
	for (int i = 0; i < DRAWS; i++)
		if (random_below(&generator, bound) % 3 == 0)
			low++;
	ck_assert_double_eq_tol(low / (double)DRAWS, 1 / 3.0, 0.006);
}
END_TEST

START_TEST(exponential_numbers_have_their_mean_and_variance)
{
	double sum = 0, squares = 0, value, mean;
	unsigned above = 0;

	random_init(&generator, 4, 0);
	for (int i = 0; i < DRAWS; i++) {
		value = random_exponential(&generator);
		if (!(value >= 0 && isfinite(value)))
			ck_abort_msg("%g", value);
		sum += value;
		squares += value * value;
		above += value > 3;
	}
	mean = sum / DRAWS;
	ck_assert_double_eq_tol(mean, 1, 0.01);
	ck_assert_double_eq_tol(squares / DRAWS - mean * mean, 1, 0.03);
	ck_assert_double_eq_tol(above / (double)DRAWS, exp(-3), 0.002);
}
END_TEST

START_TEST(the_kernels_seeds_differ)
{
	ck_assert_uint_ne(random_seed(), random_seed());
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_generator_is_the_published_one,
		a_seed_gives_the_same_numbers,
		streams_and_seeds_differ,
		shares_are_spread_evenly,
		numbers_below_a_bound_are_spread_evenly,
		a_great_bound_has_no_bias,
		exponential_numbers_have_their_mean_and_variance,
		the_kernels_seeds_differ,
	};

	return UNIT_RUN("random", tests);
}
