/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "merge_series.h"

static int64_t
greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
add_figures(struct series_entry *to, const struct series_entry *from)
{
	to->sent += from->sent;
	to->received += from->received;
	to->errors += from->errors;
	to->bytes_received += from->bytes_received;
	to->p50 = greater(to->p50, from->p50);
	to->p90 = greater(to->p90, from->p90);
	to->p99 = greater(to->p99, from->p99);
	to->p999 = greater(to->p999, from->p999);
	to->most = greater(to->most, from->most);
	to->lag_p99 = greater(to->lag_p99, from->lag_p99);
}

/* Adds an entry of another series, of the same time. */
static void
add_parallel(struct series_entry *to, const struct series_entry *from)
{
	add_figures(to, from);
	to->connections += from->connections;
}

/* Adds an entry of the same series, which follows. */
static void
add_next(struct series_entry *to, const struct series_entry *next)
{
	add_figures(to, next);
	to->seconds += next->seconds;
	to->connections = next->connections;
}

/* Joins each so many entries. */
static void
join_entries(struct series *series, size_t each)
{
	struct series_entry *entries = series->entries;
	size_t count = 0;

	if (each <= 1)
		return;
	for (size_t i = 0; i < series->count; i++) {
		if (i % each > 0)
			add_next(&entries[count - 1], &entries[i]);
		else
			entries[count++] = entries[i];
	}
	series->count = count;
	series->joined *= each;
}

static size_t
joined(const struct series *series)
{
	return series->joined > 0 ? series->joined : 1;
}

void
merge_series(struct series *to, const struct series *from)
{
	struct series other = *from;

	join_entries(to, joined(&other) / joined(to));
	join_entries(&other, joined(to) / joined(&other));
	for (size_t i = 0; i < other.count; i++) {
		if (i < to->count)
			add_parallel(&to->entries[i], &other.entries[i]);
		else
			to->entries[to->count++] = other.entries[i];
	}
}
