/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Local addresses to connect from, as people write them: single ones and ranges
 * of IPv4 addresses, separated by commas, "127.0.0.2-127.0.0.9,10.0.0.1".
 */
#ifndef LOAD_SOURCES_H
#define LOAD_SOURCES_H

#include <stddef.h>
#include <sys/socket.h>

#define SOURCES_MOST 65536

/* All zero is none. */
struct sources {
	size_t count;
	struct sockaddr_storage *items; /* with port 0 */
};

/*
 * Reads a list.  Returns 0, and sources_clear then ends it; or -EINVAL, -ERANGE
 * for more than SOURCES_MOST, or -ENOMEM, with what was expected in error.
 */
int sources_parse(const char *text, struct sources *sources, char *error,
    size_t error_size);
void sources_clear(struct sources *sources);

/* How many addresses a list has that sources_parse takes; NULL has 0. */
size_t sources_count(const char *text);

#endif
