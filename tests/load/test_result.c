/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/result.h"
#include "unit.h"

static const struct load_options options = { .connections = 1 };

START_TEST(rates_are_of_the_part_measured)
{
	struct load_result *result = load_result_new(&options);

	ck_assert_ptr_nonnull(result);
	result->elapsed = 10;
	result->measured = 4;
	result->total->counters[COUNT_RECEIVED] = 1000;
	result->total->counters[COUNT_BYTES_RECEIVED] = 64000;
	ck_assert_double_eq(load_result_rate(result), 250);
	ck_assert_double_eq(load_result_throughput(result), 16000);
	load_result_free(result);
}
END_TEST

START_TEST(of_handshakes_these_are_the_rate)
{
	const struct load_options handshakes = { .mode = MODE_HANDSHAKES };
	const struct series_entry entry = { .received = 3, .handshakes = 5 };
	struct load_result *result = load_result_new(&handshakes);

	ck_assert_ptr_nonnull(result);
	ck_assert_uint_eq(load_result_done(&handshakes, &entry), 5);
	ck_assert_uint_eq(load_result_done(&options, &entry), 3);
	result->measured = 4;
	result->total->counters[COUNT_HANDSHAKES] = 1000;
	ck_assert_double_eq(load_result_rate(result), 250);
	ck_assert_str_eq(load_result_unit(result), "handshakes");
	ck_assert_int_eq(load_result_time(result), TIME_HANDSHAKE_FULL);
	histogram_add(&result->total->times[TIME_HANDSHAKE_RESUMED], 1);
	ck_assert_int_eq(load_result_time(result), TIME_HANDSHAKE_RESUMED);
	result->options = &options;
	ck_assert_int_eq(load_result_time(result), TIME_RESPONSE);
	load_result_free(result);
}
END_TEST

START_TEST(nothing_measured_is_no_rate)
{
	struct load_result *result = load_result_new(&options);

	ck_assert_ptr_nonnull(result);
	result->total->counters[COUNT_RECEIVED] = 1000;
	ck_assert_double_eq(load_result_rate(result), 0);
	load_result_free(result);
	load_result_free(NULL);
}
END_TEST

START_TEST(each_end_has_a_name)
{
	ck_assert_str_eq(load_end_names[END_DURATION], "duration");
	ck_assert_str_eq(load_end_names[END_FAILED], "failed");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		rates_are_of_the_part_measured,
		of_handshakes_these_are_the_rate,
		nothing_measured_is_no_rate,
		each_end_has_a_name,
	};

	return UNIT_RUN("result", tests);
}
