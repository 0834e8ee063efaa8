/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/signals.h"

struct signal_handler {
	struct aw_ready ready;
	struct event event;
	aw_loop *loop;
	aw_callback *callback; /* NULL: removed while in the ring */
	void *arg;
	bool queued;
};

static void
run(struct aw_ready *ready)
{
	struct signal_handler *handler =
	    aw_container_of(ready, struct signal_handler, ready);

	handler->queued = false;
	if (handler->callback == NULL)
		free(handler);
	else if (!handler->loop->closing)
		handler->callback(handler->arg);
}

/* Like the kernel, it keeps one of several signals that wait. */
static void
on_signal(evutil_socket_t signal, short what, void *arg)
{
	struct signal_handler *handler = arg;

	(void)signal, (void)what;
	if (handler->queued)
		return;
	handler->queued = true;
	aw_loop_ready(handler->loop, &handler->ready);
}

static struct signal_handler *
new_handler(aw_loop *loop, int signal)
{
	struct signal_handler *handler = calloc(1, sizeof(*handler));

	if (handler == NULL)
		return NULL;
	handler->ready.run = run;
	handler->loop = loop;
	evsignal_assign(&handler->event, loop->base, signal, on_signal,
	    handler);
	if (evsignal_add(&handler->event, NULL) < 0) {
		free(handler);
		return NULL;
	}
	return handler;
}

/* The C library keeps some for itself. */
static bool
can_be_caught(int signal)
{
	struct sigaction action;

	return signal > 0 && signal < NSIG && signal != SIGKILL &&
	    signal != SIGSTOP && sigaction(signal, NULL, &action) == 0;
}

int
aw_loop_add_signal_handler(aw_loop *loop, int signal, aw_callback *callback,
    void *arg)
{
	struct signal_handler **slot;

	if (AW_WRONG_THREAD(loop))
		return AW_EWRONGTHREAD;
	if (!can_be_caught(signal))
		return -EINVAL;
	if (loop->signal_handlers == NULL)
		loop->signal_handlers = calloc(NSIG,
		    sizeof(struct signal_handler *));
	if (loop->signal_handlers == NULL)
		return -ENOMEM;
	slot = &loop->signal_handlers[signal];
	if (*slot == NULL)
		*slot = new_handler(loop, signal);
	if (*slot == NULL)
		return -ENOMEM;
	(*slot)->callback = callback;
	(*slot)->arg = arg;
	return 0;
}

bool
aw_loop_remove_signal_handler(aw_loop *loop, int signal)
{
	struct signal_handler *handler;

	if (AW_WRONG_THREAD(loop))
		return false;
	if (loop->signal_handlers == NULL || signal <= 0 || signal >= NSIG ||
	    loop->signal_handlers[signal] == NULL)
		return false;
	handler = loop->signal_handlers[signal];
	loop->signal_handlers[signal] = NULL;
	event_del(&handler->event);
	if (handler->queued)
		handler->callback = NULL;
	else
		free(handler);
	return true;
}

void
aw_signals_close(aw_loop *loop)
{
	int signal;

	if (loop->signal_handlers == NULL)
		return;
	for (signal = 1; signal < NSIG; signal++)
		aw_loop_remove_signal_handler(loop, signal);
	free(loop->signal_handlers);
	loop->signal_handlers = NULL;
}
