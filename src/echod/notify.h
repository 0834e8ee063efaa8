/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the service manager is told.  Nothing happens if there is none.
 */
#ifndef ECHOD_NOTIFY_H
#define ECHOD_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is one. */
bool notify_is_wanted(void);

/* We serve; also after a reload. */
void notify_ready(void);

/* A reload has begun. */
void notify_reloading(void);

/* What we are at, for people. */
void notify_status(const char *text);

/* Seconds within which notify_watchdog has to be called; 0 if it need not. */
double notify_watchdog_time(void);
/* All goes well. */
void notify_watchdog(void);

/*
 * How many descriptors the service manager keeps for us at most, by the
 * variable FDSTORE; what is beyond that it closes, and does not say so.
 */
size_t notify_store_room(void);
/*
 * Leaves sockets with it, for the process after this one.  Returns whether it
 * was told of all of them; if not, it has none.
 */
bool notify_store(const int *fds, size_t count, const char *name);
/* Has it close all that it has of that name. */
void notify_forget(const char *name);
/* Waits until it has done all that it was told; at most some seconds. */
void notify_barrier(void);

/* We have stopped listening, and finish what is open. */
void notify_stopping(void);

#endif
