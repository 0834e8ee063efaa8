/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "load/difference.h"
#include "unit.h"

#define SIZE 64

static struct payload payload;
static struct load_difference difference;

static const struct payload_message sent = {
	.connection = 3, .number = 20, .due = 5, .size = SIZE,
};

/* Has what came instead described, from the first byte that differs on. */
static void
see(const unsigned char *came, size_t size)
{
	size_t same = payload_match(&payload, &sent, 0, came,
	    size < SIZE ? size : SIZE);
	struct difference_sight sight = {
		.payload = &payload,
		.message = sent,
		.within = same,
		.offset = 1000 + same,
		.data = came + same,
		.size = size - same,
		.start = size >= PAYLOAD_HEADER ? came : NULL,
	};

	difference_describe(&difference, &sight);
	ck_assert(difference.found);
	ck_assert_uint_eq(difference.connection, 3);
	ck_assert_uint_eq(difference.message, 20);
	ck_assert_uint_eq(difference.within, same);
	ck_assert_uint_eq(difference.offset, 1000 + same);
	ck_assert_int_eq(difference.received, came[same]);
	ck_assert_int_eq(difference.expected,
	    payload_byte(&payload, &sent, same));
}

static void
check_text(const char *part)
{
	ck_assert_msg(strstr(difference.text, part) != NULL,
	    "'%s' is not in '%s'", part, difference.text);
}

static void
begin(unsigned char *message)
{
	ck_assert_int_eq(payload_init(&payload, 1), 0);
	payload_fill(&payload, &sent, 0, message, SIZE);
}

START_TEST(swapped_bytes_are_seen)
{
	unsigned char came[SIZE], kept;

	begin(came);
	kept = came[40];
	came[40] = came[41];
	came[41] = kept;
	see(came, SIZE);
	check_text("connection 3, message 20, byte 40: expected 0x");
	check_text("two bytes are swapped");
	payload_free(&payload);
}
END_TEST

START_TEST(a_dropped_byte_is_seen)
{
	unsigned char came[SIZE];

	begin(came);
	memmove(came + 40, came + 41, SIZE - 41);
	see(came, SIZE - 1);
	check_text("a byte was dropped");
	payload_free(&payload);
}
END_TEST

START_TEST(a_doubled_byte_is_seen)
{
	unsigned char came[SIZE + 1];

	begin(came);
	memmove(came + 41, came + 40, SIZE - 40);
	see(came, SIZE + 1);
	check_text("a byte was doubled");
	payload_free(&payload);
}
END_TEST

START_TEST(an_inserted_byte_is_seen)
{
	unsigned char came[SIZE + 1];

	begin(came);
	memmove(came + 41, came + 40, SIZE - 40);
	came[40] = came[39] ^ came[41] ^ 0x55;
	see(came, SIZE + 1);
	check_text("a byte was inserted");
	payload_free(&payload);
}
END_TEST

START_TEST(a_changed_byte_is_seen)
{
	unsigned char came[SIZE];

	begin(came);
	came[40] ^= 1;
	see(came, SIZE);
	check_text("one byte was changed");
	payload_free(&payload);
}
END_TEST

/* Another message came: which one, its header says. */
static void
see_other(uint64_t connection, uint64_t number)
{
	struct payload_message other = sent;
	unsigned char came[SIZE];

	begin(came);
	other.connection = connection;
	other.number = number;
	payload_fill(&payload, &other, 0, came, SIZE);
	see(came, SIZE);
	payload_free(&payload);
}

START_TEST(other_messages_are_recognised)
{
	see_other(4, 7);
	check_text("it is message 7 of connection 4");
	see_other(3, 19);
	check_text("it is message 19 again");
	see_other(3, 21);
	check_text("it is message 21, before its turn");
}
END_TEST

START_TEST(a_single_byte_is_only_told)
{
	unsigned char came[SIZE];

	begin(came);
	came[0] = 'x';
	see(came, 1);
	check_text("byte 0: expected 0x65, received 0x78");
	ck_assert_ptr_null(strchr(difference.text, ';'));
	payload_free(&payload);
}
END_TEST

/* The first bytes of a connection tell; later ones could be anything. */
START_TEST(an_alert_of_tls_is_seen)
{
	struct difference_sight sight = {
		.payload = &payload,
		.message = sent,
		.data = (const unsigned char *)"\x15\3\3\0\2\2\x0a",
		.size = 7,
	};

	ck_assert_int_eq(payload_init(&payload, 1), 0);
	difference_describe(&difference, &sight);
	check_text("received 0x15; the server speaks TLS: use --tls");
	sight.encrypted = true;
	difference_describe(&difference, &sight);
	ck_assert_ptr_null(strchr(difference.text, ';'));
	sight.encrypted = false;
	sight.offset = SIZE;
	difference_describe(&difference, &sight);
	ck_assert_ptr_null(strchr(difference.text, ';'));
	sight.offset = 0;
	sight.size = 6;
	difference_describe(&difference, &sight);
	ck_assert_ptr_null(strchr(difference.text, ';'));
	payload_free(&payload);
}
END_TEST

START_TEST(bytes_that_nobody_waits_for_are_told)
{
	struct difference_sight sight = {
		.payload = &payload,
		.message = { .connection = 1, .number = 4 },
		.offset = 320,
		.data = (const unsigned char *)"x",
		.size = 1,
	};

	ck_assert_int_eq(payload_init(&payload, 1), 0);
	difference_describe(&difference, &sight);
	ck_assert_int_eq(difference.expected, -1);
	ck_assert_int_eq(difference.received, 'x');
	check_text("connection 1, after message 4: received 0x78 where "
	    "nothing was to come");
	payload_free(&payload);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		swapped_bytes_are_seen,
		a_dropped_byte_is_seen,
		a_doubled_byte_is_seen,
		an_inserted_byte_is_seen,
		a_changed_byte_is_seen,
		other_messages_are_recognised,
		a_single_byte_is_only_told,
		an_alert_of_tls_is_seen,
		bytes_that_nobody_waits_for_are_told,
	};

	return UNIT_RUN("difference", tests);
}
