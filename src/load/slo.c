/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "slo.h"

#include <math.h>
#include <stdlib.h>

bool
slo_is_met(const struct objective *objective, const struct load_result *result)
{
	return objective_is_met(objective, result);
}

const struct objective *
slo_first_missed(const struct objective_list *list,
    const struct load_result *result)
{
	for (size_t i = 0; i < list->count; i++)
		if (!slo_is_met(&list->items[i], result))
			return &list->items[i];
	return NULL;
}

/* A server that ends a stream in good order has to have echoed all of it. */
static bool
was_wrong(const struct load_result *result)
{
	const uint64_t *counters = result->total->counters;

	return result->difference.found || counters[COUNT_WRONG] > 0 ||
	    (counters[COUNT_END_ERRORS] > 0 &&
	    counters[COUNT_UNANSWERED] > 0);
}

/* Whether nothing at all came back of what was to. */
static bool
was_in_vain(const struct load_result *result)
{
	const uint64_t *counters = result->total->counters;

	switch (result->options->mode) {
	case MODE_HANDSHAKES:
		return counters[COUNT_HANDSHAKES] == 0;
	case MODE_IDLE:
		return result->connections_mean == 0;
	default:
		return counters[COUNT_BYTES_RECEIVED] == 0 &&
		    counters[COUNT_RECEIVED] == 0 &&
		    result->options->behaviour != BEHAVE_RESET;
	}
}

static bool
was_missed(const struct load_result *result)
{
	return result->end == END_ABORTED ||
	    slo_first_missed(&result->options->slo, result) != NULL;
}

/*
 * An objective that is missed counts more: many a finding is what becomes of a
 * server that misses them, and an abort by --abort-on-fail always is one.
 */
static int
status_by_figures(const struct load_result *result)
{
	if (was_missed(result))
		return LOAD_MISSED;
	return result->options->strict && result->verdict.count > 0 ?
	    LOAD_SUSPECT : LOAD_GOOD;
}

void
slo_judge(struct load_result *result)
{
	bool aborted = result->end == END_ABORTED;

	if (was_wrong(result))
		result->status = LOAD_WRONG;
	else if (result->end == END_FAILED)
		result->status = LOAD_FAILED;
	else if (!aborted && (!result->reached_end || was_in_vain(result)))
		result->status = LOAD_FAILED;
	else
		result->status = status_by_figures(result);
}

bool
slo_interval_is_good(const struct load_options *options,
    const struct series_entry *entry, const struct statistics *interval,
    bool measured)
{
	const struct objective_list *list = &options->slo;
	struct load_result *result;
	bool good = true;

	if (!measured || list->count == 0 || entry->seconds <= 0)
		return true;
	/* Large, and this may be a small stack. */
	result = calloc(1, sizeof(*result));
	if (result == NULL)
		return true;
	result->options = options;
	result->elapsed = entry->seconds;
	result->measured = entry->seconds;
	result->total = (struct statistics *)interval;
	for (size_t i = 0; i < list->count; i++)
		if (!isnan(objective_value(&list->items[i], result)) &&
		    !objective_is_met(&list->items[i], result))
			good = false;
	free(result);
	return good;
}
