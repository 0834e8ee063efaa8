/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/latency.h"

#include "unit.h"

START_TEST(a_bound_belongs_to_its_bucket)
{
	struct latency latency = { .sum = 0 };

	for (size_t i = 0; i < LATENCY_BOUNDS; i++) {
		latency_add(&latency, latency_bounds[i]);
		ck_assert_uint_eq(latency.buckets[i], 1);
		latency_add(&latency, latency_bounds[i] + 1);
		ck_assert_uint_eq(latency.buckets[i], 1);
		/* That was the next one's first. */
		latency.buckets[i + 1] = 0;
	}
}
END_TEST

START_TEST(bounds_grow)
{
	for (size_t i = 1; i < LATENCY_BOUNDS; i++)
		ck_assert_int_gt(latency_bounds[i], latency_bounds[i - 1]);
}
END_TEST

START_TEST(sum_and_last)
{
	struct latency latency = { .sum = 0 };

	latency_add(&latency, 1000);
	latency_add(&latency, 70000);
	ck_assert_uint_eq(latency.sum, 71000);
	ck_assert_uint_eq(latency.last, 70000);
	latency_add(&latency, -5);
	ck_assert_uint_eq(latency.sum, 71000);
	ck_assert_uint_eq(latency.last, 0);
	ck_assert_uint_eq(latency.buckets[0], 2);
	latency_add(&latency, INT64_MAX);
	ck_assert_uint_eq(latency.buckets[LATENCY_BOUNDS], 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_bound_belongs_to_its_bucket,
	    bounds_grow, sum_and_last };

	return UNIT_RUN("latency", tests);
}
