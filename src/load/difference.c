/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/difference.h"

#include <endian.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/tls_explain.h"

/* So many bytes have to agree for a guess to be made. */
#define ENOUGH 4
#define MOST 64

static uint64_t
read_64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/*
 * Whether what came from some byte on is what was to come from another offset
 * of the message on.
 */
static bool
goes_on(const struct difference_sight *sight, size_t skipped, uint64_t within)
{
	size_t size = sight->size;
	uint64_t left;

	if (size < skipped + ENOUGH || within + ENOUGH > sight->message.size)
		return false;
	size -= skipped;
	left = sight->message.size - within;
	if (left < size)
		size = (size_t)left;
	if (size > MOST)
		size = MOST;
	return payload_match(sight->payload, &sight->message, within,
	    sight->data + skipped, size) == size;
}

static int
byte_at(const struct difference_sight *sight, uint64_t within)
{
	return within < sight->message.size ?
	    payload_byte(sight->payload, &sight->message, within) : -1;
}

/* Two neighbours that have changed places. */
static bool
is_swapped(const struct difference_sight *sight)
{
	uint64_t within = sight->within;

	return sight->size >= 2 &&
	    sight->data[0] == byte_at(sight, within + 1) &&
	    sight->data[1] == byte_at(sight, within) &&
	    (sight->size < 2 + ENOUGH || within + 2 >= sight->message.size ||
	    goes_on(sight, 2, within + 2));
}

/* What the header of another message tells, if one has come. */
static bool
guess_message(const struct difference_sight *sight, char *text, size_t size)
{
	uint64_t connection, number;

	if (sight->start == NULL || memcmp(sight->start, "echo", 4) != 0)
		return false;
	connection = read_64(sight->start + 8);
	number = read_64(sight->start + 16);
	if (connection != sight->message.connection)
		snprintf(text, size, "it is message %" PRIu64
		    " of connection %" PRIu64, number, connection);
	else if (number < sight->message.number)
		snprintf(text, size, "it is message %" PRIu64 " again",
		    number);
	else if (number > sight->message.number)
		snprintf(text, size, "it is message %" PRIu64
		    ", before its turn", number);
	else
		return false;
	return true;
}

static const char *
guess_bytes(const struct difference_sight *sight)
{
	uint64_t within = sight->within;

	if (is_swapped(sight))
		return "two bytes are swapped";
	if (goes_on(sight, 0, within + 1))
		return "a byte was dropped";
	if (goes_on(sight, 1, within))
		return within > 0 && sight->data[0] ==
		    byte_at(sight, within - 1) ? "a byte was doubled" :
		    "a byte was inserted";
	if (goes_on(sight, 1, within + 1))
		return "one byte was changed";
	return NULL;
}

static void
describe(struct load_difference *difference,
    const struct difference_sight *sight)
{
	char message[80];
	const char *guess = NULL;

	if (sight->offset == 0 && !sight->encrypted &&
	    tls_explain_is_alert(sight->data, sight->size))
		guess = TLS_EXPLAIN_PLAIN;
	else if (guess_message(sight, message, sizeof(message)))
		guess = message;
	else
		guess = guess_bytes(sight);
	snprintf(difference->text, sizeof(difference->text),
	    "connection %" PRIu64 ", message %" PRIu64 ", byte %" PRIu64
	    ": expected 0x%02x, received 0x%02x%s%s", difference->connection,
	    difference->message, difference->within,
	    (unsigned)difference->expected, (unsigned)difference->received,
	    guess != NULL ? "; " : "", guess != NULL ? guess : "");
}

void
difference_describe(struct load_difference *difference,
    const struct difference_sight *sight)
{
	*difference = (struct load_difference){
		.found = true,
		.connection = sight->message.connection,
		.message = sight->message.number,
		.offset = sight->offset,
		.within = sight->within,
		.expected = byte_at(sight, sight->within),
		.received = sight->data[0],
	};
	if (difference->expected >= 0)
		describe(difference, sight);
	else
		snprintf(difference->text, sizeof(difference->text),
		    "connection %" PRIu64 ", after message %" PRIu64
		    ": received 0x%02x where nothing was to come",
		    difference->connection, difference->message,
		    (unsigned)difference->received);
}
