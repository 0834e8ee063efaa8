/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "series.h"

_Static_assert(SERIES_MOST % 2 == 0, "all entries have a neighbour to join");

void
series_entry_set(struct series_entry *entry,
    const struct statistics *interval, enum statistics_time time,
    double start, double seconds, uint64_t connections)
{
	const struct histogram *times = &interval->times[time];

	*entry = (struct series_entry){
		.start = start,
		.seconds = seconds,
		.sent = interval->counters[COUNT_SENT],
		.received = interval->counters[COUNT_RECEIVED],
		.errors = statistics_errors(interval),
		.bytes_received = interval->counters[COUNT_BYTES_RECEIVED],
		.opened = interval->counters[COUNT_OPENED],
		.handshakes = interval->counters[COUNT_HANDSHAKES],
		.connections = connections,
		.p50 = histogram_percentile(times, 50),
		.p90 = histogram_percentile(times, 90),
		.p99 = histogram_percentile(times, 99),
		.p999 = histogram_percentile(times, 99.9),
		.most = times->most,
		.lag_p99 = histogram_percentile(&interval->times[TIME_LAG],
		    99),
	};
}

static int64_t
greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
series_entry_add(struct series_entry *to, const struct series_entry *from)
{
	to->sent += from->sent;
	to->received += from->received;
	to->errors += from->errors;
	to->bytes_received += from->bytes_received;
	to->opened += from->opened;
	to->handshakes += from->handshakes;
	to->p50 = greater(to->p50, from->p50);
	to->p90 = greater(to->p90, from->p90);
	to->p99 = greater(to->p99, from->p99);
	to->p999 = greater(to->p999, from->p999);
	to->most = greater(to->most, from->most);
	to->lag_p99 = greater(to->lag_p99, from->lag_p99);
}

void
series_entry_join(struct series_entry *entry, const struct series_entry *next)
{
	series_entry_add(entry, next);
	entry->seconds += next->seconds;
	entry->connections = next->connections;
}

/* Makes room by joining each two; all are whole then. */
static void
halve(struct series *series)
{
	struct series_entry *entries = series->entries;
	size_t i;

	for (i = 0; i < SERIES_MOST / 2; i++) {
		entries[i] = entries[2 * i];
		series_entry_join(&entries[i], &entries[2 * i + 1]);
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
		series_entry_join(&series->entries[series->count - 1], entry);
		series->pending++;
		return;
	}
	if (series->count == SERIES_MOST)
		halve(series);
	series->entries[series->count++] = *entry;
	series->pending = 1;
}
