/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/rate_plan.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "refusals.h"
#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct rate_plan plan;
static char error[256], text[RATE_PLAN_TEXT_SIZE];

static void
parse(const char *words)
{
	int err = rate_plan_parse(words, &plan, error, sizeof(error));

	ck_assert_msg(err == 0, "'%s': %s", words, error);
}

static void
check_part(size_t i, double from, double to, double seconds)
{
	ck_assert_uint_lt(i, plan.count);
	ck_assert_double_eq(plan.parts[i].from, from);
	ck_assert_double_eq(plan.parts[i].to, to);
	if (isinf(seconds))
		ck_assert(isinf(plan.parts[i].seconds));
	else
		ck_assert_double_eq(plan.parts[i].seconds, seconds);
}

START_TEST(one_rate_stays)
{
	parse("10k");
	ck_assert_uint_eq(plan.count, 1);
	check_part(0, 10000, 10000, INFINITY);
	ck_assert_double_eq(rate_plan_at(&plan, 0), 10000);
	ck_assert_double_eq(rate_plan_at(&plan, 1e6), 10000);
	ck_assert_double_eq(rate_plan_messages(&plan, 2.5), 25000);
	ck_assert_double_eq(rate_plan_time(&plan, 25000), 2.5);
	ck_assert_double_eq(rate_plan_highest(&plan), 10000);
}
END_TEST

START_TEST(a_ramp_rises_and_stays)
{
	parse("1k..50k@30s");
	ck_assert_uint_eq(plan.count, 2);
	check_part(0, 1000, 50000, 30);
	check_part(1, 50000, 50000, INFINITY);
	ck_assert_double_eq(rate_plan_at(&plan, 15), 25500);
	ck_assert_double_eq(rate_plan_at(&plan, 31), 50000);
	ck_assert_double_eq(rate_plan_messages(&plan, 30), 30 * 25500.0);
	ck_assert_double_eq(rate_plan_messages(&plan, 32),
	    30 * 25500.0 + 100000);
	ck_assert_double_eq_tol(rate_plan_time(&plan, 30 * 25500.0 + 100000),
	    32, 1e-9);
	ck_assert_double_eq(rate_plan_highest(&plan), 50000);
}
END_TEST

START_TEST(steps_follow_each_other)
{
	parse("1k@10s,2k@10s,4k");
	ck_assert_uint_eq(plan.count, 3);
	ck_assert_double_eq(rate_plan_at(&plan, 9.999), 1000);
	ck_assert_double_eq(rate_plan_at(&plan, 10), 2000);
	ck_assert_double_eq(rate_plan_at(&plan, 20), 4000);
	ck_assert_double_eq(rate_plan_messages(&plan, 21), 34000);
	ck_assert_double_eq(rate_plan_time(&plan, 5000), 5);
	ck_assert_double_eq(rate_plan_time(&plan, 20000), 15);
	ck_assert_double_eq(rate_plan_time(&plan, 34000), 21);
}
END_TEST

START_TEST(the_last_step_stays_even_with_a_duration)
{
	parse("1k@10s,.5@1m");
	ck_assert_uint_eq(plan.count, 2);
	check_part(1, 0.5, 0.5, INFINITY);
}
END_TEST

/* Of each plan, times are when so many messages have come together. */
START_TEST(time_is_the_inverse_of_messages)
{
	static const char *const plans[] = { "3", "0..100@10s",
	    "100..0@10s,7", "0.1..1M@1m", "1M..1@30s", "5..5.000001@1h",
	    "0@5s,0..10@5s,20@1s,10..0@7s,0@3s,1k", "0..1@1d" };
	double seconds, messages, found;

	for (size_t i = 0; i < LENGTH(plans); i++) {
		parse(plans[i]);
		for (seconds = 0.001; seconds < 100; seconds *= 1.07) {
			messages = rate_plan_messages(&plan, seconds);
			found = rate_plan_time(&plan, messages);
			if (rate_plan_at(&plan, seconds) == 0)
				continue;
			ck_assert_msg(fabs(found - seconds) <= 2e-7 * seconds,
			    "%s: %.12g s, expected %.12g", plans[i], found,
			    seconds);
		}
	}
}
END_TEST

START_TEST(a_ramp_from_nothing_begins_at_once)
{
	parse("0..100@10s");
	ck_assert_double_eq(rate_plan_time(&plan, 0), 0);
	/* 5 t^2 messages by then. */
	ck_assert_double_eq_tol(rate_plan_time(&plan, 5), 1, 1e-12);
	ck_assert_double_eq_tol(rate_plan_time(&plan, 1e-12), sqrt(2e-13),
	    1e-15);
	ck_assert_double_eq(rate_plan_messages(&plan, 10), 500);
}
END_TEST

START_TEST(nothing_is_due_while_the_rate_is_0)
{
	parse("0@5s,1k@1s,0@2s,1k@1s,0");
	ck_assert_double_eq(rate_plan_time(&plan, 0), 5);
	ck_assert_double_eq(rate_plan_time(&plan, 999.5), 5.9995);
	ck_assert_double_eq(rate_plan_time(&plan, 1000), 8);
	ck_assert(isinf(rate_plan_time(&plan, 2000)));
	ck_assert_double_eq(rate_plan_messages(&plan, 1e9), 2000);
	ck_assert_double_eq(rate_plan_at(&plan, 1e9), 0);
}
END_TEST

START_TEST(no_plan_has_no_messages)
{
	struct rate_plan none = { .count = 0 };

	ck_assert_double_eq(rate_plan_at(&none, 1), 0);
	ck_assert_double_eq(rate_plan_messages(&none, 1), 0);
	ck_assert(isinf(rate_plan_time(&none, 0)));
	ck_assert_double_eq(rate_plan_highest(&none), 0);
	ck_assert_str_eq(rate_plan_text(&none, text, sizeof(text)), "");
}
END_TEST

START_TEST(a_rate_can_be_set)
{
	rate_plan_set(&plan, 1234.5);
	ck_assert_double_eq(rate_plan_messages(&plan, 2), 2469);
	ck_assert_str_eq(rate_plan_text(&plan, text, sizeof(text)), "1234.5");
}
END_TEST

START_TEST(errors_say_what_was_expected)
{
	static const struct refusal bad[] = {
		{ "", "'' is not a rate; expected how many a second, or a "
		    "number with k, M or G, such as 10k", -EINVAL },
		{ "1k,", "'1k' says not when the next step begins; expected "
		    "a duration, such as 1k@10s", -EINVAL },
		{ "-1", "'-1' is not a rate", -EINVAL },
		{ "inf", "'inf' is not a rate", -EINVAL },
		{ "1e3", "'1e3' is not a rate", -EINVAL },
		{ "2G", "2G is out of range; expected 0 to 1G", -ERANGE },
		{ "1k..2k", "'1k..2k' says not how long it takes; expected a "
		    "duration, such as 1k..2k@30s", -EINVAL },
		{ "1k..x@3s", "'x' is not a rate", -EINVAL },
		{ "1k@", "'' is not a duration", -EINVAL },
		{ "1k@x", "'x' is not a duration", -EINVAL },
		{ "1k@0s,2k", "0s is out of range; expected 1ms to 365d",
		    -ERANGE },
		{ "0", "'0' never sends anything; expected a rate above 0, "
		    "such as 10k", -ERANGE },
		{ "0@10s,0", "'0@10s,0' never sends anything", -ERANGE },
	};
	int err;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		rate_plan_set(&plan, 77);
		err = rate_plan_parse(bad[i].text, &plan, error,
		    sizeof(error));
		refusal_check(&bad[i], err, error);
		ck_assert_double_eq(rate_plan_highest(&plan), 77);
	}
	ck_assert_int_eq(rate_plan_parse("1k@10", &plan, error,
	    sizeof(error)), 0);
}
END_TEST

START_TEST(there_are_bounds)
{
	char words[2 * RATE_PLAN_TEXT_SIZE] = "";
	size_t i;

	for (i = 0; i < RATE_PLAN_MOST - 1; i++)
		strcat(words, i == 0 ? "1..2@1s" : ",1..2@1s");
	parse(words);
	ck_assert_uint_eq(plan.count, RATE_PLAN_MOST);
	strcat(words, ",1");
	ck_assert_int_eq(rate_plan_parse(words, &plan, error, sizeof(error)),
	    -ERANGE);
	ck_assert_str_eq(error,
	    "these are too many steps; expected at most 31");
	memset(words, '1', sizeof(words) - 1);
	ck_assert_int_eq(rate_plan_parse(words, &plan, error, sizeof(error)),
	    -ERANGE);
	ck_assert_str_eq(error,
	    "this is too long; expected at most 511 characters");
}
END_TEST

START_TEST(texts_are_read_back)
{
	static const char *const same[] = { "10k", "0.1", "1k..50k@30s",
	    "1k@10s,2k@10s,4k", "1k..2k@1m,2k@1m,3k", "0..1500@500ms,0",
	    "5@1h,5..0@1d", "1M..1G@1s" };
	static const char *const other[][2] = { { "1k@10s", "1k" },
	    { "1000..2K@90", "1k..2k@90s" }, { "1..2@3,2", "1..2@3s" },
	    { ".5m", "500k" } };
	char short_text[8];

	for (size_t i = 0; i < LENGTH(same); i++) {
		parse(same[i]);
		ck_assert_str_eq(rate_plan_text(&plan, text, sizeof(text)),
		    same[i]);
	}
	for (size_t i = 0; i < LENGTH(other); i++) {
		parse(other[i][0]);
		ck_assert_str_eq(rate_plan_text(&plan, text, sizeof(text)),
		    other[i][1]);
	}
	parse("1..2@3s,4..5@6s");
	ck_assert_str_eq(rate_plan_text(&plan, short_text,
	    sizeof(short_text)), "1..2@3s");
}
END_TEST

START_TEST(an_option_stores_it)
{
	ck_assert_int_eq(rate_plan_store(NULL, "5", &plan, error,
	    sizeof(error)), 0);
	ck_assert_double_eq(plan.parts[0].from, 5);
	ck_assert_int_eq(rate_plan_store(NULL, "x", &plan, error,
	    sizeof(error)), -EINVAL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		one_rate_stays,
		a_ramp_rises_and_stays,
		steps_follow_each_other,
		the_last_step_stays_even_with_a_duration,
		time_is_the_inverse_of_messages,
		a_ramp_from_nothing_begins_at_once,
		nothing_is_due_while_the_rate_is_0,
		no_plan_has_no_messages,
		a_rate_can_be_set,
		errors_say_what_was_expected,
		there_are_bounds,
		texts_are_read_back,
		an_option_stores_it,
	};

	return UNIT_RUN("rate_plan", tests);
}
