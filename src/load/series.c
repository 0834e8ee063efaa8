/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "series.h"

_Static_assert(SERIES_MOST % 2 == 0, "all entries have a neighbour to join");

void
series_entry_set(struct series_entry *entry,
    const struct statistics *interval, double start, double seconds,
    uint64_t connections)
{
	const struct histogram *response = &interval->times[TIME_RESPONSE];

	*entry = (struct series_entry){
		.start = start,
		.seconds = seconds,
		.sent = interval->counters[COUNT_SENT],
		.received = interval->counters[COUNT_RECEIVED],
		.errors = statistics_errors(interval),
		.bytes_received = interval->counters[COUNT_BYTES_RECEIVED],
		.connections = connections,
		.p50 = histogram_percentile(response, 50),
		.p90 = histogram_percentile(response, 90),
		.p99 = histogram_percentile(response, 99),
		.p999 = histogram_percentile(response, 99.9),
		.most = response->most,
		.lag_p99 = histogram_percentile(&interval->times[TIME_LAG],
		    99),
	};
}

static int64_t
greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Adds what follows an entry to it. */
static void
join(struct series_entry *entry, const struct series_entry *next)
{
	entry->seconds += next->seconds;
	entry->sent += next->sent;
	entry->received += next->received;
	entry->errors += next->errors;
	entry->bytes_received += next->bytes_received;
	entry->connections = next->connections;
	entry->p50 = greater(entry->p50, next->p50);
	entry->p90 = greater(entry->p90, next->p90);
	entry->p99 = greater(entry->p99, next->p99);
	entry->p999 = greater(entry->p999, next->p999);
	entry->most = greater(entry->most, next->most);
	entry->lag_p99 = greater(entry->lag_p99, next->lag_p99);
}

/* Makes room by joining each two; all are whole then. */
static void
halve(struct series *series)
{
	struct series_entry *entries = series->entries;
	size_t i;

	for (i = 0; i < SERIES_MOST / 2; i++) {
		entries[i] = entries[2 * i];
		join(&entries[i], &entries[2 * i + 1]);
	}
	series->count = SERIES_MOST / 2;
	series->joined *= 2;
}

void
series_add(struct series *series, const struct series_entry *entry)
{
	if (series->count == 0)
		series->joined = 1;
	if (series->count > 0 && series->pending < series->joined) {
		join(&series->entries[series->count - 1], entry);
		series->pending++;
		return;
	}
	if (series->count == SERIES_MOST)
		halve(series);
	series->entries[series->count++] = *entry;
	series->pending = 1;
}
