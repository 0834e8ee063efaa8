/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "objective.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "load/result.h"

static double
time_value(const struct objective *objective,
    const struct histogram *histogram)
{
	if (histogram_is_empty(histogram))
		return NAN;
	if (objective->kind == OBJECTIVE_PERCENTILE)
		return (double)histogram_percentile(histogram,
		    objective->percent);
	return objective->kind == OBJECTIVE_MEAN ?
	    histogram_mean(histogram) : (double)histogram->most;
}

/* What was tried: messages, or handshakes if they were all that there was. */
static uint64_t
attempts(const struct statistics *total)
{
	const uint64_t *counters = total->counters;

	return counters[COUNT_CONNECT_ERRORS] +
	    counters[COUNT_HANDSHAKE_ERRORS] +
	    (counters[COUNT_SENT] > 0 ? counters[COUNT_SENT] :
	    counters[COUNT_HANDSHAKES]);
}

static double
errors_value(const struct objective *objective,
    const struct statistics *total)
{
	double errors = (double)statistics_errors(total);

	if (!objective->is_share)
		return errors;
	if (attempts(total) == 0)
		return errors > 0 ? 1 : NAN;
	return fmin(errors / (double)attempts(total), 1);
}

double
objective_value(const struct objective *objective,
    const struct load_result *result)
{
	switch (objective->kind) {
	case OBJECTIVE_RATE:
		return load_result_rate(result);
	case OBJECTIVE_THROUGHPUT:
		return load_result_throughput(result);
	case OBJECTIVE_ERRORS:
		return errors_value(objective, result->total);
	default:
		return time_value(objective,
		    &result->total->times[objective->time]);
	}
}

/* NAN is in no relation with anything. */
bool
objective_is_met(const struct objective *objective,
    const struct load_result *result)
{
	double value = objective_value(objective, result);

	switch (objective->relation) {
	case OBJECTIVE_LESS:
		return value < objective->bound;
	case OBJECTIVE_AT_MOST:
		return value <= objective->bound;
	case OBJECTIVE_EQUAL:
		return value == objective->bound;
	case OBJECTIVE_AT_LEAST:
		return value >= objective->bound;
	default:
		return value > objective->bound;
	}
}

struct scale {
	double factor;
	const char *name;
};

/* Three digits, in the greatest unit that the value has one of. */
static void
scaled_text(double value, const struct scale *scale, char *buffer,
    size_t size)
{
	double number;

	while (scale[1].name != NULL && value >= scale[1].factor)
		scale++;
	number = value / scale->factor;
	snprintf(buffer, size, "%.*f%s", number == 0 || number >= 99.95 ? 0 :
	    number >= 9.995 ? 1 : 2, number, scale->name);
}

const char *
objective_value_text(const struct objective *objective, double value,
    char *buffer, size_t size)
{
	static const struct scale times[] = { { 1, " ns" }, { 1e3, " us" },
	    { 1e6, " ms" }, { 1e9, " s" }, { 0, NULL } };
	static const struct scale rates[] = { { 1, "/s" }, { 1e3, "k/s" },
	    { 1e6, "M/s" }, { 1e9, "G/s" }, { 0, NULL } };
	static const struct scale bytes[] = { { 1, " B/s" }, { 1e3, " kB/s" },
	    { 1e6, " MB/s" }, { 1e9, " GB/s" }, { 0, NULL } };

	if (isnan(value))
		snprintf(buffer, size, "none");
	else if (objective->kind == OBJECTIVE_ERRORS && objective->is_share)
		snprintf(buffer, size, "%.3g %%", value * 100);
	else if (objective->kind == OBJECTIVE_ERRORS)
		snprintf(buffer, size, "%.0f", value);
	else if (objective->kind == OBJECTIVE_RATE)
		scaled_text(value, rates, buffer, size);
	else if (objective->kind == OBJECTIVE_THROUGHPUT)
		scaled_text(value, bytes, buffer, size);
	else
		scaled_text(value, times, buffer, size);
	return buffer;
}
