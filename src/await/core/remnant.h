/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a loop has to end when it closes, since nobody else will: a process that
 * still runs, a transport that was let go with output to send.  The loop knows
 * of them no more than this.
 */
#ifndef AWAIT_CORE_REMNANT_H
#define AWAIT_CORE_REMNANT_H

#include "core/loop.h"

/* Lies in what it stands for. */
struct aw_remnant {
	LIST_ENTRY(aw_remnant) remnants; /* among the loop's */
	/* Ends it, once it is off the list; NULL if it is not on it. */
	void (*close)(struct aw_remnant *remnant);
};

/* Has the loop end it, by close, when that closes. */
static inline void
aw_remnant_add(aw_loop *loop, struct aw_remnant *remnant,
    void (*close)(struct aw_remnant *))
{
	remnant->close = close;
	LIST_INSERT_HEAD(&loop->remnants, remnant, remnants);
}

/* Does nothing if it is not on the list. */
static inline void
aw_remnant_remove(struct aw_remnant *remnant)
{
	if (remnant->close == NULL)
		return;
	LIST_REMOVE(remnant, remnants);
	remnant->close = NULL;
}

/* Ends all of them; for a loop that is closing. */
void aw_remnants_close(aw_loop *loop);

#endif
