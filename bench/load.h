/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The kinds of load that an echo server can be put under, each from one thread.
 * Every byte that comes back is compared.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"
#include "common/histogram.h"

struct load;

struct load_options {
	size_t connections;
	uint64_t size;   /* bytes a message */
	uint64_t depth;  /* messages under way at a time on a connection */
	uint64_t behind; /* the most of them if they are sent at a rate */
	enum channel_tls tls;
	bool resumes;    /* each connection resumes the same session of TLS */
};

/* What a run is to do, until the first of the limits. */
struct load_goal {
	double seconds;
	int64_t messages; /* 0 is no limit */
	/*
	 * Messages a second, sent when they are due whatever has come back by
	 * then; 0 is as many as do come back.
	 */
	double rate;
	/* Nanoseconds of each message, from when it was due to its echo. */
	struct histogram *latencies;
};

struct load_kind {
	/* Returns 0 or -errno; free gives back what it took. */
	int (*new)(const struct sockaddr_in *address,
	    const struct load_options *options, struct load **load);
	/*
	 * Sends and receives, and at the end until nothing is under way any
	 * more.  Returns how many messages came back, or -errno: -ECONNRESET
	 * if the server closed a connection, -EBADMSG if something else came
	 * back than was sent, -ETIMEDOUT if nothing came for ten seconds,
	 * -EOVERFLOW if the server is far behind the rate, -EPROTO if TLS
	 * failed.
	 */
	int64_t (*run)(struct load *load, const struct load_goal *goal);
	void (*free)(struct load *load);
};

/* Connections that stay, and send their next message when one is back. */
extern const struct load_kind load_messages;

/*
 * A new connection for each message, which is closed after its echo; with TLS
 * also a new handshake.
 */
extern const struct load_kind load_connections;

/* Milliseconds without an event after which the server is taken for stuck. */
#define LOAD_STUCK 10000

#endif
