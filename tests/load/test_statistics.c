/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/statistics.h"

#include <string.h>

#include "unit.h"

START_TEST(names_are_those_of_the_tables)
{
	ck_assert_str_eq(statistics_times[TIME_RESPONSE].name, "response");
	ck_assert_str_eq(statistics_times[TIME_HANDSHAKE_RESUMED].name,
	    "handshake_resumed");
	ck_assert_str_eq(statistics_counters[COUNT_SENT].name,
	    "messages_sent");
	ck_assert_str_eq(statistics_counters[COUNT_OTHER_ERRORS].name,
	    "other_errors");
	for (int i = 0; i < COUNT_KINDS; i++)
		ck_assert_uint_gt(strlen(statistics_counters[i].help), 0);
}
END_TEST

START_TEST(new_ones_are_empty)
{
	struct statistics *statistics = statistics_new();

	ck_assert_ptr_nonnull(statistics);
	for (int i = 0; i < COUNT_KINDS; i++)
		ck_assert_uint_eq(statistics->counters[i], 0);
	for (int i = 0; i < TIME_KINDS; i++)
		ck_assert_uint_eq(statistics->times[i].count, 0);
	free(statistics);
}
END_TEST

START_TEST(merging_adds_all)
{
	struct statistics *to = statistics_new(), *from = statistics_new();

	ck_assert(to != NULL && from != NULL);
	for (int i = 0; i < COUNT_KINDS; i++) {
		to->counters[i] = 1000;
		from->counters[i] = (uint64_t)i;
	}
	for (int i = 0; i < TIME_KINDS; i++) {
		histogram_add(&to->times[i], 7);
		histogram_add(&from->times[i], i);
	}
	statistics_merge(to, from);
	for (int i = 0; i < COUNT_KINDS; i++)
		ck_assert_uint_eq(to->counters[i], 1000 + (uint64_t)i);
	for (int i = 0; i < TIME_KINDS; i++) {
		ck_assert_uint_eq(to->times[i].count, 2);
		ck_assert_int_eq(to->times[i].least, i);
		ck_assert_uint_eq(from->times[i].count, 1);
	}
	statistics_clear(to);
	statistics_clear(from);
	ck_assert_mem_eq(to, from, sizeof(*to));
	ck_assert_uint_eq(to->times[TIME_LAG].count, 0);
	free(to);
	free(from);
}
END_TEST

/* By their names: wrong and unanswered messages, and what ends in _errors. */
START_TEST(errors_are_what_is_called_so)
{
	struct statistics *statistics = statistics_new();
	uint64_t expected = 0;

	ck_assert_ptr_nonnull(statistics);
	for (int i = 0; i < COUNT_KINDS; i++) {
		const char *name = statistics_counters[i].name;

		statistics->counters[i] = UINT64_C(1) << i;
		if (strcmp(name, "messages_wrong") == 0 ||
		    strcmp(name, "messages_unanswered") == 0 ||
		    strstr(name, "_errors") != NULL)
			expected |= UINT64_C(1) << i;
	}
	ck_assert_uint_eq(statistics_errors(statistics), expected);
	free(statistics);
}
END_TEST

START_TEST(of_handshakes_most_are_of_one_kind)
{
	struct statistics *statistics = statistics_new();

	ck_assert_ptr_nonnull(statistics);
	histogram_add(&statistics->times[TIME_HANDSHAKE_RESUMED], 1);
	histogram_add(&statistics->times[TIME_HANDSHAKE_FULL], 1);
	ck_assert_int_eq(statistics_handshake(statistics),
	    TIME_HANDSHAKE_FULL);
	histogram_add(&statistics->times[TIME_HANDSHAKE_RESUMED], INT64_MAX);
	ck_assert_int_eq(statistics_handshake(statistics),
	    TIME_HANDSHAKE_RESUMED);
	free(statistics);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		names_are_those_of_the_tables,
		new_ones_are_empty,
		merging_adds_all,
		errors_are_what_is_called_so,
		of_handshakes_most_are_of_one_kind,
	};

	return UNIT_RUN("statistics", tests);
}
