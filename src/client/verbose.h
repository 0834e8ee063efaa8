/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What --verbose tells on standard error.
 */
#ifndef CLIENT_VERBOSE_H
#define CLIENT_VERBOSE_H

#include "client/report.h"

/* Tells of a connection that has just been made; nothing unless asked for. */
void verbose_print_connection(const struct report *report);
/* Tells how long each part of the run took; nothing unless asked for. */
void verbose_print_times(const struct report *report);

#endif
