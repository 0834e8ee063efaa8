/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a run has come to: everything that a report shows, and nothing that has
 * to be computed by more than one of them.
 */
#ifndef LOAD_RESULT_H
#define LOAD_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/tls_parameters.h"
#include "load/options.h"
#include "load/series.h"
#include "load/statistics.h"

/* Exit statuses. */
enum {
	LOAD_GOOD = 0,
	LOAD_USAGE = 1,
	LOAD_FAILED = 2,   /* could not run, or not to its end */
	LOAD_WRONG = 3,    /* an echo was wrong */
	LOAD_SUSPECT = 4,  /* with --strict, a run was not VALID */
	LOAD_MISSED = 99,  /* an objective was */
};

/* What ended it. */
enum load_end {
	END_DURATION,
	END_COUNT,
	END_BYTES,
	END_INTERRUPTED, /* by SIGINT or SIGTERM */
	END_ABORTED,     /* by --abort-on-fail */
	END_FAILED,      /* no connection was left */
};
extern const char *const load_end_names[];

/* The first echo that differed from what was sent. */
struct load_difference {
	bool found;
	uint64_t connection; /* from 0 */
	uint64_t message;    /* of the connection, from 0 */
	uint64_t offset;     /* of the byte in the connection's stream */
	uint64_t within;     /* and in the message */
	int expected;        /* the byte; -1: nothing was to come */
	int received;
	char text[160];      /* the same as a sentence, without a full stop */
};

/* An error, and how often it came.  Those of one kind and text are one. */
#define LOAD_ERRORS_KEPT 16
#define LOAD_ERROR_TEXT 200
struct load_error {
	enum statistics_counter kind; /* the counter that it is in */
	uint64_t count;
	uint64_t connection;          /* the first one that had it */
	double seconds;               /* when, after the start */
	char text[LOAD_ERROR_TEXT];
};

/* Why the figures may not be believed. */
#define LOAD_SUSPICIONS 16
struct load_verdict {
	size_t count;                 /* 0: VALID; otherwise SUSPECT */
	int kinds[LOAD_SUSPICIONS];   /* enum verdict_kind of verdict.h */
	char reasons[LOAD_SUSPICIONS][240];
	/* What it rests on; the run gives the first, verdict_reach the rest. */
	double cpu_share;      /* processor time of the busiest thread, a second */
	double lag_p99;        /* nanoseconds; of an open loop */
	double littles_law;    /* messages under way on the average, by count... */
	double littles_product; /* ...and as rate times mean service time */
	double fairness;       /* Jain's index over the connections: 1 is equal */
	uint64_t least_messages; /* of a connection */
	uint64_t most_messages;
	double open_share;     /* connections open on the average, of those asked */
};

struct load_result {
	const struct load_options *options;
	uint64_t seed;
	char peer[ADDRESS_TEXT_SIZE];   /* the address that answered */
	struct tls_parameters tls;      /* of the first handshake */
	bool encrypted;

	double started;         /* seconds of CLOCK_REALTIME: the schedule's 0 */
	double elapsed;         /* seconds from there to the end */
	double measured_from;   /* seconds after the start */
	double measured;        /* seconds between warm-up and cool-down */
	enum load_end end;
	bool reached_end;       /* measured is not empty */

	struct statistics *total; /* of the part measured */
	struct series series;     /* of all of the run */

	double offered;         /* messages due in the part measured; 0: closed */
	double cpu;             /* seconds of the process, in the part measured */
	double cpu_user;
	uint64_t memory;        /* bytes: the greatest resident set */
	double under_way;       /* messages under way, averaged over time */
	double connections_mean; /* open, averaged over the part measured */
	uint64_t connections_least;
	uint64_t connections_most;
	/* Echoes by connection, in the part measured: for fairness. */
	double echoes_sum;
	double echoes_squares;
	uint64_t echoes_least;
	uint64_t echoes_most;

	struct load_difference difference;
	size_t error_kinds;
	struct load_error errors[LOAD_ERRORS_KEPT];

	struct load_verdict verdict;
	int status;

	int64_t run;                    /* which of --runs, from 1 */
	const struct load_search *search; /* what found the rate, or NULL */
};

/* Echoes, or handshakes in their mode, a second of the part measured. */
double load_result_rate(const struct load_result *result);
/* The same of an interval, as their number. */
uint64_t load_result_done(const struct load_options *options,
    const struct series_entry *entry);
/* What that counts: "echoes". */
const char *load_result_unit(const struct load_result *result);
/* Bytes of echo a second. */
double load_result_throughput(const struct load_result *result);
/* The time that reports speak of first: how long one of them took. */
enum statistics_time load_result_time(const struct load_result *result);

/* NULL if memory is short. */
struct load_result *load_result_new(const struct load_options *options);
/* NULL is fine. */
void load_result_free(struct load_result *result);

#endif
