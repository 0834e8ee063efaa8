/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The administrator's side: a thread that shows what echod does, on addresses
 * of its own.  It has its own loop and its own table of descriptors, and only
 * reads what others count; so it slows nobody.  For the main thread.
 */
#ifndef ECHOD_ADMIN_H
#define ECHOD_ADMIN_H

#include "generation.h"
#include "observed.h"
#include "pulse.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

struct admin {
	aw_loop *loop;
	struct worker *workers;
	struct observed observed;
	struct pulse pulse;
	struct admin_sockets sockets; /* that the thread serves */
	bool running;

	/* Between the two threads. */
	pthread_t thread;
	sem_t ready;
	int error;     /* of the thread's start */
	bool started;  /* it has had the sockets, and has closed or keeps them */
	bool shared;   /* it has no table of descriptors of its own */
	int stop;      /* an eventfd */
	int *fds;      /* duplicates of the sockets, until it has started */
	size_t count;
};

/*
 * Begins, with the reload's generation.  What can't be started is logged, and
 * left out.  All that is given has to stay until admin_stop.
 */
void admin_start(struct admin *admin, aw_loop *loop, struct worker *workers,
    size_t worker_count, const struct reload *reload);
/* Shows another generation from now on, where its setting `admin` says. */
void admin_show(struct admin *admin, const struct generation *generation);
/* Ends it, and waits for that; to be called in a task. */
void admin_stop(struct admin *admin);

#endif
