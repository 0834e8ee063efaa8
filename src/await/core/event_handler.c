/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdlib.h>

#include "core/event_handler.h"

static void
run(struct aw_ready *ready)
{
	struct aw_event_handler *handler =
	    aw_container_of(ready, struct aw_event_handler, ready);

	handler->queued = false;
	if (handler->callback == NULL)
		free(handler);
	else if (!handler->loop->closing)
		handler->callback(handler->arg);
}

/* Each poll tells of a descriptor again. */
static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct aw_event_handler *handler = arg;

	(void)fd, (void)what;
	if (handler->queued)
		return;
	handler->queued = true;
	aw_loop_ready(handler->loop, &handler->ready);
}

struct aw_event_handler *
aw_event_handler_new(aw_loop *loop, int fd, short event,
    aw_callback *callback, void *arg)
{
	struct aw_event_handler *handler = calloc(1, sizeof(*handler));

	if (handler == NULL)
		return NULL;
	handler->ready.run = run;
	handler->loop = loop;
	handler->callback = callback;
	handler->arg = arg;
	event_assign(&handler->event, loop->base, fd, event | EV_PERSIST,
	    on_event, handler);
	if (event_add(&handler->event, NULL) < 0) {
		free(handler);
		handler = NULL;
	}
	return handler;
}

void
aw_event_handler_free(struct aw_event_handler *handler)
{
	event_del(&handler->event);
	/* The ring frees it in its turn. */
	if (handler->queued)
		handler->callback = NULL;
	else
		free(handler);
}
