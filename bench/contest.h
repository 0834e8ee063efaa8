/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Echo servers that take turns under the same load, round after round, each
 * round with new processes and connections.
 */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "load.h"

#define CONTEST_SERVERS 32
#define CONTEST_ROUNDS 1000

struct contest_options {
	const struct load_kind *kind;
	struct load_options load;
	bool doubling;         /* connections, from one server to the next */
	int64_t rounds;
	double duration;       /* seconds of every server a round */
	double turn;           /* seconds after which the next has its turn */
	int64_t messages;      /* a turn, at the most; 0 is no limit */
	int64_t rate;          /* messages a second; 0 is as many as it can */
	int64_t share;         /* or a rate in per cent of that; 0 is none */
	int64_t server_cpu;    /* processors, or -1 */
	int64_t generator_cpu;
	const char *preload;   /* library that counts allocations, or NULL */
};

/* What one round gave for one server. */
struct contest_figures {
	size_t connections;
	double messages;
	double seconds;
	double server_cpu;     /* seconds, of all its processes */
	double generator_cpu;
	double rate;           /* messages a second that were asked for, or 0 */
	int64_t resident;      /* bytes, while it is connected */
	int64_t allocations;   /* calls, or -1 */
	int64_t latencies[5];  /* nanoseconds, as CONTEST_PERCENTILES are */
};

/* Of which messages the latencies are: the last one is the greatest. */
#define CONTEST_PERCENTILES { 50, 90, 99, 99.9, 100 }

/* Is told the figures of a round, one for each server, once it is over. */
typedef void contest_listener(void *arg, int64_t round,
    const struct contest_figures *figures);

/*
 * Runs all rounds with the named servers, and tells the listener.  Returns 0,
 * or a negative error with its text in error.
 */
int contest_run(const struct contest_options *options, char **names,
    size_t count, contest_listener *listener, void *arg, char *error,
    size_t error_size);

#endif
