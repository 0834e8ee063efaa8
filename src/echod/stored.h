/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listening sockets that an echod before this one has left with the service
 * manager (FDSTORE=1), to be found again by their addresses.  So nobody is
 * refused while one ends and the next begins.  For the main thread.
 */
#ifndef ECHOD_STORED_H
#define ECHOD_STORED_H

#include "listening.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* What the names of such sockets begin with; no listener's name does. */
#define STORED_PREFIX "stored/"

struct stored_socket {
	int fd;
	struct sockaddr_storage address;
	socklen_t length;
};

/* All zero is none. */
struct stored {
	struct stored_socket *items;
	size_t count;
};

/* Adds one, which goes along whatever happens.  Returns 0 or -errno. */
int stored_add(struct stored *stored, int fd);

/*
 * Takes those out that are bound to the address, into an array that the caller
 * frees; *count gets their number.  Returns 0 or -ENOMEM.
 */
int stored_take(struct stored *stored, const struct sockaddr *address,
    socklen_t length, int **fds, size_t *count);

/* Closes what nobody took, and has the service manager forget it. */
void stored_clear(struct stored *stored);

/*
 * The same, and waits until they are closed there too: an address that one of
 * them overlaps, as 127.0.0.1:7 does :7, can be bound only then.  Returns
 * whether there were any.
 */
bool stored_release(struct stored *stored);

/*
 * Leaves an address's sockets with the service manager, if there is room for
 * them, which gets less, or takes them back.  What was given by it is its own.
 */
void stored_leave(struct listening *listening, size_t *room);
void stored_forget(struct listening *listening);

#endif
