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

const char *
load_result_unit(const struct load_result *result)
{
	return result->options->mode == MODE_HANDSHAKES ? "handshakes" :
	    "echoes";
}

enum statistics_time
load_result_time(const struct load_result *result)
{
	const struct histogram *full =
	    &result->total->times[TIME_HANDSHAKE_FULL];

	if (result->options->mode != MODE_HANDSHAKES)
		return TIME_RESPONSE;
	return full->count + full->beyond > 0 ? TIME_HANDSHAKE_FULL :
	    TIME_HANDSHAKE_RESUMED;
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
