/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Workers.  Each has a loop, the listening sockets that are its own, and the
 * connections that came in by them.  Several of them are threads; a single one
 * has the main thread and its loop, since in a process with threads each system
 * call on a descriptor costs the kernel more.  Unless it is said otherwise, the
 * functions are for the main thread.
 */
#ifndef ECHOD_WORKER_H
#define ECHOD_WORKER_H

#include "connection.h"
#include "listener.h"
#include "shortage.h"
#include "tls.h"

#include <await.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

struct worker;

/* Called in the main thread, by the main loop. */
struct worker_events {
	/* It serves, or failed to with an error; then it also ends. */
	void (*started)(struct worker *worker, int error, void *arg);
	/* It has no connections left, and waits to be joined. */
	void (*ended)(struct worker *worker, void *arg);
	void *arg;
};

struct worker {
	/* Filled in by the caller. */
	size_t index;
	bool alone;            /* in the main thread */
	const struct global_settings *settings;
	struct listeners *listeners;
	struct tls *tls; /* NULL: no listener speaks it */
	aw_loop *main_loop;
	struct worker_events events;

	/* The main thread's. */
	bool running;          /* its loop can be called */
	bool stop_requested;   /* before it was running */
	bool tls_renewed;      /* the same */
	bool asked_for_turn;

	/* The worker's own. */
	pthread_t thread;
	aw_loop *loop;
	int start_error;
	sem_t may_close;
	aw_server **servers;   /* one a listener */
	struct service *services;
	struct connections connections;
	struct shortage shortage;
	aw_future *stop;
	bool aborted;
	_Atomic bool turned;   /* since it was asked to */
};

/* Starts it.  Returns 0 or -errno, and then there are no events. */
int worker_start(struct worker *worker);

/* Asks it to stop listening, to let its connections finish, and to end. */
void worker_stop(struct worker *worker);

/* Asks it to drop what connections it has left. */
void worker_abort(struct worker *worker);

/* Has it use the TLS contexts that are in force, for new connections. */
void worker_renew_tls(struct worker *worker);

/* Has its loop take a turn, unless it is still to take the one before. */
void worker_ask_turn(struct worker *worker);
/* Whether it has; one that does not run is not waited for. */
bool worker_has_turned(const struct worker *worker);

/* Waits for its thread, if it has one, after the event `ended`. */
void worker_join(struct worker *worker);

#endif
