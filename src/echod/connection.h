/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The connections of one worker.  Used in the worker's thread only.
 */
#ifndef ECHOD_CONNECTION_H
#define ECHOD_CONNECTION_H

#include "counters.h"
#include "idle.h"
#include "limits.h"
#include "tls_statistics.h"
#include "traffic.h"

#include <await.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* On the heap: the others of the list touch it while its task hibernates. */
struct connection {
	uint64_t id : 61;      /* never used twice in the life of the process */
	uint64_t drained : 1;  /* the daemon ended it */
	uint64_t idle : 1;     /* idle_timeout did */
	uint64_t closing : 1;  /* after the peer's end, with what is unsent */
	aw_task *task;
	aw_writer *writer;
	struct service *service;
	double opened;      /* when, in seconds of the monotonic clock */
	uint64_t echoed;
	uint64_t discarded; /* bytes that came after the daemon's end */
	struct idle_watch watch;
	size_t unsent;      /* when it was last found idle */
	LIST_ENTRY(connection) open; /* among its worker's */
};

struct connections {
	LIST_HEAD(, connection) open;
	/* Counted by the worker, read by the main thread. */
	_Atomic uint64_t open_count;
	_Atomic uint64_t total; /* the open ones, and all before them */
	bool ending;  /* no more is to be echoed */
	bool dropped; /* what is left has no time to finish */
};

struct shortage;

/* What the handler of a listener in a worker gets as its argument. */
struct service {
	struct connections *connections;
	const char *listener;
	bool access_log;
	struct idle_list idle;
	struct gate *gate;         /* the worker's; of the server's admission */
	uint64_t max_per_address;  /* connections; 0 is no limit */
	struct shortage *shortage; /* the worker's */
	bool failing;              /* the server can't accept */
	struct traffic *traffic;   /* the listener's */
	struct traffic_lane *lane; /* of that, the worker's */
	struct tls_statistics *tls; /* NULL is plain */
};

/* The aw_client_connected of all listeners; arg is a struct service. */
int connection_serve(aw_reader *reader, aw_writer *writer, void *arg);

/* Why it ended, which it did with err. */
enum end_reason connection_end_reason(const struct connection *connection,
    int err);

/*
 * Ends all connections: each sends what it has taken for its echo, then the end
 * of the stream.  This holds for those that come later, too.
 */
void connections_end(struct connections *connections);

/* How many are open, and how many have been; for any thread. */
uint64_t connections_open_count(const struct connections *connections);
uint64_t connections_total(const struct connections *connections);

#endif
