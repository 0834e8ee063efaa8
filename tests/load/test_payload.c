/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "load/payload.h"
#include "unit.h"

#define LARGE 200000

static struct payload payload;
static unsigned char data[LARGE], other[LARGE];

static struct payload_message
message(uint64_t connection, uint64_t number, uint64_t size)
{
	return (struct payload_message){
		.connection = connection,
		.number = number,
		.due = 1234567890123,
		.size = size,
	};
}

static void
begin(void)
{
	ck_assert_int_eq(payload_init(&payload, 42), 0);
}

START_TEST(what_was_filled_matches)
{
	static const size_t sizes[] = { 1, 31, 32, 33, 64, 1000, LARGE };

	begin();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct payload_message sent = message(3, 77, sizes[i]);

		payload_fill(&payload, &sent, 0, data, sizes[i]);
		ck_assert_uint_eq(payload_match(&payload, &sent, 0, data,
		    sizes[i]), sizes[i]);
	}
	payload_free(&payload);
}
END_TEST

START_TEST(pieces_are_those_of_the_whole)
{
	struct payload_message sent = message(9, 5, LARGE);
	static const size_t steps[] = { 1, 7, 31, 65536, 70000 };
	size_t at = 0, part;

	begin();
	payload_fill(&payload, &sent, 0, data, LARGE);
	for (size_t i = 0; at < LARGE; i++) {
		part = steps[i % (sizeof(steps) / sizeof(steps[0]))];
		if (part > LARGE - at)
			part = LARGE - at;
		payload_fill(&payload, &sent, at, other + at, part);
		ck_assert_uint_eq(payload_match(&payload, &sent, at, data + at,
		    part), part);
		at += part;
	}
	ck_assert_mem_eq(data, other, LARGE);
	payload_free(&payload);
}
END_TEST

START_TEST(the_first_difference_is_found)
{
	struct payload_message sent = message(1, 2, LARGE);
	static const size_t places[] = { 0, 3, 31, 32, 65535, 131071,
	    LARGE - 1 };

	begin();
	payload_fill(&payload, &sent, 0, data, LARGE);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		data[places[i]] ^= 0x10;
		ck_assert_uint_eq(payload_match(&payload, &sent, 0, data,
		    LARGE), places[i]);
		data[places[i]] ^= 0x10;
	}
	payload_free(&payload);
}
END_TEST

START_TEST(a_header_tells_which_message_it_is)
{
	struct payload_message sent = message(0x0102030405060708, 9, 64);

	begin();
	payload_fill(&payload, &sent, 0, data, 64);
	ck_assert_mem_eq(data, "echo", 4);
	ck_assert_uint_eq(data[4], 64);
	ck_assert_uint_eq(data[8], 8);
	ck_assert_uint_eq(data[15], 1);
	ck_assert_uint_eq(data[16], 9);
	ck_assert_uint_eq(payload_byte(&payload, &sent, 8), 8);
	payload_free(&payload);
}
END_TEST

/* Of messages with a header no two are alike. */
START_TEST(other_messages_differ)
{
	struct payload_message sent = message(1, 2, 64);
	const struct payload_message others[] = {
		message(2, 2, 64), message(1, 3, 64), message(1, 2, 65),
		{ .connection = 1, .number = 2, .due = 1, .size = 64 },
	};

	begin();
	payload_fill(&payload, &sent, 0, data, 64);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_uint_lt(payload_match(&payload, &others[i], 0, data,
		    64), 32);
	payload_free(&payload);
}
END_TEST

/* Without one, the pattern's place tells them apart. */
START_TEST(short_messages_differ)
{
	struct payload_message sent = message(1, 2, 16);
	unsigned same = 0;

	begin();
	payload_fill(&payload, &sent, 0, data, 16);
	for (uint64_t number = 3; number < 1000; number++) {
		struct payload_message next = message(1, number, 16);

		same += payload_match(&payload, &next, 0, data, 16) == 16;
	}
	ck_assert_uint_eq(same, 0);
	payload_free(&payload);
}
END_TEST

START_TEST(the_seed_determines_the_bytes)
{
	struct payload_message sent = message(1, 2, 1000);
	struct payload twin, stranger;

	begin();
	ck_assert_int_eq(payload_init(&twin, 42), 0);
	ck_assert_int_eq(payload_init(&stranger, 43), 0);
	payload_fill(&payload, &sent, 0, data, 1000);
	ck_assert_uint_eq(payload_match(&twin, &sent, 0, data, 1000), 1000);
	ck_assert_uint_lt(payload_match(&stranger, &sent, 0, data, 1000), 64);
	payload_free(&stranger);
	payload_free(&twin);
	payload_free(&payload);
	payload_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_was_filled_matches,
		pieces_are_those_of_the_whole,
		the_first_difference_is_found,
		a_header_tells_which_message_it_is,
		other_messages_differ,
		short_messages_differ,
		the_seed_determines_the_bytes,
	};

	return UNIT_RUN("payload", tests);
}
