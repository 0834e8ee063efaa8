/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The bytes that were sent and have not come back yet: a ring, into which input
 * is read, from which it is sent, and which the echo is compared with.  Its
 * size bounds the client's memory, whatever the length of the stream.
 */
#ifndef CLIENT_WINDOW_H
#define CLIENT_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct window {
	unsigned char *bytes;
	size_t size;
	uint64_t sent;   /* bytes that went in since the start */
	uint64_t echoed; /* bytes that were matched since the start */
};

/* size is a power of two.  Returns 0 or -ENOMEM; window_free ends it. */
int window_init(struct window *window, size_t size);
void window_free(struct window *window);

/* How many bytes are outstanding, and for how many there is room. */
size_t window_outstanding(const struct window *window);
size_t window_room(const struct window *window);

/*
 * Lends the next free part: *where points at the returned number of bytes,
 * which can be fewer than there is room for, but is 0 only if there is none.
 */
size_t window_reserve(struct window *window, unsigned char **where);
/* Makes the first size bytes of what was lent part of the stream. */
void window_commit(struct window *window, size_t size);

/*
 * Compares an echo with what is outstanding and drops what matches.  Returns
 * how many bytes did: fewer than size if a byte differs or none is outstanding.
 */
size_t window_match(struct window *window, const void *data, size_t size);

/* The byte that is to come back next, or COMPARE_NO_BYTE if none is. */
int window_next(const struct window *window);

#endif
