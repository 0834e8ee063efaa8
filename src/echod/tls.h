/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS of all listeners: the contexts in force, their tickets and numbers.
 *
 * A reload replaces the contexts; tickets and numbers stay.  tls_get may be
 * called in any thread, the rest in the main thread.
 */
#ifndef ECHOD_TLS_H
#define ECHOD_TLS_H

#include "settings_table.h"
#include "tls_statistics.h"
#include "tls_tickets.h"

#include <await.h>
#include <pthread.h>
#include <stdbool.h>

struct tls_listener {
	aw_tls_context *context; /* NULL is plain */
	struct tls_tickets tickets;
	struct tls_statistics statistics;
};

struct tls {
	struct tls_listener *listeners; /* as the settings have them */
	size_t count;
	pthread_mutex_t mutex;          /* of the contexts */
};

/*
 * Reads and checks all files that the settings name, and has no other effect;
 * what is wrong is reported.  Returns 0 or -EINVAL.
 */
int tls_check_files(const struct settings *settings, settings_report *error,
    settings_report *warning, void *arg);

/*
 * Makes the contexts.  Certificates that have expired are warned of.  Returns
 * 0; or -EINVAL or -ENOMEM after every error was logged, and then there is
 * nothing to close.
 */
int tls_open(struct tls *tls, const struct settings *settings);

/*
 * Makes them anew.  Returns 0 and tells in *count how many listeners have new
 * ones; or -EINVAL or -ENOMEM after every error was logged, and then all stays
 * as it was.
 */
int tls_reload(struct tls *tls, const struct settings *settings,
    size_t *count);

/*
 * A reference to the context in force for the i-th listener, for the caller to
 * aw_tls_context_unref; NULL if it is plain.
 */
aw_tls_context *tls_get(struct tls *tls, size_t i);

/* Sees to it that no key of tickets is older than it should be. */
void tls_rotate(struct tls *tls);
/* Seconds until that is to be done again; 0 if never. */
double tls_rotation(const struct tls *tls);

/* Logs a line for each listener that had handshakes. */
void tls_log_statistics(struct tls *tls);

/* Frees all; there must be no connection and no server left. */
void tls_close(struct tls *tls);

#endif
