/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "statistics.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NAME_ROW(constant, name, help) { name, help },
const struct statistics_name statistics_times[TIME_KINDS] = {
	STATISTICS_TIMES(NAME_ROW)
};
const struct statistics_name statistics_counters[COUNT_KINDS] = {
	STATISTICS_COUNTERS(NAME_ROW)
};
#undef NAME_ROW

struct statistics *
statistics_new(void)
{
	return calloc(1, sizeof(struct statistics));
}

void
statistics_clear(struct statistics *statistics)
{
	memset(statistics, 0, sizeof(*statistics));
}

void
statistics_merge(struct statistics *to, const struct statistics *from)
{
	size_t i;

	for (i = 0; i < COUNT_KINDS; i++)
		to->counters[i] += from->counters[i];
	for (i = 0; i < TIME_KINDS; i++)
		histogram_merge(&to->times[i], &from->times[i]);
}

uint64_t
statistics_errors(const struct statistics *statistics)
{
	static const enum statistics_counter kinds[] = {
		COUNT_WRONG, COUNT_UNANSWERED, COUNT_CONNECT_ERRORS,
		COUNT_HANDSHAKE_ERRORS, COUNT_RESET_ERRORS, COUNT_END_ERRORS,
		COUNT_TIMEOUT_ERRORS, COUNT_OTHER_ERRORS,
	};
	uint64_t errors = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		errors += statistics->counters[kinds[i]];
	return errors;
}

enum statistics_time
statistics_handshake(const struct statistics *statistics)
{
	const struct histogram *times = statistics->times;

	return histogram_total(&times[TIME_HANDSHAKE_RESUMED]) >
	    histogram_total(&times[TIME_HANDSHAKE_FULL]) ?
	    TIME_HANDSHAKE_RESUMED : TIME_HANDSHAKE_FULL;
}
