/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/schedule.h"

#include <math.h>

#include "unit.h"

#define SECOND INT64_C(1000000000)
#define DRAWS 50000

static struct rate_plan plan;
static struct schedule schedule;
static char error[256];

static void
begin(const char *words, bool poisson)
{
	ck_assert_msg(rate_plan_parse(words, &plan, error, sizeof(error)) == 0,
	    "%s", error);
	schedule_init(&schedule, &plan, poisson, 1, 0, 1);
}

/* How many messages are due before then. */
static uint64_t
count_until(int64_t end)
{
	uint64_t number;

	while (schedule_next(&schedule, &number) < end)
		;
	return number;
}

START_TEST(uniform_messages_are_as_far_apart_as_the_rate_says)
{
	uint64_t number;

	begin("8", false);
	for (int64_t i = 0; i < 100; i++) {
		ck_assert_int_eq(schedule_next(&schedule, &number),
		    i * SECOND / 8);
		ck_assert_int_eq((int64_t)number, i);
	}
	ck_assert_int_eq(schedule_next(&schedule, NULL), 100 * SECOND / 8);
}
END_TEST

/* An interval of a third of a second has no exact length. */
START_TEST(uniform_messages_do_not_drift)
{
	begin("3", false);
	schedule.number = 3 * UINT64_C(100000000) - 1;
	schedule_next(&schedule, NULL);
	ck_assert_int_eq(schedule_next(&schedule, NULL), 100000000 * SECOND);
}
END_TEST

START_TEST(a_ramp_has_the_messages_of_its_area)
{
	begin("0..100@10s", false);
	ck_assert_uint_eq(count_until(10 * SECOND), 500);
	begin("100..0@10s,0", false);
	ck_assert_uint_eq(count_until(INT64_MAX), 500);
	ck_assert_int_eq(schedule_next(&schedule, NULL), INT64_MAX);
	begin("1k..3k@2s", false);
	ck_assert_uint_eq(count_until(SECOND), 1500);
	begin("1k@1s,2k@1s,4k", false);
	ck_assert_uint_eq(count_until(3 * SECOND), 7000);
}
END_TEST

/*
 * Gaps in cells of equal likelihood, with their mean and variance: the square
 * of the deviation is that of the mean for exponential gaps.
 */
START_TEST(poisson_gaps_are_exponential)
{
	unsigned cells[50] = { 0 };
	double sum = 0, squares = 0, chi = 0, gap, mean;
	int64_t time, before = 0;

	begin("1k", true);
	for (int i = 0; i < DRAWS; i++) {
		time = schedule_next(&schedule, NULL);
		if (time < before)
			ck_abort_msg("%lld after %lld", (long long)time,
			    (long long)before);
		gap = (double)(time - before) / SECOND * 1000;
		before = time;
		sum += gap;
		squares += gap * gap;
		cells[(unsigned)((1 - exp(-gap)) * 50)]++;
	}
	mean = sum / DRAWS;
	ck_assert_double_eq_tol(mean, 1, 0.015);
	ck_assert_double_eq_tol(squares / DRAWS - mean * mean, 1, 0.04);
	for (int i = 0; i < 50; i++) {
		gap = cells[i] - DRAWS / 50.0;
		chi += gap * gap / (DRAWS / 50.0);
	}
	/* 49 degrees of freedom: 0.1 % lie above 85.4, 0.1 % below 23.9. */
	ck_assert_double_lt(chi, 85.4);
	ck_assert_double_gt(chi, 23.9);
}
END_TEST

/* Of a Poisson process the counts of equal times vary as much as they are. */
START_TEST(poisson_counts_vary_as_their_mean)
{
	double sum = 0, squares = 0, mean;
	unsigned counts[1000] = { 0 };
	int64_t time;

	begin("1k", true);
	while ((time = schedule_next(&schedule, NULL)) < 20 * SECOND)
		counts[time / (SECOND / 50)]++;
	for (int i = 0; i < 1000; i++) {
		sum += counts[i];
		squares += (double)counts[i] * counts[i];
	}
	mean = sum / 1000;
	ck_assert_double_eq_tol(mean, 20, 0.5);
	ck_assert_double_eq_tol((squares / 1000 - mean * mean) / mean, 1,
	    0.15);
}
END_TEST

/* The deviation of a count is its root. */
START_TEST(poisson_arrivals_follow_a_ramp)
{
	begin("0..4k@10s", true);
	ck_assert_double_eq_tol((double)count_until(5 * SECOND), 5000, 250);
	begin("0..4k@10s", true);
	ck_assert_double_eq_tol((double)count_until(10 * SECOND), 20000, 500);
	begin("0@5s,1k@1s,0", true);
	ck_assert_int_gt(schedule_next(&schedule, NULL), 5 * SECOND);
	ck_assert_double_eq_tol((double)count_until(INT64_MAX), 1000, 110);
}
END_TEST

static void
check_shares(const char *words, bool poisson)
{
	struct schedule shares[3];
	uint64_t number, of_share;
	int64_t time;

	begin(words, poisson);
	for (uint64_t i = 0; i < 3; i++)
		schedule_init(&shares[i], &plan, poisson, 1, i, 3);
	for (uint64_t i = 0; i < 1000; i++) {
		time = schedule_next(&schedule, &number);
		ck_assert_uint_eq(number, i);
		ck_assert_int_eq(schedule_next(&shares[i % 3], &of_share),
		    time);
		ck_assert_uint_eq(of_share, i);
	}
}

START_TEST(all_shares_together_are_the_schedule)
{
	check_shares("10k", false);
	check_shares("10k", true);
	check_shares("0..1k@500ms,100@1s,5k", false);
	check_shares("0..1k@500ms,100@1s,5k", true);
}
END_TEST

START_TEST(a_seed_gives_the_same_schedule)
{
	struct schedule again, other;
	unsigned different = 0;
	int64_t time;

	begin("1k", true);
	schedule_init(&again, &plan, true, 1, 0, 1);
	schedule_init(&other, &plan, true, 2, 0, 1);
	for (int i = 0; i < 100; i++) {
		time = schedule_next(&schedule, NULL);
		ck_assert_int_eq(schedule_next(&again, NULL), time);
		different += schedule_next(&other, NULL) != time;
	}
	ck_assert_uint_ge(different, 99);
}
END_TEST

START_TEST(a_rate_that_ends_is_never_due_again)
{
	uint64_t number;

	begin("1k@1s,0", false);
	for (uint64_t i = 0; i < 1000; i++) {
		ck_assert_int_lt(schedule_next(&schedule, &number), SECOND);
		ck_assert_uint_eq(number, i);
	}
	ck_assert_int_eq(schedule_next(&schedule, NULL), INT64_MAX);
	ck_assert_int_eq(schedule_next(&schedule, NULL), INT64_MAX);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		uniform_messages_are_as_far_apart_as_the_rate_says,
		uniform_messages_do_not_drift,
		a_ramp_has_the_messages_of_its_area,
		poisson_gaps_are_exponential,
		poisson_counts_vary_as_their_mean,
		poisson_arrivals_follow_a_ramp,
		all_shares_together_are_the_schedule,
		a_seed_gives_the_same_schedule,
		a_rate_that_ends_is_never_due_again,
	};

	return UNIT_RUN("schedule", tests);
}
