/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS of all listeners.  The contexts are made anew at each reload, and belong
 * to the listeners of that time; what a listener's name has of tickets and
 * numbers goes on.  For the main thread, unless it is said otherwise.
 */
#ifndef ECHOD_TLS_H
#define ECHOD_TLS_H

#include "listener.h"
#include "tls_statistics.h"
#include "tls_tickets.h"

#include <stdatomic.h>

struct tls_listener {
	_Atomic unsigned references; /* for any thread */
	char *name;
	struct tls_tickets tickets;
	struct tls_statistics statistics;
};

/*
 * Reads and checks all files that the settings name, and has no other effect;
 * what is wrong is reported.  Returns 0 or -EINVAL.
 */
int tls_check_files(const struct settings *settings, settings_report *error,
    settings_report *warning, void *arg);

/*
 * Gives the listeners of the settings their contexts; tickets and numbers are
 * those of old, which may be NULL, where that has the name.  Certificates that
 * have expired are errors at a reload, and warned of otherwise.  Returns 0; or
 * -EINVAL after every error was logged, and then they have nothing.
 */
int tls_open(struct listeners *listeners, const struct settings *settings,
    const struct listeners *old);
/* Has what goes on by name keep to the listeners' settings. */
void tls_take_up(const struct listeners *listeners);
/* Takes it from the listeners; connections that have it may go on. */
void tls_close(struct listeners *listeners);

/* How many listeners speak TLS. */
size_t tls_count(const struct listeners *listeners);

/* Keeps a listener's tickets and numbers; returns it.  NULL is fine. */
struct tls_listener *tls_listener_ref(struct tls_listener *listener);
void tls_listener_unref(struct tls_listener *listener);

/* Sees to it that no key of tickets is older than it should be. */
void tls_rotate(const struct listeners *listeners);
/* Seconds until that is to be done again; 0 if never. */
double tls_rotation(const struct listeners *listeners);

/* Logs a line for each listener that had handshakes. */
void tls_log_statistics(const struct listeners *listeners);

#endif
