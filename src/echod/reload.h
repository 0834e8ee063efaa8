/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Taking up changed settings while it runs: all of them or none.  The new ones
 * are read and checked, what they need is opened, and each worker serves both
 * the old and the new until all of them can; then the old ends.  For the main
 * thread.
 */
#ifndef ECHOD_RELOAD_H
#define ECHOD_RELOAD_H

#include "arguments.h"
#include "generation.h"
#include "worker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reload {
	/* Filled in by the caller. */
	const struct arguments *arguments;
	struct worker *workers;
	size_t worker_count;
	struct generation *generation; /* in force; reload replaces it */
	/* It is over, whether there is a new generation or not. */
	void (*done)(void *arg);
	void *arg;

	struct generation *next;       /* while workers prepare for it */
	bool committing;               /* they end the old one */
	size_t awaited;                /* how many of them are to answer */
	int error;                     /* of one of them */
	size_t changes;                /* of settings */
	bool again;                    /* when this one is over */
	bool stopping;                 /* none is begun any more */

	/* For any thread to read. */
	_Atomic uint64_t good;
	_Atomic uint64_t failed;
	_Atomic int64_t last_good;     /* seconds since the epoch; 0: none */
	_Atomic bool last_failed;
};

/* Begins one; if one is under way, another follows it. */
void reload_begin(struct reload *reload);
/* A worker's events `prepared` and `committed`. */
void reload_prepared(struct reload *reload, int error);
void reload_committed(struct reload *reload);
/*
 * The end has begun: a reload that is under way comes to nothing, and the
 * sockets are closed here.  Not before all workers have started.
 */
void reload_stop(struct reload *reload);
/* To be called when no worker runs any more; gives up both generations. */
void reload_close(struct reload *reload);

#endif
