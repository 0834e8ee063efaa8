/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/repeat.h"

#include <errno.h>
#include <string.h>

#include "await/fail.h"
#include "load/results.h"
#include "load/slo.h"
#include "unit.h"

#define MOST 8

/* The runs that were made, and how they are to end. */
static struct {
	size_t count;
	uint64_t seeds[MOST];
	enum load_end ends[MOST];
	uint64_t wrong[MOST];
	size_t fails_at; /* run, from 1; 0: none */
	int64_t response; /* of each message; 0: a millisecond */
	int intervals;
} runs;

static char error[256];

/* Tells three intervals of a second, until it is to end. */
static void
tell_intervals(const struct run_events *events, struct load_result *result)
{
	struct statistics *interval = statistics_new();

	ck_assert_ptr_nonnull(interval);
	histogram_add(&interval->times[TIME_RESPONSE],
	    runs.response > 0 ? runs.response : 1000000);
	for (int i = 0; i < 3 && result->end == END_DURATION; i++) {
		const struct series_entry entry = { .start = i, .seconds = 1 };

		runs.intervals++;
		if (!events->interval(&entry, interval, i > 0, events->arg))
			result->end = END_ABORTED;
	}
	free(interval);
}

static int
make_run(const struct load_options *options, const struct run_events *events,
    struct load_result *result, char *text, size_t size)
{
	size_t number = runs.count++;

	ck_assert_uint_lt(number, MOST);
	if (runs.fails_at == runs.count) {
		snprintf(text, size, "the network is down");
		return -ENETDOWN;
	}
	runs.seeds[number] = options->seed;
	results_fill(result, 2000);
	result->end = runs.ends[number];
	result->total->counters[COUNT_WRONG] = runs.wrong[number];
	events->started(result, events->arg);
	tell_intervals(events, result);
	return 0;
}

/* What the hooks are told. */
static struct {
	size_t begun;
	size_t ended;
	size_t started;
	size_t intervals;
} told;

static bool
note_interval(const struct series_entry *entry,
    const struct statistics *interval, bool measured, void *arg)
{
	(void)entry;
	(void)interval;
	(void)measured;
	ck_assert_ptr_eq(arg, &told);
	told.intervals++;
	return true;
}

static void
note_start(const struct load_result *result, void *arg)
{
	(void)result;
	ck_assert_ptr_eq(arg, &told);
	told.started++;
}

static const struct run_events noting = { note_interval, note_start, &told };

static const struct run_events *
note_begin(size_t run, size_t count, const struct load_options *options,
    void *arg)
{
	ck_assert_ptr_eq(arg, &told);
	ck_assert_uint_eq(run, told.begun);
	ck_assert_uint_eq(count, (size_t)options->runs);
	told.begun++;
	return &noting;
}

static void
note_end(const struct load_result *result, void *arg)
{
	ck_assert_ptr_eq(arg, &told);
	told.ended++;
	ck_assert_int_eq(result->run, (int64_t)told.ended);
}

static const struct repeat_hooks hooks = { note_begin, note_end, &told };

/* Options, and nothing that was run or told before. */
static struct load_options
begin(void)
{
	memset(&runs, 0, sizeof(runs));
	memset(&told, 0, sizeof(told));
	return results_options(MODE_CLOSED);
}

START_TEST(each_run_has_its_own_seed)
{
	struct load_options options = begin();
	struct load_runs made;

	options.runs = 3;
	options.seed = 40;
	ck_assert_int_eq(repeat_runs(&options, make_run, &hooks, &made, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(made.count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(runs.seeds[i], 40 + i);
		ck_assert_uint_eq(made.results[i]->seed, 40 + i);
		ck_assert_ptr_eq(made.results[i]->options, &options);
		ck_assert_uint_eq(made.results[i]->verdict.count, 0);
	}
	ck_assert_uint_eq(told.begun, 3);
	ck_assert_uint_eq(told.started, 3);
	ck_assert_uint_eq(told.intervals, 9);
	ck_assert_uint_eq(told.ended, 3);
	ck_assert_int_eq(repeat_status(&made), LOAD_GOOD);
	load_runs_clear(&made);
}
END_TEST

START_TEST(one_run_without_hooks)
{
	struct load_options options = begin();
	struct load_runs made;

	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(made.count, 1);
	load_runs_clear(&made);
	ck_assert_uint_eq(made.count, 0);
	ck_assert_int_eq(repeat_status(&made), LOAD_FAILED);
}
END_TEST

START_TEST(the_worst_status_counts)
{
	struct load_options options = begin();
	struct load_runs made;

	options.runs = 3;
	runs.wrong[1] = 1;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), 0);
	ck_assert_int_eq(made.results[0]->status, LOAD_GOOD);
	ck_assert_int_eq(made.results[1]->status, LOAD_WRONG);
	ck_assert_int_eq(repeat_status(&made), LOAD_WRONG);
	load_runs_clear(&made);
}
END_TEST

/* SUSPECT is the least of what is not good. */
START_TEST(statuses_have_an_order)
{
	static const int worse[] = {
		LOAD_GOOD, LOAD_SUSPECT, LOAD_MISSED, LOAD_FAILED, LOAD_WRONG
	};
	static struct load_result results[2];
	struct load_runs made = {
		.count = 2, .results = { &results[0], &results[1] }
	};

	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 5; j++) {
			results[0].status = worse[i];
			results[1].status = worse[j];
			ck_assert_int_eq(repeat_status(&made),
			    worse[i > j ? i : j]);
		}
}
END_TEST

START_TEST(an_interrupted_run_is_the_last)
{
	struct load_options options = begin();
	struct load_runs made;

	options.runs = 5;
	runs.ends[1] = END_INTERRUPTED;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(made.count, 2);
	load_runs_clear(&made);
}
END_TEST

START_TEST(a_run_that_can_not_be_made_is_an_error)
{
	struct load_options options = begin();
	struct load_runs made;

	options.runs = 3;
	runs.fails_at = 2;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), -ENETDOWN);
	ck_assert_str_eq(error, "the network is down");
	ck_assert_uint_eq(made.count, 1);
	load_runs_clear(&made);
}
END_TEST

/* The first interval is warm-up; the second ends it. */
START_TEST(an_objective_that_is_missed_aborts)
{
	struct load_options options = begin();
	struct load_runs made;

	ck_assert_int_eq(objective_list_parse("p99<2ms", &options.slo, error,
	    sizeof(error)), 0);
	options.runs = 3;
	runs.response = 3000000;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), 0);
	ck_assert_int_eq(runs.intervals, 9);
	load_runs_clear(&made);
	runs.count = 0;
	runs.intervals = 0;
	options.abort_on_fail = true;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), 0);
	ck_assert_int_eq(runs.intervals, 2);
	ck_assert_uint_eq(made.count, 1);
	ck_assert_int_eq(made.results[0]->end, END_ABORTED);
	ck_assert_int_eq(repeat_status(&made), LOAD_MISSED);
	load_runs_clear(&made);
}
END_TEST

START_TEST(there_is_a_limit)
{
	struct load_options options = begin();
	struct load_runs made;

	options.runs = REPEAT_MOST + 1;
	ck_assert_int_eq(repeat_runs(&options, make_run, NULL, &made, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "101 runs; expected 100 at most");
	ck_assert_uint_eq(made.count, 0);
}
END_TEST

static int
make_plain_run(const struct load_options *options,
    const struct run_events *events, struct load_result *result, char *text,
    size_t size)
{
	(void)options;
	(void)events;
	(void)text;
	(void)size;
	result->reached_end = true;
	return 0;
}

START_TEST(memory_that_is_short_is_told)
{
	struct load_options options = begin();
	struct load_runs made;
	bool failed = true;
	unsigned n;

	options.runs = 3;
	for (n = 1; failed; n++) {
		int err;

		fail_at(n, false);
		err = repeat_runs(&options, make_plain_run, NULL, &made, error,
		    sizeof(error));
		failed = fail_stop();
		ck_assert_int_eq(err, failed ? -ENOMEM : 0);
		if (failed)
			ck_assert_str_eq(error, "no memory for a result");
		else
			ck_assert_uint_eq(made.count, 3);
		load_runs_clear(&made);
	}
	/* Two blocks a result. */
	ck_assert_uint_eq(n, 8);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_run_has_its_own_seed,
		one_run_without_hooks,
		the_worst_status_counts,
		statuses_have_an_order,
		an_interrupted_run_is_the_last,
		a_run_that_can_not_be_made_is_an_error,
		an_objective_that_is_missed_aborts,
		there_is_a_limit,
		memory_that_is_short_is_told,
	};

	return UNIT_RUN("repeat", tests);
}
