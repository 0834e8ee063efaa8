/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where two runs of bytes part.
 */
#ifndef CLIENT_COMPARE_H
#define CLIENT_COMPARE_H

#include <stddef.h>
#include <stdint.h>

/* In place of a byte: there is none, the stream has ended. */
#define COMPARE_NO_BYTE (-1)

/* The first place where an echo is not what was sent. */
struct difference {
	uint64_t offset; /* from the first byte that was sent */
	int sent;        /* the byte, or COMPARE_NO_BYTE if it is surplus */
	int received;    /* the byte, or COMPARE_NO_BYTE if it is missing */
};

/* How many bytes the two have in common before the first that differs. */
size_t compare_prefix(const void *one, const void *other, size_t size);

/* Enough for any text of compare_byte_text. */
#define COMPARE_BYTE_TEXT_SIZE 16

/*
 * A byte for people: "0x41 'A'", "0x0a" where it can't be printed, "nothing"
 * for COMPARE_NO_BYTE.  Returns buffer.
 */
const char *compare_byte_text(int byte, char *buffer, size_t size);

#endif
