/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Bytes of messages, and the comparison of what comes back.
 *
 * A connection's stream is determined by the seed and the connection's number,
 * byte by byte; so what comes back is compared without keeping what was sent.
 * Each message of 32 bytes or more begins with a header: "echo", the size (32
 * bits), the connection, the message and when it was due (64 bits each, little
 * endian); what is shorter has random bytes only.  So a message that is lost,
 * doubled, swapped or another connection's is told apart from any other.
 */
#ifndef LOAD_PAYLOAD_H
#define LOAD_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_HEADER 32

struct payload {
	const unsigned char *pattern; /* of the seed; shared by all threads */
};

/* Returns 0 or -ENOMEM; payload_free ends it.  NULL is fine there. */
int payload_init(struct payload *payload, uint64_t seed);
void payload_free(struct payload *payload);

/* Which message of which connection. */
struct payload_message {
	uint64_t connection;
	uint64_t number; /* of the connection, from 0 */
	int64_t due;     /* nanoseconds after the start */
	uint64_t size;
};

/* Writes size bytes of a message, from an offset in it on. */
void payload_fill(const struct payload *payload,
    const struct payload_message *message, uint64_t offset, void *data,
    size_t size);

/*
 * Compares bytes with those of a message from an offset on.  Returns how many
 * are the same: size if all are.
 */
size_t payload_match(const struct payload *payload,
    const struct payload_message *message, uint64_t offset, const void *data,
    size_t size);

/* The byte at an offset of a message. */
unsigned char payload_byte(const struct payload *payload,
    const struct payload_message *message, uint64_t offset);

#endif
