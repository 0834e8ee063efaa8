/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections one after the other: connect, shake hands if there is TLS, send,
 * end our half, read to the server's end, close.  Handshakes are the same
 * without messages.  With a rate they are due when the schedule says; response
 * times count from then, and otherwise from the beginning of the connection.
 */
#ifndef LOAD_CHURN_H
#define LOAD_CHURN_H

#include "load/link.h"

AW_MUST_CHECK int churn(struct link *link); /* as mode.h has it */

#endif
