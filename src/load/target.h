/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Who is loaded: the address that a name stands for, looked up once, so that no
 * look-up is in the figures.
 */
#ifndef LOAD_TARGET_H
#define LOAD_TARGET_H

#include <stddef.h>
#include <sys/socket.h>

#include "common/addresses.h"

struct target {
	struct sockaddr_storage address;
	socklen_t length;
	char text[ADDRESS_TEXT_SIZE]; /* of the address, in digits */
};

/*
 * Looks the address up.  Of several that a name has, it is the first that
 * accepts a connection within timeout seconds, which is closed again.  Blocks.
 * Returns 0, or the last one's error; or AW_EDNS with its text in error.
 */
int target_find(struct target *target, const struct address *address,
    double timeout, char *error, size_t error_size);

/*
 * Connects a socket from a local address, or NULL for the kernel's choice, and
 * waits for that.  Returns 0, and *fd is the caller's, or -errno.
 */
int target_connect(const struct target *target,
    const struct sockaddr_storage *source, int *fd);

#endif
