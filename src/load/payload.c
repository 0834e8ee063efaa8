/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "payload.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/random.h"

/*
 * What a message has behind its header is the pattern, from a place on that
 * its connection and number give.  A prime, so that no power of two is a
 * multiple of it: bytes that are off by one do not look right.  Small enough to
 * stay in the processor's cache.
 */
#define PERIOD 65521
/* So many bytes lie in one piece from any place on. */
#define SPAN 65536

/* Of the streams of random numbers that a seed gives. */
#define STREAM_OF_PATTERN UINT64_C(0x7061747465726e)

struct header {
	char echo[4];
	uint32_t size;
	uint64_t connection;
	uint64_t number;
	uint64_t due;
};
_Static_assert(sizeof(struct header) == PAYLOAD_HEADER, "no gaps");

int
payload_init(struct payload *payload, uint64_t seed)
{
	unsigned char *pattern = malloc(PERIOD + SPAN);
	struct random random;

	payload->pattern = pattern;
	if (pattern == NULL)
		return -ENOMEM;
	random_init(&random, seed, STREAM_OF_PATTERN);
	for (size_t i = 0; i < PERIOD; i++)
		pattern[i] = (unsigned char)(random_next(&random) >> 56);
	memcpy(pattern + PERIOD, pattern, PERIOD);
	memcpy(pattern + PERIOD + PERIOD, pattern, SPAN - PERIOD);
	return 0;
}

void
payload_free(struct payload *payload)
{
	if (payload == NULL)
		return;
	free((unsigned char *)(uintptr_t)payload->pattern);
	payload->pattern = NULL;
}

/* The pattern at an offset of a message; *size gets smaller if need be. */
static inline const unsigned char *
pattern_at(const struct payload *payload,
    const struct payload_message *message, uint64_t offset, size_t *size)
{
	uint64_t mixed = message->connection * UINT64_C(0x9e3779b97f4a7c15) +
	    message->number * UINT64_C(0xd1342543de82ef95);
	uint64_t place = ((mixed >> 32) * PERIOD >> 32) + offset;

	if (place >= PERIOD)
		place %= PERIOD;
	if (*size > SPAN)
		*size = SPAN;
	return payload->pattern + place;
}

static inline struct header
header_of(const struct payload_message *message)
{
	return (struct header){
		.echo = { 'e', 'c', 'h', 'o' },
		.size = htole32((uint32_t)message->size),
		.connection = htole64(message->connection),
		.number = htole64(message->number),
		.due = htole64((uint64_t)message->due),
	};
}

/* How much of the header, and of these bytes, is at the offset. */
static inline size_t
header_part(const struct payload_message *message, uint64_t offset,
    size_t size)
{
	if (message->size < PAYLOAD_HEADER || offset >= PAYLOAD_HEADER)
		return 0;
	return size < PAYLOAD_HEADER - offset ? size :
	    (size_t)(PAYLOAD_HEADER - offset);
}

void
payload_fill(const struct payload *payload,
    const struct payload_message *message, uint64_t offset, void *data,
    size_t size)
{
	size_t part = header_part(message, offset, size);
	const unsigned char *from;
	struct header header;
	char *to = data;

	if (part > 0) {
		header = header_of(message);
		memcpy(to, (const char *)&header + offset, part);
	}
	while (part < size) {
		to += part;
		size -= part;
		offset += part;
		part = size;
		from = pattern_at(payload, message, offset, &part);
		memcpy(to, from, part);
	}
}

static size_t
first_difference(const unsigned char *one, const unsigned char *other,
    size_t size)
{
	size_t i = 0;

	while (i < size && one[i] == other[i])
		i++;
	return i;
}

size_t
payload_match(const struct payload *payload,
    const struct payload_message *message, uint64_t offset, const void *data,
    size_t size)
{
	size_t done = 0, part = header_part(message, offset, size);
	const unsigned char *given = data, *right;
	struct header header;

	if (part > 0) {
		header = header_of(message);
		right = (const unsigned char *)&header + offset;
		if (memcmp(given, right, part) != 0)
			return first_difference(given, right, part);
		done = part;
	}
	while (done < size) {
		part = size - done;
		right = pattern_at(payload, message, offset + done, &part);
		if (memcmp(given + done, right, part) != 0)
			return done +
			    first_difference(given + done, right, part);
		done += part;
	}
	return size;
}

unsigned char
payload_byte(const struct payload *payload,
    const struct payload_message *message, uint64_t offset)
{
	unsigned char byte;

	payload_fill(payload, message, offset, &byte, 1);
	return byte;
}
