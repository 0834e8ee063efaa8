/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/merge_results.h"

#include <errno.h>
#include <string.h>

#include "await/fail.h"
#include "load/report_json_parts.h"
#include "load/results.h"
#include "load/verdict.h"
#include "unit.h"

#define PARTS 3

static char error[512];
static struct load_options options[PARTS];
static struct load_result *results[PARTS];
static struct report_run made[PARTS];
static const struct report_run *runs[PARTS];

/* Three parts: 1,000, 2,000 and 3,000 messages, a second a millisecond late. */
static void
make_parts(void)
{
	for (int i = 0; i < PARTS; i++) {
		options[i] = results_options(MODE_OPEN);
		options[i].seed = (uint64_t)i + 1;
		options[i].connections = 10 * (i + 1);
		rate_plan_set(&options[i].rate, 100 * (i + 1));
		results[i] = results_new(&options[i], 1000 * (uint64_t)(i + 1));
		results[i]->started += 0.001 * i;
		results[i]->verdict.cpu_share = 0.1 * (i + 1);
		results_add(results[i], TIME_RESPONSE, 5000000 * (i + 1), 1);
	}
}

/* As report_read makes them. */
static void
read_parts(void)
{
	int result = 0;

	for (int i = 0; i < PARTS; i++) {
		made[i] = (struct report_run){
			.options = options[i],
			.option_values = report_json_options(&options[i],
			    &result),
			.result = results[i],
		};
		runs[i] = &made[i];
	}
	ck_assert_int_eq(result, 0);
}

static void
free_parts(void)
{
	for (int i = 0; i < PARTS; i++) {
		json_decref(made[i].option_values);
		load_result_free(results[i]);
	}
}

START_TEST(sums_are_exact)
{
	struct load_options whole;
	struct load_result *sum;
	const struct histogram *response;
	size_t wrong = 0;

	make_parts();
	read_parts();
	for (int i = 1; i < PARTS; i++)
		ck_assert_msg(merge_check(runs[0], runs[i], error,
		    sizeof(error)) == 0, "%s", error);
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_uint_eq(sum->total->counters[COUNT_RECEIVED], 6000);
	ck_assert_uint_eq(sum->total->counters[COUNT_OPENED], 60);
	response = &sum->total->times[TIME_RESPONSE];
	ck_assert_uint_eq(response->count, 6003);
	ck_assert_int_eq(response->most, 15000000);
	ck_assert_int_eq(response->least, 1000000);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t rest = response->buckets[i];

		for (int j = 0; j < PARTS; j++)
			rest -= results[j]->total->times[TIME_RESPONSE]
			    .buckets[i];
		wrong += rest != 0;
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_int_eq(whole.connections, 60);
	ck_assert_int_eq(whole.threads, 3);
	ck_assert_double_eq(rate_plan_highest(&whole.rate), 600);
	ck_assert_double_eq(sum->offered, 6000);
	ck_assert_double_eq(sum->cpu, 3);
	ck_assert_double_eq(sum->echoes_sum, 6000);
	ck_assert_double_eq(sum->connections_mean, 60);
	ck_assert_double_eq_tol(sum->started, 1000, 1e-6);
	ck_assert_double_eq_tol(sum->measured, 10.002, 1e-6);
	ck_assert_double_eq_tol(sum->under_way, 0.6, 1e-3);
	ck_assert_double_eq_tol(sum->verdict.cpu_share, 0.3, 1e-9);
	ck_assert_msg(sum->verdict.count == 0, "%s", sum->verdict.reasons[0]);
	ck_assert_int_eq(sum->status, LOAD_GOOD);
	load_result_free(sum);
	free_parts();
}
END_TEST

static struct load_error
error_of(const char *text, uint64_t count)
{
	struct load_error of_text = {
		.kind = COUNT_RESET_ERRORS,
		.count = count,
		.seconds = (double)count,
	};

	snprintf(of_text.text, sizeof(of_text.text), "%s", text);
	return of_text;
}

START_TEST(errors_of_one_kind_are_one)
{
	struct load_options whole;
	struct load_result *sum;

	make_parts();
	for (int i = 0; i < PARTS; i++) {
		results[i]->error_kinds = 2;
		results[i]->errors[0] = error_of("reset", 2 + (uint64_t)i);
		results[i]->errors[1] = error_of(i == 0 ? "one" : "other", 1);
	}
	results[1]->difference.found = true;
	results[1]->difference.offset = 17;
	results[2]->end = END_INTERRUPTED;
	read_parts();
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_uint_eq(sum->error_kinds, 3);
	ck_assert_uint_eq(sum->errors[0].count, 9);
	ck_assert_double_eq(sum->errors[0].seconds, 2);
	ck_assert_str_eq(sum->errors[2].text, "other");
	ck_assert_uint_eq(sum->errors[2].count, 2);
	ck_assert_uint_eq(sum->difference.offset, 17);
	ck_assert_int_eq(sum->end, END_INTERRUPTED);
	ck_assert(verdict_has(&sum->verdict, SUSPECT_UNFINISHED));
	ck_assert_int_eq(sum->status, LOAD_WRONG);
	load_result_free(sum);
	free_parts();
}
END_TEST

/* Each part has another rate a connection, but its own are served alike. */
START_TEST(fairness_is_within_the_parts_of_an_open_loop)
{
	struct load_options whole;
	struct load_result *sum;

	make_parts();
	for (int i = 0; i < PARTS; i++) {
		options[i].connections = 10;
		load_result_free(results[i]);
		results[i] = results_new(&options[i], 1000 << i);
	}
	read_parts();
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_double_eq_tol(sum->verdict.fairness, 1, 1e-9);
	ck_assert_double_eq(sum->echoes_sum, 7000);
	ck_assert_uint_eq(sum->echoes_least, 100);
	ck_assert_uint_eq(sum->echoes_most, 400);
	load_result_free(sum);
	free_parts();
}
END_TEST

/* In a closed one it is how the server treats them. */
START_TEST(fairness_of_a_closed_loop_is_of_the_whole)
{
	struct load_options whole;
	struct load_result *sum;

	make_parts();
	for (int i = 0; i < PARTS; i++) {
		options[i] = results_options(MODE_CLOSED);
		options[i].seed = (uint64_t)i + 1;
		load_result_free(results[i]);
		results[i] = results_new(&options[i], 1000 << (2 * i));
	}
	read_parts();
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_double_lt(sum->verdict.fairness, 0.6);
	load_result_free(sum);
	free_parts();
}
END_TEST

/* Objectives are those of the whole: each part alone has too low a rate. */
START_TEST(objectives_are_of_the_whole)
{
	struct load_options whole;
	struct load_result *sum;

	make_parts();
	for (int i = 0; i < PARTS; i++)
		ck_assert_int_eq(objective_list_parse("rate>500",
		    &options[i].slo, error, sizeof(error)), 0);
	read_parts();
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_int_eq(sum->status, LOAD_GOOD);
	load_result_free(sum);
	free_parts();
}
END_TEST

/* One part that has it is enough, and one that was not run to its end. */
START_TEST(strict_is_of_the_whole)
{
	struct load_options whole;
	struct load_result *sum;

	make_parts();
	options[2].strict = true;
	read_parts();
	ck_assert_int_eq(merge_check(runs[0], runs[2], error, sizeof(error)),
	    0);
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert(whole.strict);
	ck_assert_int_eq(sum->status, LOAD_GOOD);
	load_result_free(sum);
	results[0]->end = END_INTERRUPTED;
	ck_assert_int_eq(merge_results(runs, PARTS, &whole, &sum), 0);
	ck_assert_int_eq(sum->status, LOAD_SUSPECT);
	load_result_free(sum);
	free_parts();
}
END_TEST

/* What is changed of the second part, and what is said then. */
static void
other_address(void)
{
	strcpy(options[1].text, "127.0.0.1:7008");
}

static void
other_mode(void)
{
	options[1].mode = MODE_CLOSED;
	options[1].rate.count = 0;
}

static void
other_size(void)
{
	options[1].sizes.parts[0].most = 1000;
}

static void
same_seed(void)
{
	options[1].seed = 1;
	results[1]->seed = 1;
}

static void
other_time(void)
{
	results[1]->started += 2;
}

static void
another_day(void)
{
	results[1]->started += 86400;
}

static void
shorter(void)
{
	results[1]->measured = 5;
}

static void
other_steps(void)
{
	ck_assert_int_eq(rate_plan_parse("100@5s,200", &options[1].rate, error,
	    sizeof(error)), 0);
}

static const struct {
	void (*change)(void);
	const char *expected;
} changes[] = {
	{ other_address, "address is 127.0.0.1:7007 in the one and "
	    "127.0.0.1:7008 in the other" },
	{ other_mode, "mode is open in the one and closed in the other" },
	{ other_size, "size is 64 in the one and 64-1000 in the other" },
	{ same_seed, "both have the seed 1: they are the same run, or have "
	    "sent the same" },
	{ other_time, "not made at the same time: of 10.0 s that were "
	    "measured, 8.0 s are common, of at least 90 %" },
	{ another_day, "0.0 s are common" },
	{ shorter, "5.0 s are common" },
	{ other_steps, "their rates change at different times" },
};

#define CHANGES (int)(sizeof(changes) / sizeof(changes[0]))

START_TEST(what_does_not_belong_together_is_refused)
{
	make_parts();
	changes[_i].change();
	read_parts();
	ck_assert_int_lt(merge_check(runs[0], runs[1], error, sizeof(error)),
	    0);
	ck_assert_msg(strstr(error, changes[_i].expected) != NULL,
	    "'%s' lacks '%s'", error, changes[_i].expected);
	ck_assert_int_eq(merge_check(runs[0], runs[2], error, sizeof(error)),
	    0);
	free_parts();
}
END_TEST

START_TEST(memory_that_is_short_is_told)
{
	struct load_options whole;
	struct load_result *sum;
	bool failed = true;
	unsigned n;

	make_parts();
	read_parts();
	for (n = 1; failed; n++) {
		int err;

		fail_at(n, false);
		err = merge_results(runs, PARTS, &whole, &sum);
		failed = fail_stop();
		ck_assert_int_eq(err, failed ? -ENOMEM : 0);
	}
	ck_assert_uint_eq(n, 4);
	load_result_free(sum);
	free_parts();
}
END_TEST

int
main(void)
{
	const TTest *const each[] = {
		what_does_not_belong_together_is_refused
	};
	const TTest *const tests[] = {
		sums_are_exact,
		errors_of_one_kind_are_one,
		fairness_is_within_the_parts_of_an_open_loop,
		fairness_of_a_closed_loop_is_of_the_whole,
		objectives_are_of_the_whole,
		strict_is_of_the_whole,
		memory_that_is_short_is_told,
	};
	int failed = UNIT_RUN_EACH("merge_results", each, CHANGES);

	return UNIT_RUN("merge_results", tests) | failed;
}
