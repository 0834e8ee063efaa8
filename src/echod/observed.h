/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is there to be seen of the daemon, by a thread that must not hold up any
 * other: counters that others write, and lists that are replaced as a whole.
 */
#ifndef ECHOD_OBSERVED_H
#define ECHOD_OBSERVED_H

#include "limits.h"
#include "listener.h"
#include "phase.h"
#include "pulse.h"
#include "reload.h"
#include "tls.h"
#include "traffic.h"
#include "usage.h"
#include "worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* A loop that has not turned for so many seconds is said to stand. */
#define OBSERVED_STANDING 5.0

struct observed_certificate {
	char *file;
	double not_after; /* seconds since the epoch */
};

struct observed_listener {
	char *addresses;          /* "127.0.0.1:7, [::1]:7"; "": it closes */
	struct traffic *traffic;  /* has the name */
	struct tls_listener *tls; /* NULL is plain */
	struct observed_certificate *certificates;
	size_t certificate_count;
};

/* Of one generation, and what is left of those before.  It never changes. */
struct observed_listeners {
	_Atomic unsigned references;
	size_t count;
	struct observed_listener items[];
};

struct observed {
	/* Filled in by the main thread. */
	const struct worker *workers;
	size_t worker_count;
	const struct reload *reload;
	const struct pulse *pulse;
	double started;        /* seconds since the epoch */

	pthread_mutex_t mutex; /* held to exchange a pointer, no longer */
	struct observed_listeners *listeners;
};

/* No listeners are shown yet; what the main thread fills in comes after it. */
void observed_init(struct observed *observed);
/* When nobody looks any more. */
void observed_clear(struct observed *observed);

/*
 * Shows these listeners from now on, and those that were shown before as long
 * as they have connections.  Without memory for that all stays as it was.
 * Returns 0 or -ENOMEM.  For the main thread.
 */
int observed_show(struct observed *observed,
    const struct listeners *listeners);

/* One look at all of it. */
struct look {
	const struct observed *observed;
	struct observed_listeners *listeners;
	enum phase phase;
	struct limits_state limits;
	struct usage usage;
	double now; /* seconds since the epoch */
};

/* For the thread that looks; look_end follows. */
void look_begin(struct look *look, struct observed *observed,
    struct usage_files *files);
void look_end(struct look *look);

/* All listeners together. */
struct traffic_sum look_sum(const struct look *look);

/*
 * Seconds that a worker's loop, or the main one's if worker is the number of
 * workers, is late to turn; 0 if it is not.
 */
double look_standing(const struct look *look, size_t worker);
/* "worker 1" or "main". */
const char *look_loop_name(const struct look *look, size_t worker,
    char *buffer, size_t size);

/* Whether all loops turn; if not, text says which one does not. */
bool look_is_alive(const struct look *look, char *text, size_t size);
/* Whether new connections are welcome; if not, text says why. */
bool look_is_ready(const struct look *look, char *text, size_t size);

#endif
