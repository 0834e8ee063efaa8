/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Sends a source of any length and compares the echo as it comes: a task sends
 * while the caller receives, with a window of what is outstanding between them.
 */
#ifndef CLIENT_STREAM_H
#define CLIENT_STREAM_H

#include <await.h>

#include "client/connection.h"
#include "client/report.h"
#include "client/source.h"

/*
 * Sends the whole source, half-closes, and waits until the server ends the
 * connection.  Returns 0, whatever was found out, which the report has; or
 * -ECANCELED.
 */
AW_MUST_CHECK int stream_run(const struct connection *connection,
    const struct source *source, struct report *report);

#endif
