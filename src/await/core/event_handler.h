/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A callback for a descriptor's events, of libevent's, which come again and
 * again.  It runs from the ring, once an iteration.
 */
#ifndef AWAIT_CORE_EVENT_HANDLER_H
#define AWAIT_CORE_EVENT_HANDLER_H

#include "core/loop.h"

struct aw_event_handler {
	struct aw_ready ready;
	struct event event;
	aw_loop *loop;
	aw_callback *callback; /* NULL: removed while in the ring */
	void *arg;
	bool queued;
};

/*
 * Has the callback called for EV_READ or EV_WRITE of a descriptor.  NULL if
 * memory is short.
 */
struct aw_event_handler *aw_event_handler_new(aw_loop *loop, int fd,
    short event, aw_callback *callback, void *arg);

/* Removes it; from within its callback too. */
void aw_event_handler_free(struct aw_event_handler *handler);

#endif
