/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Clients that misbehave: what they do otherwise than others.
 */
#ifndef LOAD_BEHAVIOUR_H
#define LOAD_BEHAVIOUR_H

#include "load/link.h"

/* Has the socket of a new connection do its part. */
void behaviour_prepare(const struct link *link, int fd);

/* How many bytes are sent at a time, of at most so many. */
size_t behaviour_most_sent(const struct link *link, size_t most);

/* As link_receive, but takes a little, and pauses. */
AW_MUST_CHECK int behaviour_receive_slowly(struct link *link, int64_t *now);

/*
 * Whether a connection of a closed loop ends otherwise than by the end of the
 * run; and what serves it then, as mode.h has it.
 */
bool behaviour_ends(const struct link *link);
AW_MUST_CHECK int behaviour_serve(struct link *link);

/*
 * Ends our half of the stream, and reads what is still to come, to the server's
 * end.  Returns 0 or a negative error, which has been counted.
 */
AW_MUST_CHECK int behaviour_read_to_end(struct link *link);

#endif
