/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The time between a signal to stop and the drain.  A load balancer asks now
 * and then who is ready, and sends connections until it has been told no; so
 * whoever is about to stop says so first, and accepts for some more time.
 */
#ifndef ECHOD_DRAIN_DELAY_H
#define ECHOD_DRAIN_DELAY_H

#include <await.h>
#include <stdbool.h>

/* All zero is one that has not begun. */
struct drain_delay {
	aw_handle *timer;    /* NULL while it does not go on */
	aw_callback *over;
	void *arg;
};

/*
 * Begins it, with PHASE_LEAVING, and logs that; after so many seconds the loop
 * calls `over`.
 * Returns false if there is none, as it is to take no time or memory is short:
 * then nothing is called.
 */
bool drain_delay_begin(struct drain_delay *delay, aw_loop *loop,
    double seconds, aw_callback *over, void *arg);

/* Ends it early: `over` is not called.  Returns whether it was going on. */
bool drain_delay_cancel(struct drain_delay *delay);

#endif
