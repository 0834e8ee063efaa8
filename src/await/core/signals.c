/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/event_handler.h"
#include "core/signals.h"

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
	struct aw_event_handler **slot;

	if (AW_WRONG_THREAD(loop))
		return AW_EWRONGTHREAD;
	if (!can_be_caught(signal))
		return -EINVAL;
	if (loop->signal_handlers == NULL)
		loop->signal_handlers = calloc(NSIG, sizeof(*slot));
	if (loop->signal_handlers == NULL)
		return -ENOMEM;
	slot = &loop->signal_handlers[signal];
	if (*slot == NULL) {
		*slot = aw_event_handler_new(loop, signal, EV_SIGNAL, callback,
		    arg);
		return *slot != NULL ? 0 : -ENOMEM;
	}
	(*slot)->callback = callback;
	(*slot)->arg = arg;
	return 0;
}

bool
aw_loop_remove_signal_handler(aw_loop *loop, int signal)
{
	if (AW_WRONG_THREAD(loop))
		return false;
	if (loop->signal_handlers == NULL || signal <= 0 || signal >= NSIG ||
	    loop->signal_handlers[signal] == NULL)
		return false;
	aw_event_handler_free(loop->signal_handlers[signal]);
	loop->signal_handlers[signal] = NULL;
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
