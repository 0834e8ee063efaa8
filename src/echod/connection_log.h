/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is logged of a connection.  Each line has the listener, the peer and the
 * number of the connection as fields.
 */
#ifndef ECHOD_CONNECTION_LOG_H
#define ECHOD_CONNECTION_LOG_H

#include "connection.h"

/* Takes the time, and logs the connection at the level debug. */
void connection_log_begin(struct connection *connection);

/*
 * Closes the connection, as the server does after the handler, waits until that
 * is done, and logs how much came and went, in which time, and why it ended: at
 * the level info if the listener's access_log says so and the peer sent
 * anything, and otherwise at the level debug.  err is what the echo ended with.
 * Returns what the connection ended with.
 */
int connection_log_end(const struct connection *connection, int err);

#endif
