/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/format.h"
#include "unit.h"

START_TEST(times_have_three_digits_and_a_unit)
{
	ck_assert_str_eq(TIME_TEXT(0), "0 s");
	ck_assert_str_eq(TIME_TEXT(340.4), "340 ns");
	ck_assert_str_eq(TIME_TEXT(1720), "1.72 us");
	ck_assert_str_eq(TIME_TEXT(17249), "17.2 us");
	ck_assert_str_eq(TIME_TEXT(172e6), "172 ms");
	ck_assert_str_eq(TIME_TEXT(1.4e9), "1.40 s");
	ck_assert_str_eq(TIME_TEXT(3.72e12), "3,720 s");
	ck_assert_str_eq(TIME_TEXT(9.2234e18), "9.22e+09 s");
}
END_TEST

START_TEST(what_rounds_to_a_thousand_is_one_of_the_next_unit)
{
	ck_assert_str_eq(TIME_TEXT(999), "999 ns");
	ck_assert_str_eq(TIME_TEXT(999.6), "1.00 us");
	ck_assert_str_eq(TIME_TEXT(999499), "999 us");
	ck_assert_str_eq(TIME_TEXT(999501), "1.00 ms");
	ck_assert_str_eq(TIME_TEXT(9.996e6), "10.0 ms");
	ck_assert_str_eq(TIME_TEXT(99.96e6), "100 ms");
}
END_TEST

START_TEST(amounts_are_short)
{
	ck_assert_str_eq(AMOUNT_TEXT(0), "0");
	ck_assert_str_eq(AMOUNT_TEXT(7), "7");
	ck_assert_str_eq(AMOUNT_TEXT(7.5), "7.50");
	ck_assert_str_eq(AMOUNT_TEXT(102345), "102k");
	ck_assert_str_eq(AMOUNT_TEXT(1023456), "1.02M");
	ck_assert_str_eq(BYTES_TEXT(64), "64 B");
	ck_assert_str_eq(BYTES_TEXT(6.55e6), "6.55 MB");
}
END_TEST

START_TEST(counts_are_whole_and_grouped)
{
	ck_assert_str_eq(COUNT_TEXT(0), "0");
	ck_assert_str_eq(COUNT_TEXT(999), "999");
	ck_assert_str_eq(COUNT_TEXT(1000), "1,000");
	ck_assert_str_eq(COUNT_TEXT(UINT64_MAX), "18,446,744,073,709,551,615");
}
END_TEST

START_TEST(shares_are_in_per_cent)
{
	ck_assert_str_eq(SHARE_TEXT(0), "0 %");
	ck_assert_str_eq(SHARE_TEXT(1), "100 %");
	ck_assert_str_eq(SHARE_TEXT(0.1234), "12.3 %");
	ck_assert_str_eq(SHARE_TEXT(0.00001), "0.001 %");
}
END_TEST

START_TEST(dates_are_of_utc)
{
	ck_assert_str_eq(DATE_TEXT(0.5), "1970-01-01 00:00:00 UTC");
	ck_assert_str_eq(DATE_TEXT(951782400), "2000-02-29 00:00:00 UTC");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		times_have_three_digits_and_a_unit,
		what_rounds_to_a_thousand_is_one_of_the_next_unit,
		amounts_are_short,
		counts_are_whole_and_grouped,
		shares_are_in_per_cent,
		dates_are_of_utc,
	};

	return UNIT_RUN("format", tests);
}
