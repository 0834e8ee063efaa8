/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listeners: the sockets of each `listener` section.
 *
 * A TCP address has a socket for each worker.  What can't be had twice, a Unix
 * socket or one that the service manager handed over, is one descriptor that
 * the workers share.
 */
#ifndef ECHOD_LISTENER_H
#define ECHOD_LISTENER_H

#include "settings_table.h"
#include "unix_socket.h"

#include <await.h>
#include <stdbool.h>
#include <stddef.h>

/* One address that is listened on. */
struct listening {
	char text[AW_ADDRESS_TEXT_SIZE]; /* the address that we really got */
	int *fds;
	size_t fd_count; /* one for each worker, or a single shared one */
	struct unix_socket unix_socket;
};

struct listener {
	const char *name;
	const struct listener_settings *settings;
	struct listening *addresses;
	size_t address_count;
};

struct listeners {
	struct listener *items;
	size_t count;
	size_t workers;
};

/*
 * Opens everything.  Returns 0; or a negative error with a line to print in
 * error, and then nothing is left open.  listeners_close frees.
 */
int listeners_open(struct listeners *listeners,
    const struct settings *settings, size_t workers, char *error,
    size_t error_size);

/* Logs each address. */
void listeners_log(const struct listeners *listeners);

/*
 * Takes a worker's descriptors of one listener out, into an array of at least
 * address_count.  They are the caller's from then on.  Returns 0 or -errno.
 */
int listeners_take(struct listeners *listeners, size_t listener,
    size_t worker, int *fds);

/*
 * Closes what was not taken.  Done once every worker has its own: a shared
 * socket listens until its last descriptor is closed.
 */
void listeners_close_shared(struct listeners *listeners);

/* Removes the paths of our Unix sockets. */
void listeners_remove_paths(struct listeners *listeners);

/* Does both, and frees. */
void listeners_close(struct listeners *listeners);

/*
 * Opens the addresses in the listener's settings.  If it is lenient, one that
 * the machine lacks is passed over with a warning, if another can be had.
 * Returns 0, or a negative error with a line to print in error.
 */
int listener_open(struct listener *listener, size_t workers, bool lenient,
    char *error, size_t error_size);

/*
 * For the service manager's sockets: adds an address to a listener, with a
 * descriptor that the workers share.  Returns 0 or -ENOMEM.
 */
int listener_add_shared(struct listener *listener, int fd);

#endif
