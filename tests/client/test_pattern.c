/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "client/pattern.h"
#include "unit.h"

#define SIZE 1000

START_TEST(the_same_numbers_give_the_same_bytes)
{
	unsigned char one[SIZE], other[SIZE];

	pattern_fill(7, 3, one, SIZE);
	pattern_fill(7, 3, other, SIZE);
	ck_assert_mem_eq(one, other, SIZE);
}
END_TEST

START_TEST(a_shorter_payload_is_the_start_of_a_longer_one)
{
	unsigned char longer[SIZE], shorter[SIZE];

	pattern_fill(7, 3, longer, SIZE);
	for (size_t size = 1; size < 40; size++) {
		memset(shorter, 0, sizeof(shorter));
		pattern_fill(7, 3, shorter, size);
		ck_assert_mem_eq(shorter, longer, size);
		ck_assert_uint_eq(shorter[size], 0);
	}
}
END_TEST

START_TEST(neighbours_differ_in_their_first_byte)
{
	unsigned char one, other;

	for (uint64_t sequence = 1; sequence < 1000; sequence++) {
		pattern_fill(12345, sequence, &one, 1);
		pattern_fill(12345, sequence + 1, &other, 1);
		ck_assert_uint_ne(one, other);
	}
}
END_TEST

static size_t
count_equal(const unsigned char *one, const unsigned char *other)
{
	size_t equal = 0;

	for (size_t i = 8; i < SIZE; i++)
		equal += one[i] == other[i];
	return equal;
}

START_TEST(other_sequences_and_seeds_give_other_bytes)
{
	unsigned char one[SIZE], sequence[SIZE], seed[SIZE];

	pattern_fill(7, 3, one, SIZE);
	pattern_fill(7, 4, sequence, SIZE);
	pattern_fill(8, 3, seed, SIZE);
	/* One in 256 is equal by chance. */
	ck_assert_uint_lt(count_equal(one, sequence), 30);
	ck_assert_uint_lt(count_equal(one, seed), 30);
}
END_TEST

START_TEST(every_byte_value_occurs)
{
	static unsigned char bytes[65536];
	unsigned counts[256] = { 0 };

	pattern_fill(1, 1, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		counts[bytes[i]]++;
	for (size_t i = 0; i < 256; i++) {
		ck_assert_uint_gt(counts[i], 256 / 2);
		ck_assert_uint_lt(counts[i], 256 * 2);
	}
}
END_TEST

START_TEST(the_sequence_can_be_read_back)
{
	unsigned char bytes[SIZE];

	pattern_fill(UINT64_MAX, 41, bytes, SIZE);
	ck_assert_uint_eq(pattern_sequence(UINT64_MAX, bytes, SIZE), 41);
	ck_assert_uint_eq(pattern_sequence(UINT64_MAX, bytes, 8), 41);
	ck_assert_uint_eq(pattern_sequence(UINT64_MAX, bytes, 7), 0);
	ck_assert_uint_ne(pattern_sequence(5, bytes, SIZE), 41);
}
END_TEST

START_TEST(seeds_differ)
{
	ck_assert_uint_ne(pattern_seed(), pattern_seed());
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_same_numbers_give_the_same_bytes,
		a_shorter_payload_is_the_start_of_a_longer_one,
		neighbours_differ_in_their_first_byte,
		other_sequences_and_seeds_give_other_bytes,
		every_byte_value_occurs,
		the_sequence_can_be_read_back,
		seeds_differ,
	};

	return UNIT_RUN("pattern", tests);
}
