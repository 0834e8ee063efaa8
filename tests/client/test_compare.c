/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "client/compare.h"
#include "unit.h"

#define SIZE 20000

static unsigned char one[SIZE], other[SIZE];

static void
fill(void)
{
	for (size_t i = 0; i < SIZE; i++)
		one[i] = other[i] = (unsigned char)(i * 31 + i / 256);
}

START_TEST(equal_runs_have_all_in_common)
{
	fill();
	ck_assert_uint_eq(compare_prefix(one, other, SIZE), SIZE);
	ck_assert_uint_eq(compare_prefix(one, other, 0), 0);
}
END_TEST

START_TEST(each_place_of_a_difference_is_found)
{
	fill();
	for (size_t i = 0; i < SIZE; i += i < 8300 ? 1 : 97) {
		other[i] ^= 1;
		ck_assert_uint_eq(compare_prefix(one, other, SIZE), i);
		other[i] ^= 1;
	}
}
END_TEST

START_TEST(the_first_of_two_differences_counts)
{
	fill();
	other[4100] ^= 0x80;
	other[9000] ^= 0x80;
	ck_assert_uint_eq(compare_prefix(one, other, SIZE), 4100);
}
END_TEST

START_TEST(a_byte_is_shown_so_that_people_can_read_it)
{
	char text[COMPARE_BYTE_TEXT_SIZE];

	ck_assert_str_eq(compare_byte_text('A', text, sizeof(text)),
	    "0x41 'A'");
	ck_assert_str_eq(compare_byte_text('\n', text, sizeof(text)), "0x0a");
	ck_assert_str_eq(compare_byte_text(' ', text, sizeof(text)),
	    "0x20 ' '");
	ck_assert_str_eq(compare_byte_text(0x7f, text, sizeof(text)), "0x7f");
	ck_assert_str_eq(compare_byte_text(0xff, text, sizeof(text)), "0xff");
	ck_assert_str_eq(compare_byte_text(0, text, sizeof(text)), "0x00");
	ck_assert_str_eq(compare_byte_text(COMPARE_NO_BYTE, text,
	    sizeof(text)), "nothing");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		equal_runs_have_all_in_common,
		each_place_of_a_difference_is_found,
		the_first_of_two_differences_counts,
		a_byte_is_shown_so_that_people_can_read_it,
	};

	return UNIT_RUN("compare", tests);
}
