/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Numbered echoes, one at a time, each with its round-trip time.
 */
#ifndef CLIENT_PING_H
#define CLIENT_PING_H

#include <await.h>

#include "client/connection.h"
#include "client/report.h"

/*
 * Sends the echoes of the report's options until their count is reached, one is
 * missing, or the task is cancelled.  Returns 0, whatever was found out, which
 * the report has; or -ECANCELED or -ENOMEM.
 */
AW_MUST_CHECK int ping_run(const struct connection *connection,
    struct report *report);

/* Prints the figures of the echoes as ping does. */
void ping_print_summary(struct report *report);

#endif
