/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Results for tests, of runs that never were.
 */
#ifndef TESTS_LOAD_RESULTS_H
#define TESTS_LOAD_RESULTS_H

#include <check.h>

#include "load/result.h"

#define RESULTS_CONNECTIONS 10

/* Options as the command line has them by default, for one address. */
static inline struct load_options
results_options(int mode)
{
	return (struct load_options){
		.address = { .kind = ADDRESS_HOST, .port = 7007,
		    .host = "127.0.0.1" },
		.text = "127.0.0.1:7007",
		.mode = mode,
		.connections = RESULTS_CONNECTIONS,
		.depth = 1,
		.threads = 1,
		.sizes = { .count = 1, .weights = 1,
		    .parts = { { 64, 64, 1 } } },
		.duration = 10,
		.timeout = 10,
		.verify = true,
		.runs = 1,
		.find_max_precision = 0.05,
		.interval = 1,
		.seed = 1,
	};
}

/* The same value so many times. */
static inline void
results_add(struct load_result *result, enum statistics_time time,
    int64_t value, uint64_t times)
{
	for (uint64_t i = 0; i < times; i++)
		histogram_add(&result->total->times[time], value);
}

/*
 * Makes the result one of so many messages within 10 s, each with a response
 * and service time of a millisecond, about which nothing is wrong.
 */
static inline void
results_fill(struct load_result *result, uint64_t messages)
{
	const struct load_options *options = result->options;
	double connections = (double)options->connections;
	double each = (double)messages / connections;

	result->seed = options->seed;
	result->started = 1000;
	result->elapsed = 10;
	result->measured = 10;
	result->end = END_DURATION;
	result->reached_end = true;
	result->total->counters[COUNT_SENT] = messages;
	result->total->counters[COUNT_RECEIVED] = messages;
	result->total->counters[COUNT_OPENED] = (uint64_t)connections;
	results_add(result, TIME_RESPONSE, 1000000, messages);
	results_add(result, TIME_SERVICE, 1000000, messages);
	results_add(result, TIME_LAG, 1000, messages);
	result->offered = options->mode == MODE_OPEN ? (double)messages : 0;
	result->under_way = (double)messages / 10 * 0.001;
	result->cpu = 1;
	result->verdict.cpu_share = 0.1;
	result->connections_mean = connections;
	result->connections_least = (uint64_t)connections;
	result->connections_most = (uint64_t)connections;
	result->echoes_sum = (double)messages;
	result->echoes_squares = each * each * connections;
	result->echoes_least = (uint64_t)each;
	result->echoes_most = (uint64_t)each;
}

static inline struct load_result *
results_new(const struct load_options *options, uint64_t messages)
{
	struct load_result *result = load_result_new(options);

	ck_assert_ptr_nonnull(result);
	results_fill(result, messages);
	return result;
}

#endif
