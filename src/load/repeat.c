/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "repeat.h"

#include <errno.h>
#include <stdio.h>

#include "slo.h"
#include "verdict.h"

/* The caller's events, with an end to a run that misses its objectives. */
struct watch {
	const struct load_options *options;
	const struct run_events *events; /* or NULL */
};

static bool
watch_interval(const struct series_entry *entry,
    const struct statistics *interval, bool measured, void *arg)
{
	const struct watch *watch = arg;
	const struct run_events *events = watch->events;
	bool go_on = true;

	if (events != NULL && events->interval != NULL)
		go_on = events->interval(entry, interval, measured,
		    events->arg);
	if (watch->options->abort_on_fail)
		go_on &= slo_interval_is_good(watch->options, entry, interval,
		    measured);
	return go_on;
}

static void
watch_started(const struct load_result *result, void *arg)
{
	const struct watch *watch = arg;
	const struct run_events *events = watch->events;

	if (events != NULL && events->started != NULL)
		events->started(result, events->arg);
}

void
load_runs_clear(struct load_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		load_result_free(runs->results[i]);
	runs->count = 0;
}

int
repeat_once(const struct load_options *options, run_function *run,
    const struct run_events *events, struct load_result **result, char *error,
    size_t error_size)
{
	struct watch watch = { .options = options, .events = events };
	const struct run_events watching = {
		.interval = watch_interval,
		.started = watch_started,
		.arg = &watch,
	};
	struct load_result *made = load_result_new(options);
	int err;

	if (made == NULL) {
		snprintf(error, error_size, "no memory for a result");
		return -ENOMEM;
	}
	err = run(options, &watching, made, error, error_size);
	if (err < 0)
		goto free_result;
	verdict_reach(made);
	slo_judge(made);
	*result = made;
	return 0;

free_result:
	load_result_free(made);
	return err;
}

static bool
is_the_last(const struct load_result *result)
{
	return result->end == END_INTERRUPTED || result->end == END_ABORTED ||
	    result->end == END_FAILED;
}

static const struct run_events *
begin(const struct repeat_hooks *hooks, size_t number,
    const struct load_options *options)
{
	if (hooks == NULL || hooks->begin == NULL)
		return NULL;
	return hooks->begin(number, options->runs > 0 ?
	    (size_t)options->runs : 1, options, hooks->arg);
}

/* One of the runs, which is told of by the hooks and kept. */
static int
add_run(const struct load_options *options, run_function *run,
    const struct repeat_hooks *hooks, struct load_runs *runs, char *error,
    size_t error_size)
{
	struct load_options own = *options;
	struct load_result *result;
	int err;

	own.seed += runs->count;
	err = repeat_once(&own, run, begin(hooks, runs->count, &own), &result,
	    error, error_size);
	if (err < 0)
		return err;
	result->options = options;
	runs->results[runs->count++] = result;
	result->run = (int64_t)runs->count;
	if (hooks != NULL && hooks->end != NULL)
		hooks->end(result, hooks->arg);
	return 0;
}

int
repeat_runs(const struct load_options *options, run_function *run,
    const struct repeat_hooks *hooks, struct load_runs *runs, char *error,
    size_t error_size)
{
	int64_t asked = options->runs > 0 ? options->runs : 1;
	int err;

	runs->count = 0;
	if (asked > REPEAT_MOST) {
		snprintf(error, error_size, "%lld runs; expected %d at most",
		    (long long)asked, REPEAT_MOST);
		return -ERANGE;
	}
	while ((int64_t)runs->count < asked) {
		err = add_run(options, run, hooks, runs, error, error_size);
		if (err < 0)
			return err;
		if (is_the_last(runs->results[runs->count - 1]))
			break;
	}
	return 0;
}

int
repeat_status(const struct load_runs *runs)
{
	/* From the worst on. */
	static const int order[] = {
		LOAD_WRONG, LOAD_FAILED, LOAD_MISSED, LOAD_SUSPECT
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t j = 0; j < runs->count; j++)
			if (runs->results[j]->status == order[i])
				return order[i];
	return runs->count > 0 ? LOAD_GOOD : LOAD_FAILED;
}
