/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The administrator's HTTP server: what it answers, and to whom.  It has an
 * event_base of its own, in a thread of its own, and all that it reads are
 * counters, so nobody who asks it slows an echo down.
 */
#ifndef ECHOD_ADMIN_HTTP_H
#define ECHOD_ADMIN_HTTP_H

#include "observed.h"

#include <event2/event.h>
#include <stddef.h>

struct admin_http;

/*
 * Serves on the base whoever connects to the sockets, which listen already and
 * are its own from now on, even if it fails.  Returns NULL if memory is short.
 */
struct admin_http *admin_http_new(struct event_base *base,
    struct observed *observed, const int *fds, size_t count);
/* Closes all connections and the sockets.  NULL is fine. */
void admin_http_free(struct admin_http *http);

#endif
