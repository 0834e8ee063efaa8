/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/outcome.h"

#include <math.h>

/* When something was last sent, or came. */
static int64_t
last_activity(const struct coordinator *coordinator)
{
	int64_t last = coordinator->course.start;

	for (size_t i = 0; i < coordinator->count; i++)
		if (coordinator->workers[i].meter.last > last)
			last = coordinator->workers[i].meter.last;
	return last;
}

/* The end of the part measured. */
static int64_t
end_of_measured(const struct coordinator *coordinator)
{
	int64_t to = coordinator->course.to;

	if (coordinator->stopping)
		return coordinator->stopped < to ? coordinator->stopped : to;
	return last_activity(coordinator) < to ?
	    last_activity(coordinator) : to;
}

static double
seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void
fill_usage(const struct coordinator *coordinator, struct load_result *result)
{
	const struct rusage *begin = &coordinator->usage_begin;
	const struct rusage *end = &coordinator->usage_end;
	struct rusage now;

	getrusage(RUSAGE_SELF, &now);
	result->memory = (uint64_t)now.ru_maxrss * 1024;
	if (!coordinator->usage_ended)
		return;
	result->cpu_user = seconds_of(&end->ru_utime) -
	    seconds_of(&begin->ru_utime);
	result->cpu = result->cpu_user + seconds_of(&end->ru_stime) -
	    seconds_of(&begin->ru_stime);
}

/* A thread's averages over the part measured. */
static void
add_meter(struct load_result *result, const struct meter *meter)
{
	double passed = (double)(meter->end.when - meter->begin.when);
	double share;

	if (!meter->end.made || passed <= 0)
		return;
	result->under_way +=
	    (meter->end.under_way - meter->begin.under_way) / passed;
	result->connections_mean +=
	    (meter->end.open - meter->begin.open) / passed;
	result->connections_least += (uint64_t)meter->open_least;
	result->connections_most += (uint64_t)meter->open_most;
	share = (double)(meter->end.processor - meter->begin.processor) /
	    passed;
	result->verdict.cpu_share = fmax(result->verdict.cpu_share, share);
}

static void
add_links(struct load_result *result, const struct worker *worker)
{
	for (size_t i = 0; i < worker->link_count; i++) {
		uint64_t echoes = worker->links[i].echoes;

		result->echoes_sum += (double)echoes;
		result->echoes_squares += (double)echoes * (double)echoes;
		if (echoes < result->echoes_least)
			result->echoes_least = echoes;
		if (echoes > result->echoes_most)
			result->echoes_most = echoes;
	}
}

static void
add_failures(struct load_result *result, const struct worker *worker,
    struct failures *failures)
{
	for (size_t i = 0; i < worker->failures.count; i++)
		failures_add(failures, &worker->failures.items[i]);
	result->error_kinds = failures->count;
	for (size_t i = 0; i < failures->count; i++)
		result->errors[i] = failures->items[i];
}

static void
fill_workers(const struct coordinator *coordinator, struct load_result *result)
{
	struct failures failures = { .count = 0 };
	int64_t first = CLOCK_NEVER;

	result->echoes_least = UINT64_MAX;
	for (size_t i = 0; i < coordinator->count; i++) {
		const struct worker *worker = &coordinator->workers[i];

		add_meter(result, &worker->meter);
		add_links(result, worker);
		add_failures(result, worker, &failures);
		if (worker->difference.found &&
		    worker->difference_time < first) {
			first = worker->difference_time;
			result->difference = worker->difference;
		}
		if (worker->encrypted && !result->encrypted) {
			result->encrypted = true;
			result->tls = worker->tls;
		}
	}
}

/* Messages that were due in the part measured. */
static double
offered(const struct coordinator *coordinator,
    const struct load_result *result)
{
	const struct load_options *options = coordinator->options;
	double from = result->measured_from;
	double before = rate_plan_messages(&options->rate, from);
	double after = rate_plan_messages(&options->rate,
	    from + result->measured);

	if (options->count > 0)
		after = fmin(after, (double)options->count);
	return fmax(after - before, 0);
}

void
outcome_fill(struct coordinator *coordinator)
{
	struct load_result *result = coordinator->result;
	const struct worker_course *course = &coordinator->course;
	int64_t end = end_of_measured(coordinator);

	/* Ctrl-C may come before --start-at. */
	result->elapsed =
	    fmax(clock_seconds(clock_now() - course->start), 0);
	result->measured_from = clock_seconds(course->from - course->start);
	result->reached_end = end > course->from;
	result->measured = result->reached_end ?
	    clock_seconds(end - course->from) : 0;
	fill_usage(coordinator, result);
	fill_workers(coordinator, result);
	if (coordinator->options->rate.count > 0)
		result->offered = offered(coordinator, result);
}
