/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The main thread's side of a run: it starts the threads, gathers what they
 * measure at each interval, and ends them.
 */
#ifndef LOAD_COORDINATOR_H
#define LOAD_COORDINATOR_H

#include <sys/resource.h>

#include "load/run.h"
#include "load/worker.h"

struct coordinator {
	const struct load_options *options;
	const struct run_events *events; /* or NULL */
	struct load_result *result;
	char *error;
	size_t error_size;

	struct plan plan;
	aw_loop *loop;
	aw_event *changed;
	aw_handle *alarm;       /* wakes it; NULL: none is set */
	struct worker *workers;
	size_t count;           /* of those that were started */
	size_t ready;
	size_t ended;
	size_t asked;           /* to hand over */

	struct worker_course course;
	struct statistics *interval;
	int64_t interval_since;
	int64_t next_interval;
	int64_t next_look;      /* for connections that nothing comes on */
	int64_t alive_at;       /* when a connection was last there */
	bool is_dead;           /* none has been for too long */
	struct rusage usage_begin; /* of the part measured */
	struct rusage usage_end;
	bool usage_begun;
	bool usage_ended;

	unsigned interrupts;
	bool abort_wanted;      /* by the event interval */
	bool stopping;
	int64_t stopped;        /* when that was */
	bool aborting;
};

/* The main task; its argument is the coordinator.  0 or a negative error. */
int coordinator_run(void *coordinator);

#endif
