/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "limits.h"

#include "common/log.h"
#include "common/log_limit.h"
#include "common/monotonic.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

/* The share of the connections that has to go before there is room again. */
#define RELIEF 10
/* Seconds in which it is said once that there is none. */
#define SECONDS 10

struct limits {
	pthread_mutex_t mutex;
	uint64_t connections;  /* with places for those who are to come */
	uint64_t entered;      /* those places */
	uint64_t max_connections;
	bool closes;
	bool full;             /* that has been logged, and not its end */
	struct log_limit limit; /* of the line for that */
	TAILQ_HEAD(, gate) waiting;
	uint64_t waiting_count;
	uint64_t max_buffered;
	aw_output_limit *buffers;
	struct address_counts *addresses;
};

struct limits *
limits_new(void)
{
	struct limits *limits = calloc(1, sizeof(*limits));

	if (limits == NULL)
		return NULL;
	pthread_mutex_init(&limits->mutex, NULL);
	limits->limit = (struct log_limit)LOG_LIMIT_INITIALIZER(1, SECONDS);
	TAILQ_INIT(&limits->waiting);
	limits->buffers = aw_output_limit_new(SIZE_MAX);
	limits->addresses = address_counts_new();
	if (limits->buffers != NULL && limits->addresses != NULL)
		return limits;
	limits_free(limits);
	return NULL;
}

void
limits_free(struct limits *limits)
{
	if (limits == NULL)
		return;
	address_counts_free(limits->addresses);
	aw_output_limit_free(limits->buffers);
	pthread_mutex_destroy(&limits->mutex);
	free(limits);
}

aw_output_limit *
limits_buffers(struct limits *limits)
{
	return limits->buffers;
}

struct address_counts *
limits_addresses(struct limits *limits)
{
	return limits->addresses;
}

static bool
has_place(const struct limits *limits)
{
	return limits->max_connections == 0 ||
	    limits->connections < limits->max_connections;
}

/* ------------------------------------------------------------ who waits */

static void
add_waiting(struct limits *limits, struct gate *gate)
{
	if (gate->waits || gate->closed)
		return;
	gate->waits = true;
	TAILQ_INSERT_TAIL(&limits->waiting, gate, waiting);
	limits->waiting_count++;
}

static void
remove_waiting(struct limits *limits, struct gate *gate)
{
	if (!gate->waits)
		return;
	gate->waits = false;
	TAILQ_REMOVE(&limits->waiting, gate, waiting);
	limits->waiting_count--;
}

static void on_place(void *arg);

/*
 * If there is a place, tells the one that has waited for longest: under the
 * mutex, so that its loop is still there.  Without memory for that it keeps
 * waiting, and is told when the next connection leaves.  Returns whether it is
 * the caller's own, which the caller tells.
 */
static bool
tell_next(struct limits *limits, const struct gate *own)
{
	struct gate *gate = TAILQ_FIRST(&limits->waiting);

	if (gate == NULL || (!has_place(limits) && !limits->closes))
		return false;
	if (gate != own && aw_loop_call_soon_threadsafe(gate->loop, on_place,
	    gate) < 0)
		return false;
	remove_waiting(limits, gate);
	return gate == own;
}

/* What a gate does not need is for the next one. */
static void
pass_on(void *arg)
{
	struct gate *gate = arg;

	pthread_mutex_lock(&gate->limits->mutex);
	(void)tell_next(gate->limits, NULL);
	pthread_mutex_unlock(&gate->limits->mutex);
}

/*
 * In the gate's thread.  Its servers try in this iteration's turn, or have been
 * closed meanwhile, or nobody waits for them any more.
 */
static void
on_place(void *arg)
{
	struct gate *gate = arg;

	if (!gate->closed)
		gate->resume(gate->arg);
	if (gate->closed ||
	    aw_loop_call_soon(gate->loop, pass_on, gate) == NULL)
		pass_on(gate);
}

void
limits_close_gate(struct limits *limits, struct gate *gate)
{
	pthread_mutex_lock(&limits->mutex);
	remove_waiting(limits, gate);
	gate->closed = true;
	pthread_mutex_unlock(&limits->mutex);
	/* It may have been told of a place. */
	pass_on(gate);
}

/* -------------------------------------------------------------- places */

/* Not because of places that may be left again, as nobody has come. */
static bool
is_full(const struct limits *limits)
{
	return limits->max_connections > 0 &&
	    limits->connections - limits->entered >= limits->max_connections;
}

/*
 * Returns whether that is to be logged: not if connections come and go at the
 * limit, of which there is a line now and then.
 */
static bool
become_full(struct limits *limits)
{
	uint64_t left_out;

	if (limits->full)
		return false;
	limits->full = log_limit_allows(&limits->limit, monotonic_seconds(),
	    &left_out);
	return limits->full;
}

static bool
become_relieved(struct limits *limits)
{
	uint64_t most = limits->max_connections;
	bool relieved = limits->full && (most == 0 ||
	    limits->connections + most / RELIEF < most);

	if (relieved)
		limits->full = false;
	return relieved;
}

static void
log_full(uint64_t most, bool closes)
{
	log_warning("max_connections is reached, %" PRIu64 ": new connections "
	    "%s until others close; raise it, or LimitNOFILE= of the service "
	    "if it is auto", most, closes ? "are closed" : "wait");
}

static void
log_relief(void)
{
	log_notice("there is room for new connections again");
}

bool
limits_enter(struct limits *limits, struct gate *gate)
{
	bool news = false, waits;
	uint64_t most;

	pthread_mutex_lock(&limits->mutex);
	most = limits->max_connections;
	waits = !limits->closes && !has_place(limits);
	if (waits) {
		add_waiting(limits, gate);
		news = is_full(limits) && become_full(limits);
	} else {
		limits->connections++;
		limits->entered++;
		gate->entered = true;
	}
	pthread_mutex_unlock(&limits->mutex);
	if (news)
		log_full(most, false);
	return !waits;
}

/* Who was let in before the limit was lowered, or before closes, stays. */
static bool
is_too_many(const struct limits *limits)
{
	return limits->closes && limits->max_connections > 0 &&
	    limits->connections - limits->entered > limits->max_connections;
}

bool
limits_admit(struct limits *limits, struct gate *gate)
{
	bool closes, fits, news;
	uint64_t most;

	pthread_mutex_lock(&limits->mutex);
	gate->entered = false;
	limits->entered--;
	most = limits->max_connections;
	closes = limits->closes;
	fits = !is_too_many(limits);
	news = (!fits || (!closes && limits->waiting_count > 0 &&
	    is_full(limits))) && become_full(limits);
	pthread_mutex_unlock(&limits->mutex);
	if (news)
		log_full(most, closes);
	return fits;
}

void
limits_leave(struct limits *limits, struct gate *gate)
{
	bool relieved, own;

	pthread_mutex_lock(&limits->mutex);
	limits->connections--;
	limits->entered -= gate->entered;
	gate->entered = false;
	relieved = become_relieved(limits);
	own = tell_next(limits, gate);
	pthread_mutex_unlock(&limits->mutex);
	if (own)
		on_place(gate);
	if (relieved)
		log_relief();
}

void
limits_set(struct limits *limits, uint64_t max_connections, bool closes,
    uint64_t max_buffered)
{
	pthread_mutex_lock(&limits->mutex);
	limits->max_connections = max_connections;
	limits->closes = closes;
	limits->max_buffered = max_buffered;
	/* Those that are told pass on what they leave. */
	(void)tell_next(limits, NULL);
	pthread_mutex_unlock(&limits->mutex);
	aw_output_limit_set(limits->buffers,
	    max_buffered > 0 ? (size_t)max_buffered : SIZE_MAX);
}

void
limits_get(struct limits *limits, struct limits_state *state)
{
	pthread_mutex_lock(&limits->mutex);
	state->connections = limits->connections - limits->entered;
	state->max_connections = limits->max_connections;
	state->max_buffered = limits->max_buffered;
	state->waiting = limits->waiting_count;
	pthread_mutex_unlock(&limits->mutex);
	state->buffered = aw_output_limit_used(limits->buffers);
}
