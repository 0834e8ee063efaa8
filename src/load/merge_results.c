/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "merge_results.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alike.h"
#include "merge_series.h"
#include "slo.h"
#include "verdict.h"

/* So much of the longer measured part has to lie in the other one. */
#define OVERLAP 0.9

/* Seconds of CLOCK_REALTIME. */
static double
measured_from(const struct load_result *result)
{
	return result->started + result->measured_from;
}

static double
measured_until(const struct load_result *result)
{
	return measured_from(result) + result->measured;
}

static int
check_times(const struct load_result *a, const struct load_result *b,
    char *error, size_t error_size)
{
	double longer = fmax(a->measured, b->measured);
	double common = fmin(measured_until(a), measured_until(b)) -
	    fmax(measured_from(a), measured_from(b));

	if (common > 0 && common >= OVERLAP * longer)
		return 0;
	snprintf(error, error_size, "they were not made at the same time: of "
	    "%.1f s that were measured, %.1f s are common, of at least %.0f "
	    "%%; see --start-at", longer, fmax(common, 0), OVERLAP * 100);
	return -EINVAL;
}

/* The rate of the whole has to be a plan, too. */
static int
check_rates(const struct rate_plan *a, const struct rate_plan *b, char *error,
    size_t error_size)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = a->parts[i].seconds == b->parts[i].seconds;
	if (same)
		return 0;
	snprintf(error, error_size, "their rates change at different times");
	return -EINVAL;
}

int
merge_check(const struct report_run *a, const struct report_run *b,
    char *error, size_t error_size)
{
	int err = alike_check(ALIKE_TO_MERGE, a, b, error, error_size);

	if (err == 0)
		err = check_rates(&a->options.rate, &b->options.rate, error,
		    error_size);
	if (err == 0)
		err = check_times(a->result, b->result, error, error_size);
	if (err < 0 || a->result->seed != b->result->seed)
		return err;
	snprintf(error, error_size, "both have the seed %llu: they are the "
	    "same run, or have sent the same; give each process another "
	    "--seed", (unsigned long long)a->result->seed);
	return -EINVAL;
}

static void
add_options(struct load_options *to, const struct load_options *from)
{
	to->connections += from->connections;
	to->threads += from->threads;
	to->strict |= from->strict;
	to->sources = NULL;
	for (size_t i = 0; i < to->rate.count; i++) {
		to->rate.parts[i].from += from->rate.parts[i].from;
		to->rate.parts[i].to += from->rate.parts[i].to;
	}
}

/* Which end is told of the whole, the worst one last. */
static int
end_rank(enum load_end end)
{
	return end == END_FAILED ? 3 : end == END_ABORTED ? 2 :
	    end == END_INTERRUPTED ? 1 : 0;
}

/* Errors of one kind and text are one. */
static void
add_error(struct load_result *to, const struct load_error *error)
{
	for (size_t i = 0; i < to->error_kinds; i++) {
		struct load_error *known = &to->errors[i];

		if (known->kind == error->kind &&
		    strcmp(known->text, error->text) == 0) {
			known->count += error->count;
			known->seconds = fmin(known->seconds, error->seconds);
			return;
		}
	}
	if (to->error_kinds < LOAD_ERRORS_KEPT)
		to->errors[to->error_kinds++] = *error;
}

static void
add_connections(struct load_result *to, const struct load_result *from)
{
	to->connections_mean += from->connections_mean;
	to->connections_least += from->connections_least;
	to->connections_most += from->connections_most;
	to->echoes_sum += from->echoes_sum;
	to->echoes_squares += from->echoes_squares;
	if (from->echoes_least < to->echoes_least)
		to->echoes_least = from->echoes_least;
	if (from->echoes_most > to->echoes_most)
		to->echoes_most = from->echoes_most;
}

/* The times of the whole; its own are still absolute. */
static void
add_times(struct load_result *to, const struct load_result *from)
{
	double start = fmin(to->started, from->started);
	double begin = fmin(measured_from(to), measured_from(from));
	double end = fmax(measured_until(to), measured_until(from));

	to->elapsed = fmax(to->started + to->elapsed,
	    from->started + from->elapsed) - start;
	to->started = start;
	to->measured_from = begin - start;
	to->measured = end - begin;
}

static void
add_result(struct load_result *to, const struct load_result *from)
{
	double under_way = to->under_way * to->measured +
	    from->under_way * from->measured;

	add_times(to, from);
	to->under_way = to->measured > 0 ? under_way / to->measured : 0;
	if (end_rank(from->end) > end_rank(to->end))
		to->end = from->end;
	to->reached_end = to->reached_end && from->reached_end;
	statistics_merge(to->total, from->total);
	merge_series(&to->series, &from->series);
	to->offered += from->offered;
	to->cpu += from->cpu;
	to->cpu_user += from->cpu_user;
	to->memory += from->memory;
	add_connections(to, from);
	if (!to->difference.found)
		to->difference = from->difference;
	for (size_t i = 0; i < from->error_kinds; i++)
		add_error(to, &from->errors[i]);
	to->verdict.cpu_share = fmax(to->verdict.cpu_share,
	    from->verdict.cpu_share);
}

/*
 * In an open loop a part's connections have the rate of that part, so fairness
 * is among them: the squares become those that there would be if all parts had
 * the same mean.
 */
static double
squares_of_one_mean(const struct report_run *const *runs, size_t count,
    const struct load_result *sum)
{
	double mean = sum->echoes_sum / (double)sum->options->connections;
	double squares = 0;

	for (size_t i = 0; i < count; i++) {
		const struct load_result *part = runs[i]->result;
		double of_part = part->echoes_sum /
		    (double)runs[i]->options.connections;

		if (of_part > 0)
			squares += part->echoes_squares / of_part / of_part;
	}
	return squares * mean * mean;
}

/* All of a result but what it owns or points to. */
static void
copy_result(struct load_result *to, const struct load_result *from)
{
	struct statistics *total = to->total;
	const struct load_options *options = to->options;

	*to = *from;
	to->total = total;
	to->options = options;
	*to->total = *from->total;
}

int
merge_results(const struct report_run *const *runs, size_t count,
    struct load_options *options, struct load_result **result)
{
	struct load_result *sum;

	*options = runs[0]->options;
	sum = load_result_new(options);
	if (sum == NULL)
		return -ENOMEM;
	copy_result(sum, runs[0]->result);
	for (size_t i = 1; i < count; i++) {
		add_options(options, &runs[i]->options);
		add_result(sum, runs[i]->result);
	}
	if (options->mode == MODE_OPEN)
		sum->echoes_squares = squares_of_one_mean(runs, count, sum);
	verdict_reach(sum);
	slo_judge(sum);
	*result = sum;
	return 0;
}
