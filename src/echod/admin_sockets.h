/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The sockets of the setting `admin`.  For the main thread.
 */
#ifndef ECHOD_ADMIN_SOCKETS_H
#define ECHOD_ADMIN_SOCKETS_H

#include "listener.h"

#include <stddef.h>

/* As of a listener that has no section.  All zero is none. */
struct admin_sockets {
	struct listener_settings settings; /* points into the global ones */
	struct listener listener;
};

/*
 * Opens all; an address that old, which may be NULL, has as well keeps its
 * socket.  Returns 0; or a negative error with a line to print in error, and
 * then nothing is open that was not before.
 */
int admin_sockets_open(struct admin_sockets *sockets,
    const struct settings *settings, const struct admin_sockets *old,
    char *error, size_t error_size);
/* Gives them up, and removes the paths of those that nobody else has. */
void admin_sockets_close(struct admin_sockets *sockets);

/* The same sockets once more.  Returns 0 or -ENOMEM. */
int admin_sockets_copy(struct admin_sockets *to,
    const struct admin_sockets *from);
/* Whether both have the same sockets. */
bool admin_sockets_same(const struct admin_sockets *one,
    const struct admin_sockets *other);

/* Logs the addresses, and a warning of each that other machines may reach. */
void admin_sockets_log(const struct admin_sockets *sockets);

/* Their descriptors, for the caller to free; NULL: no memory, or none. */
int *admin_sockets_fds(const struct admin_sockets *sockets, size_t *count);

#endif
