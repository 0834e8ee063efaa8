/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

struct traffic *
traffic_new(const char *name, size_t workers)
{
	const size_t size = sizeof(struct traffic) +
	    workers * sizeof(struct traffic_lane);
	struct traffic *traffic = aligned_alloc(TRAFFIC_LINE, size);

	if (traffic == NULL)
		return NULL;
	memset(traffic, 0, size);
	atomic_init(&traffic->references, 1);
	traffic->workers = workers;
	traffic->name = strdup(name);
	if (traffic->name != NULL)
		return traffic;
	free(traffic);
	return NULL;
}

struct traffic *
traffic_ref(struct traffic *traffic)
{
	atomic_fetch_add(&traffic->references, 1);
	return traffic;
}

void
traffic_unref(struct traffic *traffic)
{
	if (traffic == NULL || atomic_fetch_sub(&traffic->references, 1) > 1)
		return;
	free(traffic->name);
	free(traffic);
}

struct traffic_sum
traffic_sum(const struct traffic *traffic)
{
	struct traffic_sum sum = { .open = 0 };

	for (size_t i = 0; i < traffic->workers; i++) {
		const struct traffic_lane *lane = &traffic->lanes[i];

		sum.open += tally_get(&lane->open);
		sum.total += tally_get(&lane->total);
		sum.echoed += tally_get(&lane->echoed);
	}
	return sum;
}
