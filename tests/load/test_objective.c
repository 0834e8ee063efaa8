/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/objective.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/units.h"
#include "load/result.h"
#include "refusals.h"
#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct load_options options = { .connections = 1 };
static struct objective_list list;
static char error[256], text[UNITS_TEXT_SIZE];

static const struct objective *
parse(const char *words)
{
	int err;

	memset(&list, 0, sizeof(list));
	err = objective_list_parse(words, &list, error, sizeof(error));
	ck_assert_msg(err == 0, "'%s': %s", words, error);
	return &list.items[0];
}

START_TEST(objectives_are_read)
{
	static const struct {
		const char *text;
		struct objective objective;
	} good[] = {
		{ "p99<2ms", { .kind = OBJECTIVE_PERCENTILE, .percent = 99,
		    .relation = OBJECTIVE_LESS, .bound = 2e6 } },
		{ "p99.9<=1.5s", { .kind = OBJECTIVE_PERCENTILE,
		    .percent = 99.9, .relation = OBJECTIVE_AT_MOST,
		    .bound = 1.5e9 } },
		{ "p50(service)<300us", { .kind = OBJECTIVE_PERCENTILE,
		    .percent = 50, .time = TIME_SERVICE,
		    .relation = OBJECTIVE_LESS, .bound = 3e5 } },
		{ "mean(lag)>0", { .kind = OBJECTIVE_MEAN, .time = TIME_LAG,
		    .relation = OBJECTIVE_MORE } },
		{ "max<1s", { .kind = OBJECTIVE_MAX,
		    .relation = OBJECTIVE_LESS, .bound = 1e9 } },
		{ "rate>=100k", { .kind = OBJECTIVE_RATE,
		    .relation = OBJECTIVE_AT_LEAST, .bound = 1e5 } },
		{ "throughput>100M", { .kind = OBJECTIVE_THROUGHPUT,
		    .relation = OBJECTIVE_MORE, .bound = 1e8 } },
		{ "errors<0.1%", { .kind = OBJECTIVE_ERRORS, .is_share = true,
		    .relation = OBJECTIVE_LESS, .bound = 0.001 } },
		{ "errors=0", { .kind = OBJECTIVE_ERRORS,
		    .relation = OBJECTIVE_EQUAL } },
		{ "errors==3", { .kind = OBJECTIVE_ERRORS,
		    .relation = OBJECTIVE_EQUAL, .bound = 3 } },
	};
	const struct objective *found, *expected;

	for (size_t i = 0; i < LENGTH(good); i++) {
		found = parse(good[i].text);
		expected = &good[i].objective;
		ck_assert_uint_eq(list.count, 1);
		ck_assert_str_eq(found->text, good[i].text);
		ck_assert_int_eq(found->kind, expected->kind);
		ck_assert_int_eq(found->relation, expected->relation);
		ck_assert_int_eq(found->time, expected->time);
		ck_assert_double_eq(found->percent, expected->percent);
		ck_assert(found->is_share == expected->is_share);
		ck_assert_double_eq_tol(found->bound, expected->bound, 1e-6);
	}
}
END_TEST

START_TEST(a_list_is_added_to)
{
	parse("p99<2ms, errors = 0");
	ck_assert_uint_eq(list.count, 2);
	ck_assert_str_eq(list.items[1].text, "errors=0");
	ck_assert_int_eq(objective_list_store(NULL, "rate>1", &list, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(list.count, 3);
	/* All or nothing. */
	ck_assert_int_eq(objective_list_store(NULL, "rate>2,x", &list, error,
	    sizeof(error)), -EINVAL);
	ck_assert_uint_eq(list.count, 3);
	ck_assert_double_eq(list.items[2].bound, 1);
}
END_TEST

START_TEST(errors_say_what_was_expected)
{
	static const struct refusal bad[] = {
		{ "", "'' is no objective; expected one such as p99<2ms, "
		    "errors<0.1% or rate>=100k", -EINVAL },
		{ "p99", "'p99' is no objective", -EINVAL },
		{ "p99<2ms,", "'' is no objective", -EINVAL },
		{ "p999<2ms", "'p999' is not measured; expected p0 to p100, "
		    "such as p99.9, mean, max, rate, throughput or errors",
		    -EINVAL },
		{ "p<2ms", "'p' is not measured", -EINVAL },
		{ "p9.9.9<2ms", "'p9.9.9' is not measured", -EINVAL },
		{ "median<2ms", "'median' is not measured", -EINVAL },
		{ "p99<", "'' is not a duration", -EINVAL },
		{ "p99<2x", "'2x' is not a duration", -EINVAL },
		{ "p99<>2ms", "'>2ms' is not a duration", -EINVAL },
		{ "p99<2h", "2h is out of range; expected 0s to 1h", -ERANGE },
		{ "p99(serv)<2ms", "'serv' is no time; expected response, "
		    "service, lag, connect, handshake_full or "
		    "handshake_resumed", -EINVAL },
		{ "p99(service<2ms", "'p99(service' has no closing bracket at "
		    "its end; expected a time in brackets, such as "
		    "p99(service)", -EINVAL },
		{ "p99(service)x<2ms", "'p99(service)x' has no closing bracket "
		    "at its end", -EINVAL },
		{ "rate(service)>1", "'rate(service)>1' has a time in "
		    "brackets; expected that of p0 to p100, mean and max only",
		    -EINVAL },
		{ "rate>x", "'x' is not a rate", -EINVAL },
		{ "p99=2ms", "'p99=2ms' would never be met exactly; expected "
		    "<, <=, > or >=", -EINVAL },
		{ "errors<x%", "'x%' is not a share; expected a number with "
		    "%, such as 5%", -EINVAL },
		{ "errors<101%", "101% is out of range; expected 0% to 100%",
		    -ERANGE },
		{ "errors<1k", "'1k' is not a whole number", -EINVAL },
		{ "errors<-1", "-1 is out of range", -ERANGE },
	};
	int err;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		memset(&list, 0, sizeof(list));
		err = objective_list_parse(bad[i].text, &list, error,
		    sizeof(error));
		refusal_check(&bad[i], err, error);
		ck_assert_uint_eq(list.count, 0);
	}
}
END_TEST

START_TEST(there_are_bounds)
{
	char words[OBJECTIVES_MOST * OBJECTIVE_TEXT_SIZE + 1] = "max<1";

	for (int i = 1; i < OBJECTIVES_MOST; i++)
		strcat(words, ",max<1");
	parse(words);
	ck_assert_uint_eq(list.count, OBJECTIVES_MOST);
	ck_assert_int_eq(objective_list_parse("max<1", &list, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error,
	    "these are too many objectives; expected at most 16");
	list.count = 0;
	memset(words, '1', sizeof(words) - 1);
	ck_assert_int_eq(objective_list_parse(words, &list, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error,
	    "this is too long; expected at most 1023 characters");
	words[OBJECTIVE_TEXT_SIZE] = '\0';
	ck_assert_int_eq(objective_list_parse(words, &list, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "'11111111111111111111...' is too long; "
	    "expected at most 63 characters");
}
END_TEST

/* 100 messages of 1 to 100 ms within 2 s, and one that was lost. */
static struct load_result *
make_result(void)
{
	struct load_result *result = load_result_new(&options);
	struct statistics *total;

	ck_assert_ptr_nonnull(result);
	total = result->total;
	result->measured = 2;
	for (int i = 1; i <= 100; i++)
		histogram_add(&total->times[TIME_RESPONSE], i * 1000000);
	histogram_add(&total->times[TIME_SERVICE], 500000);
	total->counters[COUNT_SENT] = 101;
	total->counters[COUNT_RECEIVED] = 100;
	total->counters[COUNT_UNANSWERED] = 1;
	total->counters[COUNT_CONNECT_ERRORS] = 99;
	total->counters[COUNT_BYTES_RECEIVED] = 6400;
	return result;
}

START_TEST(values_are_the_results)
{
	struct load_result *result = make_result();

	ck_assert_double_eq_tol(objective_value(parse("p90<1"), result), 90e6,
	    90e3);
	ck_assert_double_eq(objective_value(parse("p90(service)<1"), result),
	    500000);
	ck_assert_double_eq(objective_value(parse("mean<1"), result), 50.5e6);
	ck_assert_double_eq(objective_value(parse("max<1"), result), 100e6);
	ck_assert_double_eq(objective_value(parse("rate>1"), result), 50);
	ck_assert_double_eq(objective_value(parse("throughput>1"), result),
	    3200);
	ck_assert_double_eq(objective_value(parse("errors<1"), result), 100);
	ck_assert_double_eq(objective_value(parse("errors<1%"), result),
	    0.5);
	load_result_free(result);
}
END_TEST

START_TEST(relations_are_as_they_say)
{
	static const struct {
		const char *text;
		bool met;
	} objectives[] = {
		{ "max<100ms", false }, { "max<=100ms", true },
		{ "max<100.1ms", true }, { "max>=100ms", true },
		{ "max>100ms", false }, { "max>99.9ms", true },
		{ "rate>=50", true }, { "rate>50", false },
		{ "errors=100", true }, { "errors=0", false },
		{ "errors<=50%", true }, { "errors<50%", false },
		{ "p90<91ms", true }, { "p91<91ms", false },
	};
	struct load_result *result = make_result();

	for (size_t i = 0; i < LENGTH(objectives); i++)
		ck_assert_msg(objective_is_met(parse(objectives[i].text),
		    result) == objectives[i].met, "%s", objectives[i].text);
	load_result_free(result);
}
END_TEST

START_TEST(what_was_not_measured_is_not_met)
{
	static const char *const texts[] = { "p99<1h", "mean(connect)<1h",
	    "max>=0", "errors<100%" };
	struct load_result *result = load_result_new(&options);

	ck_assert_ptr_nonnull(result);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		ck_assert(isnan(objective_value(parse(texts[i]), result)));
		ck_assert(!objective_is_met(parse(texts[i]), result));
	}
	ck_assert(objective_is_met(parse("errors=0"), result));
	load_result_free(result);
}
END_TEST

START_TEST(shares_of_errors)
{
	struct load_result *result = load_result_new(&options);
	uint64_t *counters;

	ck_assert_ptr_nonnull(result);
	counters = result->total->counters;
	/* Handshakes only. */
	counters[COUNT_HANDSHAKES] = 999;
	counters[COUNT_HANDSHAKE_ERRORS] = 1;
	ck_assert_double_eq(objective_value(parse("errors<1%"), result),
	    0.001);
	/* Five messages were lost, and their connection. */
	counters[COUNT_HANDSHAKE_ERRORS] = 0;
	counters[COUNT_SENT] = 5;
	counters[COUNT_UNANSWERED] = 5;
	counters[COUNT_RESET_ERRORS] = 1;
	ck_assert_double_eq(objective_value(parse("errors<1%"), result), 1);
	/* Connections that were lost before anything was sent. */
	counters[COUNT_HANDSHAKES] = counters[COUNT_SENT] = 0;
	ck_assert_double_eq(objective_value(parse("errors<1%"), result), 1);
	load_result_free(result);
}
END_TEST

START_TEST(texts_of_values)
{
	static const struct {
		const char *objective;
		double value;
		const char *text;
	} texts[] = {
		{ "p99<1", 0, "0 ns" }, { "p99<1", 850, "850 ns" },
		{ "p99<1", 1720000, "1.72 ms" }, { "mean<1", 12345, "12.3 us" },
		{ "max<1", 99.96e6, "100 ms" }, { "max<1", 61e9, "61.0 s" },
		{ "max<1", 9.996e9, "10.0 s" }, { "max<1", NAN, "none" },
		{ "rate>1", 12345, "12.3k/s" }, { "rate>1", 0.5, "0.50/s" },
		{ "throughput>1", 1.05e9, "1.05 GB/s" },
		{ "throughput>1", 640, "640 B/s" },
		{ "errors<1%", 0.0003, "0.03 %" }, { "errors<1%", 1, "100 %" },
		{ "errors<1%", NAN, "none" }, { "errors<1", 12345, "12345" },
	};

	for (size_t i = 0; i < LENGTH(texts); i++)
		ck_assert_str_eq(objective_value_text(
		    parse(texts[i].objective), texts[i].value, text,
		    sizeof(text)), texts[i].text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		objectives_are_read,
		a_list_is_added_to,
		errors_say_what_was_expected,
		there_are_bounds,
		values_are_the_results,
		relations_are_as_they_say,
		what_was_not_measured_is_not_met,
		shares_of_errors,
		texts_of_values,
	};

	return UNIT_RUN("objective", tests);
}
