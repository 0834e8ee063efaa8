/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Counters of a listener: why its connections ended, and why others did not
 * begin.  Counted by all workers, when a connection comes or goes; read by any
 * thread at any time.  The numbers only grow.
 */
#ifndef ECHOD_COUNTERS_H
#define ECHOD_COUNTERS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Why a connection ended, whose handler had begun. */
enum end_reason {
	END_CLIENT_CLOSED, /* in order */
	END_RESET,         /* by the peer */
	END_TIMED_OUT,     /* the kernel gave the peer up */
	END_TRUNCATED,     /* TLS without its end */
	END_IDLE,          /* by idle_timeout */
	END_WRITE_TIMEOUT, /* by write_timeout */
	END_BUFFERS_FULL,  /* by max_buffered */
	END_DRAINED,       /* by the end of the daemon, in order */
	END_DROPPED,       /* the same, once its time was up */
	END_ERROR,         /* another error */
	END_REASONS
};

/* Why a connection was closed as soon as it was accepted. */
enum refusal {
	REFUSED_FULL,    /* by max_connections and when_full = close */
	REFUSED_ADDRESS, /* by max_per_address */
	REFUSED_MEMORY,  /* there was none to count it */
	REFUSALS
};

/* Why accepting stopped for a while. */
enum pause_reason {
	PAUSED_FULL,     /* by max_connections and when_full = wait */
	PAUSED_SHORTAGE, /* out of file descriptors, or memory */
	PAUSE_REASONS
};

struct counters {
	_Atomic uint64_t ended[END_REASONS];
	_Atomic uint64_t refused[REFUSALS];
	_Atomic uint64_t paused[PAUSE_REASONS];
};

/* One number of them.  Rows of the same name stand together. */
struct counter_row {
	const char *name;   /* "connections_ended" */
	const char *help;   /* what all rows of that name count */
	const char *label;  /* what tells them apart: "reason" */
	const char *value;  /* "idle" */
	size_t offset;      /* in struct counters */
};
extern const struct counter_row counter_rows[];
extern const size_t counter_row_count;

/* Adds one; for any thread. */
static inline void
counter_add(_Atomic uint64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* What the row's counter has come to; for any thread. */
uint64_t counter_get(struct counters *counters, const struct counter_row *row);

/* The word for a reason, which never changes; for the log as well. */
const char *end_reason_name(enum end_reason reason);
const char *refusal_name(enum refusal refusal);

#endif
