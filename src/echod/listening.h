/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One address that is listened on, and its sockets.
 *
 * A TCP address has a socket for each worker, or more, if an echod before this
 * one had more workers.  What can't be had twice, a Unix socket or one that the
 * service manager handed over, is one descriptor that the workers share.  The
 * workers have duplicates: so the sockets stay, with all that wait in their
 * queues, while a reload changes the servers on them. For the main thread, but
 * for listening_duplicate.
 */
#ifndef ECHOD_LISTENING_H
#define ECHOD_LISTENING_H

#include "common/addresses.h"
#include "settings_table.h"
#include "unix_socket.h"

#include <await.h>
#include <stdbool.h>
#include <stddef.h>

struct listening {
	unsigned references;
	struct address asked; /* as the settings have it, unless it was given */
	size_t place;         /* of that in its listener's list */
	char *given_name;     /* by the service manager; NULL: opened by us */
	bool stored;          /* it has them as well, for the next process */
	char text[AW_ADDRESS_TEXT_SIZE]; /* the address that we really got */
	int *fds;             /* -1 once they are closed */
	size_t fd_count;      /* one a worker or more, or one for all */
	struct unix_socket unix_socket;
};

/* With a reference for the caller, and no sockets yet.  NULL: no memory. */
struct listening *listening_new(size_t fd_count);
/* Returns it. */
struct listening *listening_ref(struct listening *listening);
/* With the last one it is closed and freed. */
void listening_unref(struct listening *listening);

/* Fills in text, once there are sockets. */
void listening_note_text(struct listening *listening);

/*
 * Has the sockets take up what may have been set otherwise before: the length of
 * the queue, the permissions of a Unix socket, and what connections inherit, as
 * far as it is to be the system's again.  Those of the service manager are its
 * own affair.  What fails is logged.
 */
void listening_adjust(struct listening *listening,
    const struct listener_settings *settings);

/* Of so many workers, how many of the descriptors are for one. */
size_t listening_share(const struct listening *listening, size_t worker,
    size_t workers);
/*
 * Duplicates these into an array of that size, for the caller to
 * close.  Returns 0 or -errno.  In any thread, as long as there is no
 * listening_close.
 */
int listening_duplicate(const struct listening *listening, size_t worker,
    size_t workers, int *fds);

/* Whether others than this process keep the sockets. */
bool listening_is_held(const struct listening *listening);

/* Removes the path of a Unix socket of ours. */
void listening_remove_path(struct listening *listening);
/* Closes the sockets here; they listen until the workers have closed theirs. */
void listening_close(struct listening *listening);

#endif
