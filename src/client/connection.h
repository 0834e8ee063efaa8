/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The connection to the server.
 */
#ifndef CLIENT_CONNECTION_H
#define CLIENT_CONNECTION_H

#include <await.h>

#include "client/report.h"
#include "client/tls.h"

struct connection {
	struct client_tls *tls;
	aw_reader *reader;
	aw_writer *writer;
};

/*
 * Waits for a connection to the server of the report's options, and for TLS on
 * it if tls has a context, which is the connection's until it is closed.  Notes
 * in the report which address answered, and when.  Returns 0, and
 * connection_close then ends it; -ECANCELED; or another negative error, which
 * the report has.
 */
AW_MUST_CHECK int connection_open(struct connection *connection,
    struct client_tls *tls, struct report *report);

/* Ends the connection; after an error at once, whatever is still queued. */
void connection_close(struct connection *connection, struct report *report);

#endif
