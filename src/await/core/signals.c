/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "core/debug_mode.h"
#include "core/signals.h"

struct aw_signal_handler {
	struct aw_ready ready;
	aw_loop *loop;
	aw_callback *callback; /* NULL: removed while in the ring */
	void *arg;
	bool queued;
	struct sigaction before; /* what the process did about the signal */
};

/*
 * By number: what wakes the loop whose signal it is, or -1, and whether it has
 * come since that loop looked.
 */
static struct {
	const aw_loop *loop;
	int wake_fd;
	bool arrived;
} signals[NSIG];

/* Threads that are in on_signal. */
static unsigned handling;

static void
on_signal(int signal)
{
	int error = errno, fd;

	__atomic_fetch_add(&handling, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&signals[signal].arrived, true, __ATOMIC_SEQ_CST);
	fd = __atomic_load_n(&signals[signal].wake_fd, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		(void)eventfd_write(fd, 1);
	__atomic_fetch_sub(&handling, 1, __ATOMIC_SEQ_CST);
	errno = error;
}

/* Before the loop's eventfd is closed: some thread may be about to write. */
static void
wait_for_handling(void)
{
	while (__atomic_load_n(&handling, __ATOMIC_SEQ_CST) > 0)
		sched_yield();
}

static void
run(struct aw_ready *ready)
{
	struct aw_signal_handler *handler =
	    aw_container_of(ready, struct aw_signal_handler, ready);

	handler->queued = false;
	if (handler->callback == NULL)
		free(handler);
	else if (!handler->loop->closing)
		handler->callback(handler->arg);
}

static bool
owns(const aw_loop *loop, int signal)
{
	return __atomic_load_n(&signals[signal].loop, __ATOMIC_SEQ_CST) ==
	    loop;
}

/* Takes note that the loop has seen it; of several that wait one is kept. */
static bool
take(const aw_loop *loop, int signal)
{
	return owns(loop, signal) &&
	    __atomic_exchange_n(&signals[signal].arrived, false,
	    __ATOMIC_SEQ_CST);
}

void
aw_signals_look(aw_loop *loop)
{
	struct aw_signal_handler *handler;
	int signal;

	if (loop->signal_handlers == NULL)
		return;
	for (signal = 1; signal < NSIG; signal++) {
		handler = loop->signal_handlers[signal];
		if (handler == NULL || !take(loop, signal) || handler->queued)
			continue;
		handler->queued = true;
		aw_loop_ready(loop, &handler->ready);
	}
}

static void
own(int signal, const aw_loop *loop, int wake_fd)
{
	__atomic_store_n(&signals[signal].wake_fd, wake_fd, __ATOMIC_SEQ_CST);
	__atomic_store_n(&signals[signal].loop, loop, __ATOMIC_SEQ_CST);
	__atomic_store_n(&signals[signal].arrived, false, __ATOMIC_SEQ_CST);
}

static int
add(aw_loop *loop, int signal, aw_callback *callback, void *arg)
{
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};
	struct aw_signal_handler *handler;

	handler = calloc(1, sizeof(*handler));
	if (handler == NULL)
		return -ENOMEM;
	handler->ready.run = run;
	handler->loop = loop;
	handler->callback = callback;
	handler->arg = arg;
	sigfillset(&action.sa_mask);
	/* One that came before is nobody's. */
	own(signal, loop, loop->wake_fd);
	loop->signal_handlers[signal] = handler;
	/* It can't fail: can_be_caught has asked. */
	(void)sigaction(signal, &action, &handler->before);
	return 0;
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
	struct aw_signal_handler *handler;

	if (AW_WRONG_THREAD(loop))
		return AW_EWRONGTHREAD;
	if (!can_be_caught(signal))
		return -EINVAL;
	if (loop->signal_handlers == NULL)
		loop->signal_handlers = calloc(NSIG, sizeof(handler));
	if (loop->signal_handlers == NULL)
		return -ENOMEM;
	handler = loop->signal_handlers[signal];
	if (handler == NULL)
		return add(loop, signal, callback, arg);
	handler->callback = callback;
	handler->arg = arg;
	return 0;
}

bool
aw_loop_remove_signal_handler(aw_loop *loop, int signal)
{
	struct aw_signal_handler *handler;

	if (AW_WRONG_THREAD(loop))
		return false;
	if (loop->signal_handlers == NULL || signal <= 0 || signal >= NSIG ||
	    loop->signal_handlers[signal] == NULL)
		return false;
	handler = loop->signal_handlers[signal];
	loop->signal_handlers[signal] = NULL;
	/* Unless another loop has taken the signal over. */
	if (owns(loop, signal)) {
		(void)sigaction(signal, &handler->before, NULL);
		own(signal, NULL, -1);
		wait_for_handling();
	}
	/* The ring frees it in its turn. */
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
