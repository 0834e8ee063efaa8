/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "merge_series.h"

/* Adds an entry of another series, of the same time. */
static void
add_parallel(struct series_entry *to, const struct series_entry *from)
{
	series_entry_add(to, from);
	to->connections += from->connections;
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
			series_entry_join(&entries[count - 1], &entries[i]);
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
