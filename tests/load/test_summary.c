/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/summary.h"
#include "unit.h"

#define RUNS 5

static const struct load_options options = { .connections = 1 };
static struct load_result *results[RUNS];
static struct summary summary;

/* A run of one second with so many echoes, each of so many nanoseconds. */
static void
make(size_t run, uint64_t echoes, int64_t response)
{
	results[run] = load_result_new(&options);
	ck_assert_ptr_nonnull(results[run]);
	results[run]->measured = 1;
	results[run]->total->counters[COUNT_RECEIVED] = echoes;
	for (uint64_t i = 0; i < echoes; i++)
		histogram_add(&results[run]->total->times[TIME_RESPONSE],
		    response);
}

static void
summarize(size_t count)
{
	ck_assert_int_eq(summary_make((const struct load_result *const *)
	    results, count, &summary), 0);
	for (size_t i = 0; i < count; i++)
		load_result_free(results[i]);
}

static void
check(const struct summary_order *order, size_t best, size_t median,
    size_t worst)
{
	ck_assert_uint_eq(order->best, best);
	ck_assert_uint_eq(order->median, median);
	ck_assert_uint_eq(order->worst, worst);
}

START_TEST(one_run_is_all_of_them)
{
	make(0, 10, 1000);
	summarize(1);
	check(&summary.rate, 0, 0, 0);
	check(&summary.p99, 0, 0, 0);
}
END_TEST

START_TEST(rate_and_p99_have_orders_of_their_own)
{
	make(0, 30, 5000);
	make(1, 10, 1000);
	make(2, 50, 2000);
	make(3, 20, 4000);
	make(4, 40, 3000);
	summarize(5);
	check(&summary.rate, 2, 0, 1);
	check(&summary.p99, 1, 4, 0);
}
END_TEST

START_TEST(of_two_the_median_is_the_worse)
{
	make(0, 20, 1000);
	make(1, 10, 2000);
	summarize(2);
	check(&summary.rate, 0, 1, 1);
	check(&summary.p99, 0, 1, 1);
}
END_TEST

START_TEST(a_run_without_echoes_is_the_worst)
{
	make(0, 0, 0);
	make(1, 1, INT64_C(3600000000001));
	make(2, 1, 1000);
	summarize(3);
	check(&summary.rate, 1, 2, 0);
	check(&summary.p99, 2, 1, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		one_run_is_all_of_them,
		rate_and_p99_have_orders_of_their_own,
		of_two_the_median_is_the_worse,
		a_run_without_echoes_is_the_worst,
	};

	return UNIT_RUN("summary", tests);
}
