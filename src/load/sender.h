/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Sending by a task of its own, for messages that are too large, or sent too
 * slowly, to be handed to the connection at once: it goes on while its link
 * reads.
 */
#ifndef LOAD_SENDER_H
#define LOAD_SENDER_H

#include "load/link.h"

/*
 * Start it on a connection that has just been made, if the plan wants one, and
 * end it, which waits.  Start returns 0 or -ENOMEM.
 */
AW_MUST_CHECK int sender_start(struct link *link);
void sender_end(struct link *link);

/* Ends our half of the stream, once all that has been begun is sent. */
void sender_end_stream(struct link *link);

#endif
