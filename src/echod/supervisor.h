/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the main thread does now and then for the service manager: it has each
 * worker's loop take a turn, and feeds the watchdog if all of them have; and it
 * tells how many connections there are.  For the main thread.
 */
#ifndef ECHOD_SUPERVISOR_H
#define ECHOD_SUPERVISOR_H

#include "worker.h"

#include <await.h>
#include <stdbool.h>
#include <stddef.h>

struct supervisor {
	aw_loop *loop;
	struct worker *workers;
	size_t worker_count;
	size_t address_count;
	bool stopping;       /* to be set when the end has begun */
	double interval;     /* seconds between two looks */
	bool feeds;          /* there is a watchdog */
	aw_handle *timer;
	size_t stuck;        /* workers that took no turn since the last look */
	char status[128];    /* what was told last */
};

/*
 * Begins, if there is a service manager that wants to know; the fields down to
 * address_count are filled in.
 */
void supervisor_start(struct supervisor *supervisor);
void supervisor_stop(struct supervisor *supervisor);

#endif
