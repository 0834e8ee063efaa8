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
#include "generation.h"
#include "latency.h"
#include "serving.h"
#include "shortage.h"

#include <await.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct worker;

/* Called in the main thread, by the main loop. */
struct worker_events {
	/* It serves, or failed to with an error; then it also ends. */
	void (*started)(struct worker *worker, int error, void *arg);
	/* What worker_prepare came to; not if it has ended before. */
	void (*prepared)(struct worker *worker, int error, void *arg);
	/* worker_commit is done; the same. */
	void (*committed)(struct worker *worker, void *arg);
	/* It has no connections left, and waits to be joined. */
	void (*ended)(struct worker *worker, void *arg);
	void *arg;
};

struct worker {
	/* Filled in by the caller. */
	size_t index;
	bool alone;            /* in the main thread */
	struct generation *generation; /* to start with; has to stay so long */
	struct limits *limits; /* of all workers */
	aw_loop *main_loop;
	struct worker_events events;

	/* The main thread's. */
	bool running;          /* its loop can be called */
	bool stop_requested;   /* before it was running */
	struct generation *next; /* of worker_prepare */

	/* The worker's own. */
	pthread_t thread;
	aw_loop *loop;
	int start_error;
	sem_t may_close;
	int prepare_error;
	struct serving serving;
	struct connections connections;
	struct shortage shortage;
	aw_future *stop;
	bool aborted;
	bool ending;           /* it listens no more */
	/* When it was asked for a turn that it has not taken, or 0. */
	_Atomic int64_t asked;
	struct latency latency; /* of the turns that it was asked for */
};

/* Starts it.  Returns 0 or -errno, and then there are no events. */
int worker_start(struct worker *worker);

/* Asks it to stop listening, to let its connections finish, and to end. */
void worker_stop(struct worker *worker);

/* Asks it to drop what connections it has left. */
void worker_abort(struct worker *worker);

/*
 * Has it serve a generation beside the one in force, until worker_commit ends
 * the old one, or worker_discard the new one.  The event `prepared` says
 * whether it can; if not, nothing has changed.  The generation has to stay so
 * long.
 * Returns whether there will be such an event: not if it does not run.
 */
bool worker_prepare(struct worker *worker, struct generation *generation);
/* The event `committed` follows; returns whether it will. */
bool worker_commit(struct worker *worker);
void worker_discard(struct worker *worker);

/* Has its loop take a turn, unless it is still to take the one before. */
void worker_ask_turn(struct worker *worker);
/*
 * Seconds for which such a turn has been waited for; 0 if none is, or if the
 * worker does not run.  For any thread.
 */
double worker_waiting(const struct worker *worker);

/* Waits for its thread, if it has one, after the event `ended`. */
void worker_join(struct worker *worker);

#endif
