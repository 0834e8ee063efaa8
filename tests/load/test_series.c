/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/series.h"

#include <string.h>

#include "unit.h"

static struct series series;

/* A test that finds the series empty, even if all are run in one process. */
#define SERIES_TEST(name) \
	UNIT_TEST(name, void, (void), memset(&series, 0, sizeof(series)); \
	    name##_body())

/* The n-th second of a run, whose figures tell it from the others. */
static void
add(unsigned n)
{
	const struct series_entry entry = {
		.start = n, .seconds = 1, .sent = 1000, .received = n,
		.errors = 1, .bytes_received = 2, .opened = 3,
		.handshakes = n + 4, .connections = n + 50,
		.p50 = n, .p90 = 100000 - n, .p99 = 7, .p999 = n % 2,
		.most = 3 * n, .lag_p99 = 5,
	};

	series_add(&series, &entry);
}

SERIES_TEST(an_entry_has_what_an_interval_gathered)
{
	struct statistics *interval = statistics_new();
	struct series_entry entry;

	ck_assert_ptr_nonnull(interval);
	for (int i = 1; i <= 1000; i++)
		histogram_add(&interval->times[TIME_RESPONSE], i);
	for (int i = 1; i <= 100; i++)
		histogram_add(&interval->times[TIME_LAG], i);
	interval->counters[COUNT_SENT] = 1010;
	interval->counters[COUNT_RECEIVED] = 1000;
	interval->counters[COUNT_WRONG] = 3;
	interval->counters[COUNT_RESET_ERRORS] = 4;
	interval->counters[COUNT_BYTES_RECEIVED] = 64000;
	interval->counters[COUNT_OPENED] = 20;
	interval->counters[COUNT_HANDSHAKES] = 19;
	series_entry_set(&entry, interval, TIME_RESPONSE, 2.5, 0.5, 17);
	ck_assert_double_eq(entry.start, 2.5);
	ck_assert_double_eq(entry.seconds, 0.5);
	ck_assert_uint_eq(entry.sent, 1010);
	ck_assert_uint_eq(entry.received, 1000);
	ck_assert_uint_eq(entry.errors, 7);
	ck_assert_uint_eq(entry.bytes_received, 64000);
	ck_assert_uint_eq(entry.opened, 20);
	ck_assert_uint_eq(entry.handshakes, 19);
	ck_assert_uint_eq(entry.connections, 17);
	ck_assert_int_eq(entry.p50, 500);
	ck_assert_int_eq(entry.p90, 900);
	ck_assert_int_eq(entry.p99, 990);
	ck_assert_int_eq(entry.p999, 999);
	ck_assert_int_eq(entry.most, 1000);
	ck_assert_int_eq(entry.lag_p99, 99);
	free(interval);
}

SERIES_TEST(its_percentiles_are_of_the_time_that_is_asked_for)
{
	struct statistics *interval = statistics_new();
	struct series_entry entry;

	ck_assert_ptr_nonnull(interval);
	histogram_add(&interval->times[TIME_RESPONSE], 7);
	for (int i = 1; i <= 100; i++)
		histogram_add(&interval->times[TIME_HANDSHAKE_FULL], i);
	series_entry_set(&entry, interval, TIME_HANDSHAKE_FULL, 0, 1, 0);
	ck_assert_int_eq(entry.p50, 50);
	ck_assert_int_eq(entry.most, 100);
	free(interval);
}

SERIES_TEST(entries_are_kept_while_there_is_room)
{
	for (unsigned n = 0; n < SERIES_MOST; n++)
		add(n);
	ck_assert_uint_eq(series.count, SERIES_MOST);
	ck_assert_uint_eq(series.joined, 1);
	for (unsigned n = 0; n < SERIES_MOST; n++)
		ck_assert_double_eq(series.entries[n].start, n);
}

SERIES_TEST(neighbours_are_joined_when_there_is_none)
{
	const struct series_entry *entry = &series.entries[2];

	for (unsigned n = 0; n <= SERIES_MOST; n++)
		add(n);
	ck_assert_uint_eq(series.count, SERIES_MOST / 2 + 1);
	ck_assert_uint_eq(series.joined, 2);
	ck_assert_uint_eq(series.pending, 1);
	/* Of seconds 4 and 5. */
	ck_assert_double_eq(entry->start, 4);
	ck_assert_double_eq(entry->seconds, 2);
	ck_assert_uint_eq(entry->sent, 2000);
	ck_assert_uint_eq(entry->received, 9);
	ck_assert_uint_eq(entry->errors, 2);
	ck_assert_uint_eq(entry->bytes_received, 4);
	ck_assert_uint_eq(entry->opened, 6);
	ck_assert_uint_eq(entry->handshakes, 17);
	ck_assert_uint_eq(entry->connections, 55);
	ck_assert_int_eq(entry->p50, 5);
	ck_assert_int_eq(entry->p90, 99996);
	ck_assert_int_eq(entry->p99, 7);
	ck_assert_int_eq(entry->p999, 1);
	ck_assert_int_eq(entry->most, 15);
	ck_assert_int_eq(entry->lag_p99, 5);
	add(SERIES_MOST + 1);
	ck_assert_uint_eq(series.count, SERIES_MOST / 2 + 1);
	ck_assert_double_eq(series.entries[SERIES_MOST / 2].seconds, 2);
	ck_assert_uint_eq(series.pending, 2);
}

/* However long it is, each entry begins where the one before it ends. */
SERIES_TEST(a_long_run_is_without_gaps)
{
	const unsigned seconds = 10 * SERIES_MOST + 3;
	double end = 0;

	for (unsigned n = 0; n < seconds; n++)
		add(n);
	ck_assert_uint_eq(series.joined, 16);
	ck_assert_uint_eq(series.count, seconds / 16 + 1);
	for (size_t i = 0; i < series.count; i++) {
		ck_assert_double_eq(series.entries[i].start, end);
		end += series.entries[i].seconds;
		ck_assert_uint_eq(series.entries[i].sent,
		    (uint64_t)series.entries[i].seconds * 1000);
	}
	ck_assert_double_eq(end, seconds);
	ck_assert_uint_eq(series.pending, seconds % 16);
}

int
main(void)
{
	const TTest *const tests[] = {
		an_entry_has_what_an_interval_gathered,
		its_percentiles_are_of_the_time_that_is_asked_for,
		entries_are_kept_while_there_is_room,
		neighbours_are_joined_when_there_is_none,
		a_long_run_is_without_gaps,
	};

	return UNIT_RUN("series", tests);
}
