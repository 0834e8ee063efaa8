/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The servers of a worker, one a listener, and those of earlier generations
 * that still have connections.  Used in the worker's thread only.
 */
#ifndef ECHOD_SERVING_H
#define ECHOD_SERVING_H

#include "connection.h"
#include "generation.h"
#include "idle.h"
#include "limits.h"
#include "shortage.h"

#include <await.h>
#include <stddef.h>
#include <sys/queue.h>

struct server;
TAILQ_HEAD(server_list, server);

struct serving {
	/* Filled in by the caller. */
	aw_loop *loop;
	size_t worker;             /* its index */
	struct connections *connections;
	struct shortage *shortage;
	struct limits *limits;

	struct gate gate;          /* of all its servers */
	size_t turn;               /* which of them is told first */
	struct idle idle;

	struct generation *generation; /* in force here, or NULL */
	struct generation *next;       /* prepared, or NULL */
	struct server_list current;
	struct server_list prepared;   /* of next, where listeners changed */
	struct server_list retired;    /* listen no more */
};

/* The caller's fields are filled in. */
void serving_init(struct serving *serving);

/*
 * Starts the servers that the generation needs and this worker does not have;
 * they accept from now on, as do the old ones.  Returns 0, and serving_commit
 * or serving_discard has to follow; or -errno, and then all is as it was.
 */
int serving_prepare(struct serving *serving, struct generation *generation);
/* What the generation does not need stops listening.  Nothing is lost. */
void serving_commit(struct serving *serving);
/* The new servers stop listening; what they have accepted goes on. */
void serving_discard(struct serving *serving);

/* Stops listening. */
void serving_close(struct serving *serving);
/*
 * Ends what serving_init and the servers began in the loop.  In a task, as the
 * last thing before serving_free.
 */
void serving_end(struct serving *serving);
/* Waits until the last connection is closed.  Returns 0 or -ECANCELED. */
AW_MUST_CHECK int serving_wait(struct serving *serving);
/* Those included whose echo is over, but not sent yet. */
size_t serving_connection_count(const struct serving *serving);
void serving_abort_clients(struct serving *serving);

/* Closes and frees all. */
void serving_free(struct serving *serving);

#endif
