/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/meter.h"
#include "unit.h"

static struct meter meter;

static void
begin(void)
{
	ck_assert_int_eq(meter_init(&meter), 0);
	meter.since = 1000;
}

START_TEST(what_is_due_in_the_part_measured_is_inside)
{
	begin();
	/* Until it is known, all is. */
	ck_assert_ptr_eq(meter_at(&meter, 0), meter.interval.inside);
	meter.from = 2000;
	meter.to = 3000;
	ck_assert_ptr_eq(meter_at(&meter, 1999), meter.interval.outside);
	ck_assert_ptr_eq(meter_at(&meter, 2000), meter.interval.inside);
	ck_assert_ptr_eq(meter_at(&meter, 2999), meter.interval.inside);
	ck_assert_ptr_eq(meter_at(&meter, 3000), meter.interval.outside);
	meter_free(&meter);
}
END_TEST

START_TEST(messages_are_averaged_over_time)
{
	begin();
	meter_begin(&meter, 2000);
	meter.under_way = 3;
	meter_advance(&meter, 2100);
	meter.under_way = 1;
	/* A clock that was read earlier changes nothing. */
	meter_advance(&meter, 2050);
	meter_end(&meter, 2300);
	ck_assert_double_eq(meter.end.under_way - meter.begin.under_way,
	    3.0 * 100 + 1.0 * 200);
	meter_free(&meter);
}
END_TEST

START_TEST(only_the_first_marks_count)
{
	begin();
	/* There is no end without a beginning. */
	meter_end(&meter, 1500);
	ck_assert(!meter.end.made);
	meter_begin(&meter, 2000);
	meter_begin(&meter, 2500);
	meter_end(&meter, 3000);
	meter_end(&meter, 3500);
	ck_assert_int_eq(meter.begin.when, 2000);
	ck_assert_int_eq(meter.end.when, 3000);
	ck_assert_int_ge(meter.end.processor, meter.begin.processor);
	meter_free(&meter);
}
END_TEST

START_TEST(connections_have_a_least_and_a_most)
{
	begin();
	for (int i = 0; i < 5; i++)
		meter_opened(&meter, 1000 + i);
	meter_begin(&meter, 2000);
	meter_closed(&meter, true, 2100);
	meter_closed(&meter, true, 2200);
	for (int i = 0; i < 3; i++)
		meter_opened(&meter, 2300);
	ck_assert_int_eq(meter.open_least, 3);
	ck_assert_int_eq(meter.open_most, 6);
	/* The end of the run takes all of them. */
	for (int i = 0; i < 6; i++)
		meter_closed(&meter, false, 2400);
	meter_end(&meter, 2500);
	ck_assert_int_eq(meter.open, 0);
	ck_assert_int_eq(meter.open_least, 3);
	ck_assert_double_eq(meter.end.open - meter.begin.open,
	    5.0 * 100 + 4 * 100 + 3 * 100 + 6 * 100);
	meter_free(&meter);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_due_in_the_part_measured_is_inside,
		messages_are_averaged_over_time,
		only_the_first_marks_count,
		connections_have_a_least_and_a_most,
	};

	return UNIT_RUN("meter", tests);
}
