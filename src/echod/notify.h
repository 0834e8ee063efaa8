/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the service manager is told.  Nothing happens if there is none.
 */
#ifndef ECHOD_NOTIFY_H
#define ECHOD_NOTIFY_H

#include <stdbool.h>

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

/* We have stopped listening, and finish what is open. */
void notify_stopping(void);

#endif
