/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/slo.h"

#include "load/results.h"
#include "load/verdict.h"
#include "unit.h"

static char error[256];

static struct load_options
options_with(const char *slo)
{
	struct load_options options = results_options(MODE_OPEN);

	ck_assert_msg(objective_list_parse(slo, &options.slo, error,
	    sizeof(error)) == 0, "%s", error);
	return options;
}

static int
judged(struct load_result *result)
{
	slo_judge(result);
	return result->status;
}

/* The status of a good result of 2,000 messages, with these objectives. */
static int
status_with(const char *slo)
{
	struct load_options options = options_with(slo);
	struct load_result *result = results_new(&options, 2000);
	int status;

	status = judged(result);
	load_result_free(result);
	return status;
}

START_TEST(objectives_decide_the_status)
{
	ck_assert_int_eq(status_with("p99<2ms"), LOAD_GOOD);
	ck_assert_int_eq(status_with("p99<2ms,errors=0,rate>=200"), LOAD_GOOD);
	ck_assert_int_eq(status_with("p99<0.9ms"), LOAD_MISSED);
	ck_assert_int_eq(status_with("p99<2ms,rate>201"), LOAD_MISSED);
}
END_TEST

/* What has no sample is not in time. */
START_TEST(nothing_that_came_back_is_a_miss)
{
	struct load_options options = options_with("p99<2ms,rate>=0");
	struct load_result *result = results_new(&options, 0);

	ck_assert(!slo_is_met(&options.slo.items[0], result));
	ck_assert(slo_is_met(&options.slo.items[1], result));
	ck_assert_ptr_eq(slo_first_missed(&options.slo, result),
	    &options.slo.items[0]);
	ck_assert_int_eq(judged(result), LOAD_FAILED);
	options.behaviour = BEHAVE_RESET;
	ck_assert_int_eq(judged(result), LOAD_MISSED);
	load_result_free(result);
}
END_TEST

/* Handshakes bring no message, and idle connections need not. */
START_TEST(what_was_to_come_back_is_the_modes)
{
	struct load_options options = results_options(MODE_HANDSHAKES);
	struct load_result *result = results_new(&options, 0);

	ck_assert_int_eq(judged(result), LOAD_FAILED);
	result->total->counters[COUNT_HANDSHAKES] = 1;
	ck_assert_int_eq(judged(result), LOAD_GOOD);
	options.mode = MODE_IDLE;
	ck_assert_int_eq(judged(result), LOAD_GOOD);
	result->connections_mean = 0;
	ck_assert_int_eq(judged(result), LOAD_FAILED);
	load_result_free(result);
}
END_TEST

START_TEST(what_the_server_did_not_echo_is_wrong)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct load_result *result = results_new(&options, 2000);

	result->total->counters[COUNT_UNANSWERED] = 1;
	result->total->counters[COUNT_RESET_ERRORS] = 1;
	ck_assert_int_eq(judged(result), LOAD_GOOD);
	result->total->counters[COUNT_END_ERRORS] = 1;
	ck_assert_int_eq(judged(result), LOAD_WRONG);
	load_result_free(result);
}
END_TEST

START_TEST(the_worst_decides)
{
	struct load_options options = options_with("p99<0.9ms");
	struct load_result *result = results_new(&options, 2000);

	result->end = END_FAILED;
	ck_assert_int_eq(judged(result), LOAD_FAILED);
	result->total->counters[COUNT_WRONG] = 1;
	ck_assert_int_eq(judged(result), LOAD_WRONG);
	load_result_free(result);
}
END_TEST

/* Also one outside of the part that is measured. */
START_TEST(a_difference_is_wrong)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct load_result *result = results_new(&options, 2000);

	result->difference.found = true;
	ck_assert_int_eq(judged(result), LOAD_WRONG);
	load_result_free(result);
}
END_TEST

START_TEST(what_ended_before_it_was_measured_failed)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct load_result *result = results_new(&options, 2000);

	result->reached_end = false;
	ck_assert_int_eq(judged(result), LOAD_FAILED);
	result->end = END_ABORTED;
	ck_assert_int_eq(judged(result), LOAD_MISSED);
	load_result_free(result);
}
END_TEST

/* Only what would be good otherwise. */
START_TEST(suspect_is_a_status_with_strict)
{
	struct load_options options = options_with("p99<2ms");
	struct load_result *result = results_new(&options, 2000);

	options.strict = true;
	verdict_reach(result);
	ck_assert_int_eq(judged(result), LOAD_GOOD);
	result->end = END_INTERRUPTED;
	verdict_reach(result);
	ck_assert_int_eq(judged(result), LOAD_SUSPECT);
	options.strict = false;
	ck_assert_int_eq(judged(result), LOAD_GOOD);
	options.strict = true;
	result->end = END_ABORTED;
	ck_assert_int_eq(judged(result), LOAD_MISSED);
	result->end = END_INTERRUPTED;
	results_add(result, TIME_RESPONSE, 9000000, 2000);
	ck_assert_int_eq(judged(result), LOAD_MISSED);
	result->reached_end = false;
	ck_assert_int_eq(judged(result), LOAD_FAILED);
	result->difference.found = true;
	ck_assert_int_eq(judged(result), LOAD_WRONG);
	load_result_free(result);
}
END_TEST

START_TEST(intervals_are_judged_once_it_is_measured)
{
	struct load_options options = options_with("p99<2ms,rate>100");
	struct statistics *interval = statistics_new();
	struct series_entry entry = { .seconds = 1 };

	ck_assert_ptr_nonnull(interval);
	/* Too few, but it is the warm-up. */
	ck_assert(slo_interval_is_good(&options, &entry, interval, false));
	ck_assert(!slo_interval_is_good(&options, &entry, interval, true));
	interval->counters[COUNT_RECEIVED] = 200;
	/* There is no time yet to be judged. */
	ck_assert(slo_interval_is_good(&options, &entry, interval, true));
	histogram_add(&interval->times[TIME_RESPONSE], 1000000);
	ck_assert(slo_interval_is_good(&options, &entry, interval, true));
	histogram_add(&interval->times[TIME_RESPONSE], 3000000);
	ck_assert(!slo_interval_is_good(&options, &entry, interval, true));
	options.slo.count = 0;
	ck_assert(slo_interval_is_good(&options, &entry, interval, true));
	free(interval);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		objectives_decide_the_status,
		nothing_that_came_back_is_a_miss,
		what_was_to_come_back_is_the_modes,
		what_the_server_did_not_echo_is_wrong,
		the_worst_decides,
		a_difference_is_wrong,
		what_ended_before_it_was_measured_failed,
		suspect_is_a_status_with_strict,
		intervals_are_judged_once_it_is_measured,
	};

	return UNIT_RUN("slo", tests);
}
