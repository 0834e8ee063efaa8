/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is to be sent: a message in memory, or a descriptor's input.
 */
#ifndef CLIENT_SOURCE_H
#define CLIENT_SOURCE_H

#include <stddef.h>
#include <sys/types.h>

struct source {
	const char *data; /* what is left of the message; NULL: read fd */
	size_t size;
	int fd;
};

/*
 * Waits for the next bytes and copies at most size of them.  Returns how many,
 * 0 at the end, or a negative error.
 */
ssize_t source_read(struct source *source, void *buffer, size_t size);

#endif
