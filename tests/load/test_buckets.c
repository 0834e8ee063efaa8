/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/buckets.h"
#include "unit.h"

static struct histogram histogram;
static struct bucket buckets[BUCKETS_LEAST];

START_TEST(an_empty_histogram_has_none)
{
	histogram_clear(&histogram);
	ck_assert_uint_eq(buckets_fill(&histogram, buckets, 20), 0);
	ck_assert_uint_eq(buckets_highest(buckets, 0), 0);
}
END_TEST

START_TEST(one_value_has_one)
{
	histogram_clear(&histogram);
	histogram_add(&histogram, 100000);
	ck_assert_uint_eq(buckets_fill(&histogram, buckets, 20), 1);
	ck_assert_int_eq(buckets[0].from, 100000);
	ck_assert_int_eq(buckets[0].to, 110000);
	ck_assert_uint_eq(buckets[0].count, 1);
}
END_TEST

START_TEST(a_value_on_a_bound_is_above_it)
{
	histogram_clear(&histogram);
	histogram_add(&histogram, 0);
	histogram_add(&histogram, 9);
	histogram_add(&histogram, 10);
	histogram_add(&histogram, 11);
	ck_assert_uint_eq(buckets_fill(&histogram, buckets, 20), 3);
	ck_assert_uint_eq(buckets[0].count, 2);
	ck_assert_int_eq(buckets[0].to, 10);
	ck_assert_uint_eq(buckets[1].count, 1);
	ck_assert_uint_eq(buckets[2].count, 1);
}
END_TEST

START_TEST(the_wider_the_values_the_coarser_the_buckets)
{
	histogram_clear(&histogram);
	histogram_add(&histogram, 1000);
	histogram_add(&histogram, 3000000);
	/* 3.4 decades: 6 to each fit, 12 do not. */
	ck_assert_uint_eq(buckets_fill(&histogram, buckets, 24), 22);
	ck_assert_int_eq(buckets[0].from, 1000);
	ck_assert_int_eq(buckets[0].to, 1500);
	ck_assert_int_eq(buckets[21].from, 3000000);
	ck_assert_int_eq(buckets[21].to, 5000000);
	ck_assert_uint_eq(buckets_fill(&histogram, buckets, 12), 11);
	ck_assert_int_eq(buckets[0].to, 2000);
}
END_TEST

START_TEST(from_nothing_to_an_hour_there_is_room)
{
	uint64_t sum = 0;
	size_t count;

	histogram_clear(&histogram);
	histogram_add(&histogram, 0);
	histogram_add(&histogram, HISTOGRAM_HIGHEST);
	for (int64_t value = 1; value < HISTOGRAM_HIGHEST; value *= 3)
		histogram_add(&histogram, value);
	count = buckets_fill(&histogram, buckets, 1);
	ck_assert_uint_le(count, BUCKETS_LEAST);
	for (size_t i = 0; i < count; i++) {
		sum += buckets[i].count;
		ck_assert(i == 0 || buckets[i].from == buckets[i - 1].to);
	}
	ck_assert_uint_eq(sum, histogram.count);
	ck_assert_uint_ge(buckets_highest(buckets, count), sum / count);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_histogram_has_none,
		one_value_has_one,
		a_value_on_a_bound_is_above_it,
		the_wider_the_values_the_coarser_the_buckets,
		from_nothing_to_an_hour_there_is_room,
	};

	return UNIT_RUN("buckets", tests);
}
