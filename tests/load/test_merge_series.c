/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/merge_series.h"

#include "unit.h"

/* A series of so many intervals of a second, each with the same figures. */
static struct series *
make(size_t count, uint64_t received, int64_t p99)
{
	struct series *series = calloc(1, sizeof(*series));

	ck_assert_ptr_nonnull(series);
	for (size_t i = 0; i < count; i++) {
		const struct series_entry entry = {
			.start = (double)i,
			.seconds = 1,
			.received = received,
			.connections = received / 10,
			.p99 = p99,
		};

		series_add(series, &entry);
	}
	return series;
}

START_TEST(entries_of_one_number_are_added)
{
	struct series *a = make(10, 100, 7);
	struct series *b = make(10, 30, 9);

	merge_series(a, b);
	ck_assert_uint_eq(a->count, 10);
	for (size_t i = 0; i < 10; i++) {
		ck_assert_double_eq(a->entries[i].start, (double)i);
		ck_assert_double_eq(a->entries[i].seconds, 1);
		ck_assert_uint_eq(a->entries[i].received, 130);
		ck_assert_uint_eq(a->entries[i].connections, 13);
		ck_assert_int_eq(a->entries[i].p99, 9);
	}
	free(a);
	free(b);
}
END_TEST

START_TEST(the_longer_one_counts)
{
	struct series *a = make(2, 100, 7);
	struct series *b = make(3, 30, 9);

	merge_series(a, b);
	ck_assert_uint_eq(a->count, 3);
	ck_assert_uint_eq(a->entries[1].received, 130);
	ck_assert_uint_eq(a->entries[2].received, 30);
	merge_series(b, a);
	ck_assert_uint_eq(b->count, 3);
	ck_assert_uint_eq(b->entries[2].received, 60);
	free(a);
	free(b);
}
END_TEST

/* One has joined each four intervals, the other each one or two. */
START_TEST(the_finer_one_is_joined)
{
	struct series *coarse = make(SERIES_MOST * 4, 10, 5);
	struct series *fine = make(7, 1, 9);
	struct series *middle = make(SERIES_MOST * 2, 100, 5);

	ck_assert_uint_eq(coarse->joined, 4);
	ck_assert_uint_eq(middle->joined, 2);
	merge_series(fine, coarse);
	ck_assert_uint_eq(fine->joined, 4);
	ck_assert_uint_eq(fine->count, SERIES_MOST);
	ck_assert_uint_eq(fine->entries[0].received, 44);
	ck_assert_double_eq(fine->entries[0].seconds, 4);
	ck_assert_uint_eq(fine->entries[1].received, 43);
	ck_assert_int_eq(fine->entries[1].p99, 9);
	ck_assert_uint_eq(fine->entries[2].received, 40);
	merge_series(coarse, middle);
	ck_assert_uint_eq(coarse->count, SERIES_MOST);
	ck_assert_uint_eq(coarse->entries[0].received, 440);
	ck_assert_uint_eq(coarse->entries[SERIES_MOST / 2].received, 40);
	ck_assert_double_eq(coarse->entries[0].seconds, 4);
	free(coarse);
	free(fine);
	free(middle);
}
END_TEST

START_TEST(nothing_adds_nothing)
{
	struct series *a = make(2, 100, 7);
	struct series *b = make(0, 0, 0);

	merge_series(a, b);
	ck_assert_uint_eq(a->count, 2);
	ck_assert_uint_eq(a->entries[1].received, 100);
	merge_series(b, a);
	ck_assert_uint_eq(b->count, 2);
	ck_assert_uint_eq(b->entries[1].received, 100);
	free(a);
	free(b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		entries_of_one_number_are_added,
		the_longer_one_counts,
		the_finer_one_is_joined,
		nothing_adds_nothing,
	};

	return UNIT_RUN("merge_series", tests);
}
