/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What goes wrong on a connection, counted and put into words.
 */
#ifndef LOAD_LINK_ERRORS_H
#define LOAD_LINK_ERRORS_H

#include <stddef.h>

#include "load/link.h"

/* Counts an error, and keeps its text. */
void link_failed(struct link *link, enum statistics_counter kind,
    const char *text);

/*
 * The stream has ended with 0 or an error.  Returns 0 if that was to be, or a
 * negative error, which it counts.
 */
int link_ended(struct link *link, int error);

/*
 * Of size bytes that have come, those from an offset on are not what was to
 * come next.  Keeps the first difference of a thread.  Returns -EBADMSG.
 */
int link_differs(struct link *link, const void *data, size_t offset,
    size_t size);

#endif
