/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo that differs from what was sent, put into words.
 */
#ifndef LOAD_DIFFERENCE_H
#define LOAD_DIFFERENCE_H

#include "load/payload.h"
#include "load/result.h"

/* What came instead of what. */
struct difference_sight {
	const struct payload *payload;
	/* What was to come next, and from which offset; of size 0: nothing. */
	struct payload_message message;
	uint64_t within;
	uint64_t offset;        /* in the connection's stream */
	/* What came, of which the first byte is the first that differs. */
	const unsigned char *data;
	size_t size;
	bool encrypted;         /* by TLS */
	/* The same byte's place in a header that came, if it is known. */
	const unsigned char *start; /* of the message, or NULL */
};

/* Fills in the difference, its text included. */
void difference_describe(struct load_difference *difference,
    const struct difference_sight *sight);

#endif
