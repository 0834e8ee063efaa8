/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listeners: what each `listener` section of the settings has come to.  For the
 * main thread, but for listener_take.
 */
#ifndef ECHOD_LISTENER_H
#define ECHOD_LISTENER_H

#include "listening.h"
#include "settings_table.h"

#include <stdbool.h>
#include <stddef.h>

struct stored;
struct tls_listener;
struct traffic;

struct listener {
	const char *name;
	const struct listener_settings *settings;
	struct listening **addresses;
	size_t address_count;
	/* It differs from the one before in its certificates at most. */
	bool unchanged;
	struct tls_listener *tls; /* of tls.h; NULL is plain */
	aw_tls_context *context;  /* the same */
	struct traffic *traffic;  /* what its name has had so far */
};

struct listeners {
	struct listener *items;
	size_t count;
	size_t workers;
};

/*
 * Opens everything; an address that old, which may be NULL, has keeps its
 * sockets.  Returns 0; or a negative error with a line to print in error, and
 * then nothing is open that was not before.  listeners_close frees.
 */
int listeners_open(struct listeners *listeners,
    const struct settings *settings, size_t workers,
    const struct listeners *old, char *error, size_t error_size);

/*
 * Has the sockets that were there before, at a reload or from systemd's store,
 * take up what the settings say about sockets; see listening_adjust.
 */
void listeners_adjust(const struct listeners *listeners);

/* Logs each address that old, which may be NULL, does not have. */
void listeners_log(const struct listeners *listeners,
    const struct listeners *old);
size_t listeners_address_count(const struct listeners *listeners);
/* NULL if there is none of that name. */
struct listener *listeners_find(const struct listeners *listeners,
    const char *name);

/*
 * How many descriptors a worker of so many has of a listener, and duplicates of
 * them in an array of that size, for the caller to close.  Returns 0 or -errno.
 * For any thread.
 */
size_t listener_share(const struct listener *listener, size_t worker,
    size_t workers);
int listener_take(const struct listener *listener, size_t worker,
    size_t workers, int *fds);
/* Whether others than this process keep all of its sockets.  For any thread. */
bool listener_is_held(const struct listener *listener);

/*
 * Leaves the sockets with the service manager, if it has room, so that they
 * outlive the process; and takes back those of old, which may be NULL, that are
 * no more.
 */
void listeners_store(const struct listeners *listeners,
    const struct listeners *old);

/* Removes the paths of our Unix sockets. */
void listeners_remove_paths(struct listeners *listeners);
/*
 * Closes the sockets here.  Done before the workers close theirs: a socket
 * listens until its last descriptor is closed.
 */
void listeners_close_sockets(struct listeners *listeners);

/* Gives up the addresses, which others may still have, and frees the list. */
void listeners_close(struct listeners *listeners);

/* Adds an address to a listener, with the caller's reference. */
int listener_add(struct listener *listener, struct listening *listening);

/*
 * Opens the address at a place of a listener's list, for so many workers, or
 * takes what is stored of it.
 * Returns 0, or a negative error with a line to print in error.
 */
int listener_open(struct listener *listener, size_t place, size_t workers,
    struct stored *stored, char *error, size_t error_size);
/* Whether the error says that this machine just doesn't have the address. */
bool listener_lacks_address(int error);

#endif
