/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/search.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "load/results.h"
#include "load/verdict.h"
#include "unit.h"

/* A server that is as slow as a queue is, and can do so many a second. */
static struct {
	double capacity;
	size_t runs;
	size_t unlucky;    /* this run, from 1, is 100 times as slow; 0: no */
	size_t interrupted;
	size_t fails_at;
	size_t wrong;
	double whole_capacity; /* in whole runs, unless 0 */
	double longest;    /* seconds of a trial */
	int64_t lag;       /* nanoseconds */
	double started_at; /* of the last run */
} server;

static struct load_options options;
static struct load_search search;
static char error[256];

/* Nanoseconds: 0.1 ms, and more the nearer it comes to its capacity. */
static int64_t
response(double rate, double capacity)
{
	double load = capacity > 0 ? fmin(rate / capacity, 0.9999) : 0.9999;

	return (int64_t)(1e5 / (1 - load));
}

/* Of the rate's messages in 10 s, so many thousand are enough. */
static int
make_run(const struct load_options *of_run, const struct run_events *events,
    struct load_result *result, char *text, size_t size)
{
	double rate = rate_plan_highest(&of_run->rate);
	bool whole = of_run->duration == 30;
	double capacity = whole && server.whole_capacity > 0 ?
	    server.whole_capacity : server.capacity;
	uint64_t received;

	(void)events;
	ck_assert_int_eq(of_run->mode, MODE_OPEN);
	if (++server.runs == server.fails_at) {
		snprintf(text, size, "no route");
		return -EHOSTUNREACH;
	}
	if (!whole)
		server.longest = fmax(server.longest, of_run->duration);
	server.started_at = of_run->start_at;
	results_fill(result, 2000);
	received = (uint64_t)(fmin(rate, capacity) * result->measured);
	histogram_clear(&result->total->times[TIME_RESPONSE]);
	results_add(result, TIME_RESPONSE, response(rate, capacity) *
	    (server.runs == server.unlucky ? 100 : 1), 2000);
	results_add(result, TIME_LAG, server.lag, 2000);
	result->total->counters[COUNT_SENT] = received;
	result->total->counters[COUNT_RECEIVED] = received;
	result->offered = floor(rate * result->measured);
	result->under_way = (double)received / result->measured * 0.001;
	if (server.runs == server.interrupted)
		result->end = END_INTERRUPTED;
	if (server.runs == server.wrong)
		result->total->counters[COUNT_WRONG] = 1;
	return 0;
}

/* A server that can do so many a second, and what is asked of it. */
static void
begin(const char *objective, double capacity)
{
	memset(&server, 0, sizeof(server));
	server.capacity = capacity;
	options = results_options(MODE_OPEN);
	ck_assert_msg(objective_list_parse(objective, &options.find_max,
	    error, sizeof(error)) == 0, "%s", error);
	options.duration = 30;
	options.find_max_precision = 0.05;
	options.start_at = 1234;
}

/* The result of a search, for load_result_free. */
static struct load_result *
find(void)
{
	struct load_result *result;

	ck_assert_int_eq(search_find_max(&options, make_run, NULL, &search,
	    &result, error, sizeof(error)), 0);
	ck_assert_ptr_eq(result->search, &search);
	ck_assert_uint_eq(search.count, server.runs);
	return result;
}

/* What was found has to be this rate, or less by the precision. */
static void
check_rate(double best)
{
	ck_assert_msg(search.rate <= best && search.rate >= best * 0.94,
	    "found %g, expected %g", search.rate, best);
}

/* A search that finds nothing, for which there is the status. */
static void
find_nothing(int status)
{
	struct load_result *result = find();

	ck_assert_double_eq(search.rate, 0);
	ck_assert(!search.is_highest);
	ck_assert_int_eq(result->status, status);
	load_result_free(result);
}

/* p99 is 1 ms at 0.9 of the capacity. */
START_TEST(the_rate_is_found_to_the_precision)
{
	static const double capacities[] = { 20, 100, 1234, 50000, 1e6 };

	for (size_t i = 0; i < 5; i++) {
		struct load_result *result;

		begin("p99<1ms", capacities[i]);
		result = find();
		check_rate(capacities[i] * 0.9);
		ck_assert(search.is_highest);
		ck_assert(search.trials[search.count - 1].whole);
		ck_assert_int_eq(result->status, LOAD_GOOD);
		ck_assert_double_eq(rate_plan_highest(&result->options->rate),
		    search.rate);
		ck_assert_double_eq(result->options->duration, 30);
		/* Only the first one waits for a common time. */
		ck_assert_double_eq(server.started_at, 0);
		ck_assert_double_le(server.longest, 20);
		load_result_free(result);
	}
}
END_TEST

START_TEST(a_finer_precision_takes_more_trials)
{
	size_t coarse;

	begin("p99<1ms", 50000);
	load_result_free(find());
	coarse = search.count;
	server.runs = 0;
	options.find_max_precision = 0.005;
	load_result_free(find());
	ck_assert_uint_gt(search.count, coarse);
	ck_assert_double_ge(search.rate, 45000 * 0.99);
	ck_assert_double_le(search.rate, 45000);
}
END_TEST

/* The trial at 4000 has bad luck; its second try has not. */
START_TEST(one_unlucky_trial_does_not_end_it)
{
	begin("p99<1ms", 50000);
	server.unlucky = 3;
	load_result_free(find());
	ck_assert(!search.trials[2].met);
	ck_assert_msg(strstr(search.trials[2].reason, "p99<1ms: 1") != NULL,
	    "%s", search.trials[2].reason);
	ck_assert_double_eq(search.trials[3].rate, search.trials[2].rate);
	ck_assert(search.trials[3].met);
	ck_assert_double_ge(search.rate, 45000 * 0.94);
}
END_TEST

/* An objective that is always met ends where the rate is not achieved. */
START_TEST(a_rate_that_is_not_achieved_is_a_miss)
{
	begin("p99<1h", 10000);
	load_result_free(find());
	check_rate(10000 / 0.97);
	ck_assert_ptr_nonnull(strstr(search.trials[4].reason,
	    "the rate is more than"));
}
END_TEST

START_TEST(the_search_begins_at_the_rate_given)
{
	begin("p99<1ms", 100);
	rate_plan_set(&options.rate, 80);
	load_result_free(find());
	ck_assert_double_eq(search.trials[0].rate, 80);
	ck_assert(search.trials[0].met);
	ck_assert_double_le(search.rate, 90);
}
END_TEST

/* Whole runs are harder: it goes down until one meets the objective. */
START_TEST(whole_runs_have_the_last_word)
{
	struct load_result *result;

	begin("p99<1ms", 10000);
	server.whole_capacity = 9000;
	result = find();
	ck_assert_double_le(search.rate, 8100);
	ck_assert_double_ge(search.rate, 8100 * 0.8);
	ck_assert_int_eq(result->status, LOAD_GOOD);
	load_result_free(result);
	server.runs = 0;
	server.whole_capacity = 10;
	find_nothing(LOAD_MISSED);
}
END_TEST

START_TEST(what_nothing_meets_is_a_miss)
{
	begin("p99<50us", 10000);
	find_nothing(LOAD_MISSED);
}
END_TEST

/* Of fewer than 100 messages, none is above p99. */
START_TEST(rates_too_low_to_judge_are_not_tried)
{
	begin("p99<50us", 10000);
	load_result_free(find());
	ck_assert_double_ge(search.trials[search.count - 1].rate, 5);
	ck_assert_double_le(search.trials[search.count - 1].rate, 10);
}
END_TEST

START_TEST(what_nothing_misses_is_told)
{
	begin("errors=0", INFINITY);
	load_result_free(find());
	ck_assert_double_ge(search.rate, 5e7);
	ck_assert(!search.is_highest);
}
END_TEST

START_TEST(interruption_and_wrong_echoes_end_it)
{
	begin("p99<1ms", 10000);
	server.interrupted = 3;
	find_nothing(LOAD_FAILED);
	ck_assert_uint_eq(search.count, 3);
	begin("p99<1ms", 10000);
	server.wrong = 2;
	find_nothing(LOAD_WRONG);
	ck_assert_uint_eq(search.count, 2);
}
END_TEST

START_TEST(a_server_that_never_answers_has_failed)
{
	begin("p99<1ms", 0);
	find_nothing(LOAD_FAILED);
}
END_TEST

/* It is in the response times, and so in what is found. */
START_TEST(lag_alone_is_no_miss)
{
	struct load_result *result;

	begin("p99<1ms", 10000);
	server.lag = 900000;
	result = find();
	ck_assert_double_ge(search.rate, 9000 * 0.94);
	ck_assert_uint_gt(result->verdict.count, 0);
	ck_assert_int_eq(result->verdict.kinds[0], SUSPECT_LAG);
	load_result_free(result);
}
END_TEST

/* Trials are short, and their verdicts are nobody's concern. */
START_TEST(strict_is_for_the_run_that_confirms)
{
	struct load_result *result;

	begin("p99<1ms", 10000);
	options.strict = true;
	result = find();
	ck_assert_int_eq(result->status, LOAD_GOOD);
	load_result_free(result);
	server.lag = 900000;
	server.runs = 0;
	result = find();
	ck_assert_double_gt(search.rate, 0);
	ck_assert_int_eq(result->status, LOAD_SUSPECT);
	load_result_free(result);
	server.interrupted = server.runs;
	server.runs = 0;
	find_nothing(LOAD_FAILED);
}
END_TEST

START_TEST(a_run_that_can_not_be_made_is_an_error)
{
	struct load_result *result;

	begin("p99<1ms", 10000);
	server.fails_at = 3;
	ck_assert_int_eq(search_find_max(&options, make_run, NULL, &search,
	    &result, error, sizeof(error)), -EHOSTUNREACH);
	ck_assert_str_eq(error, "no route");
}
END_TEST

static const struct run_events *
count_begin(size_t run, size_t runs, const struct load_options *of_run,
    void *arg)
{
	(void)arg;
	ck_assert_ptr_eq(of_run, &search.options);
	ck_assert_uint_eq(run, server.runs);
	ck_assert_uint_eq(runs, 0);
	return NULL;
}

static void
print_end(const struct load_result *result, void *arg)
{
	search_print_trial(arg, result->search);
}

START_TEST(trials_are_printed)
{
	struct load_result *result;
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	const struct repeat_hooks hooks = { count_begin, print_end, file };

	begin("p99<1ms", 1500);
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(search_find_max(&options, make_run, &hooks, &search,
	    &result, error, sizeof(error)), 0);
	search_print(file, &search);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text, "trial  1      1000/s for 10.0 s:"
	    "     1000/s, p50 0.300 ms, p99 0.300 ms: met\n"));
	ck_assert_ptr_nonnull(strstr(text, ": missed\n"));
	ck_assert_ptr_nonnull(strstr(text, "p99<1ms: "));
	ck_assert_ptr_nonnull(strstr(text, "\nrun "));
	ck_assert_ptr_nonnull(strstr(text, "p99<1ms: met up to 13"));
	free(text);
	load_result_free(result);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_rate_is_found_to_the_precision,
		a_finer_precision_takes_more_trials,
		one_unlucky_trial_does_not_end_it,
		a_rate_that_is_not_achieved_is_a_miss,
		the_search_begins_at_the_rate_given,
		whole_runs_have_the_last_word,
		what_nothing_meets_is_a_miss,
		rates_too_low_to_judge_are_not_tried,
		what_nothing_misses_is_told,
		interruption_and_wrong_echoes_end_it,
		a_server_that_never_answers_has_failed,
		lag_alone_is_no_miss,
		strict_is_for_the_run_that_confirms,
		a_run_that_can_not_be_made_is_an_error,
		trials_are_printed,
	};

	return UNIT_RUN("search", tests);
}
