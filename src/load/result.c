/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "result.h"

#include <stdlib.h>

const char *const load_end_names[] = {
	"duration", "count", "bytes", "interrupted", "aborted", "failed"
};

static double
per_second(const struct load_result *result, uint64_t amount)
{
	return result->measured > 0 ? (double)amount / result->measured : 0;
}

double
load_result_rate(const struct load_result *result)
{
	return per_second(result, result->total->counters[
	    result->options->mode == MODE_HANDSHAKES ?
	    COUNT_HANDSHAKES : COUNT_RECEIVED]);
}

uint64_t
load_result_done(const struct load_options *options,
    const struct series_entry *entry)
{
	return options->mode == MODE_HANDSHAKES ? entry->handshakes :
	    entry->received;
}

const char *
load_result_unit(const struct load_result *result)
{
	return result->options->mode == MODE_HANDSHAKES ? "handshakes" :
	    "echoes";
}

enum statistics_time
load_result_time(const struct load_result *result)
{
	return result->options->mode == MODE_HANDSHAKES ?
	    statistics_handshake(result->total) : TIME_RESPONSE;
}

double
load_result_throughput(const struct load_result *result)
{
	return per_second(result,
	    result->total->counters[COUNT_BYTES_RECEIVED]);
}

struct load_result *
load_result_new(const struct load_options *options)
{
	struct load_result *result = calloc(1, sizeof(*result));

	if (result == NULL)
		return NULL;
	result->options = options;
	result->total = calloc(1, sizeof(*result->total));
	if (result->total == NULL) {
		free(result);
		return NULL;
	}
	return result;
}

void
load_result_free(struct load_result *result)
{
	if (result == NULL)
		return;
	free(result->total);
	free(result);
}
