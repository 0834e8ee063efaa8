/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How much all workers together may have: connections, in all and by address,
 * and bytes that wait to be sent.  There is one of it in the process; it
 * outlives reloads, and all functions are for any thread.
 *
 * Each worker has a gate.  Where no place is left the gate waits, and the
 * worker does not accept, until it is told that there is one again.  Gates are
 * told in the order in which they came to wait.
 */
#ifndef ECHOD_LIMITS_H
#define ECHOD_LIMITS_H

#include "address_counts.h"

#include <await.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct limits;

/* Of a worker; for its thread, but for what limits.c does with it. */
struct gate {
	/* Filled in by the caller. */
	struct limits *limits;
	aw_loop *loop;
	void (*resume)(void *arg); /* there is a place: try to accept */
	void *arg;

	/* Of limits.c, under its mutex. */
	bool entered;              /* and nobody has come yet */
	bool waits;
	bool closed;
	TAILQ_ENTRY(gate) waiting;
};

/* Without any limit yet.  NULL: no memory. */
struct limits *limits_new(void);
/* After the last connection has gone.  NULL is fine. */
void limits_free(struct limits *limits);

/*
 * From here on there may be so many connections, and bytes; what is there
 * stays.  0 is no limit.  With closes, those that find no place are to be
 * closed, rather than wait.
 */
void limits_set(struct limits *limits, uint64_t max_connections, bool closes,
    uint64_t max_buffered);

/*
 * A place for whoever will be accepted.  Returns false if there is none, and the
 * gate will be told of one; not with closes.  Whoever then comes is told of by
 * limits_admit, or else the place is left again.
 */
bool limits_enter(struct limits *limits, struct gate *gate);
/*
 * Somebody has come.  Returns whether the place is his, or he is to be closed
 * and to leave it: only then is it known that others did not take the places
 * that they were about to.
 */
bool limits_admit(struct limits *limits, struct gate *gate);
/* A place is free that limits_enter gave to this gate. */
void limits_leave(struct limits *limits, struct gate *gate);
/* The worker accepts no more; nothing calls its gate any more. */
void limits_close_gate(struct limits *limits, struct gate *gate);

/* For aw_connection_options.output_limit. */
aw_output_limit *limits_buffers(struct limits *limits);
struct address_counts *limits_addresses(struct limits *limits);

/* What there is at this moment, and what there may be; 0 is no limit. */
struct limits_state {
	uint64_t connections;     /* those in a TLS handshake included */
	uint64_t max_connections;
	uint64_t buffered;        /* bytes */
	uint64_t max_buffered;
	uint64_t waiting;         /* workers that do not accept, being full */
};
void limits_get(struct limits *limits, struct limits_state *state);

#endif
