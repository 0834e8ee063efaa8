/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The command line of a run of echo-load.
 */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/addresses.h"
#include "common/tls_options.h"
#include "load/objective.h"
#include "load/rate_plan.h"
#include "load/sizes.h"

#define LOAD_DEFAULT_PORT 7007

enum load_mode {
	MODE_CLOSED,     /* the next message when one is back */
	MODE_OPEN,       /* messages when they are due, at --rate */
	MODE_CHURN,      /* connect, echo, close */
	MODE_HANDSHAKES, /* connect, handshake of TLS, close */
	MODE_BULK,       /* one long stream each way */
	MODE_IDLE,       /* connections that are held, and tried at the end */
};
/* In the order of the enum, then NULL. */
extern const char *const load_mode_names[];

enum load_arrivals {
	ARRIVALS_UNIFORM, /* as far apart as the rate says */
	ARRIVALS_POISSON, /* independent of each other, at that rate */
};
extern const char *const load_arrivals_names[];

/* What a client does beside sending and reading. */
enum load_behaviour {
	BEHAVE_WELL,
	BEHAVE_BYTEWISE,    /* sends a byte at a time */
	BEHAVE_SLOW_READER, /* reads a little, and pauses */
	BEHAVE_HALF_CLOSE,  /* ends its half after the messages, then reads */
	BEHAVE_RESET,       /* resets the connection in the middle of an echo */
};
extern const char *const load_behaviour_names[];

struct load_options {
	struct address address;
	char text[ADDRESS_TEXT_SIZE]; /* the address, its port included */
	int mode;                     /* enum load_mode */

	int64_t connections;
	int64_t depth;                /* messages under way on a connection */
	int64_t threads;
	struct rate_plan rate;        /* of MODE_OPEN and, optionally, CHURN */
	int arrivals;                 /* enum load_arrivals */
	struct sizes sizes;           /* bytes a message */
	int behaviour;                /* enum load_behaviour */
	const char *sources;          /* local addresses; NULL: the kernel's */

	double duration;              /* seconds; 0: no limit */
	int64_t count;                /* messages; 0: no limit */
	uint64_t bytes;               /* to be sent; 0: no limit */
	double warm_up;               /* seconds cut off at the start */
	double cool_down;             /* and at the end */
	double timeout;               /* to connect, and without an echo */
	double start_at;              /* seconds of CLOCK_REALTIME; 0: at once */
	uint64_t seed;
	bool seed_given;
	bool verify;                  /* compare every byte; the default */

	struct tls_options tls;
	bool resume;                  /* sessions of TLS */

	int64_t runs;
	struct objective_list find_max;
	double find_max_precision;    /* as a share of the rate */
	struct objective_list slo;
	bool abort_on_fail;
	bool strict;                  /* SUSPECT is an exit status */

	double interval;              /* seconds between lines and log entries */
	bool quiet;
	bool json;                    /* on standard output */
	const char *json_file;        /* --json=FILE, or NULL; so the others */
	const char *csv_file;
	const char *hdr_log_file;
	const char *html_file;
	bool help;
	bool version;
};

/*
 * Reads a command line.  Returns 0, and load_options_free then ends the
 * options; or -EINVAL, -ERANGE or -ENOMEM, and error then holds the line to
 * print, without the program's name and without a line end.
 */
int load_options_read(struct load_options *options, int argc, char **argv,
    char *error, size_t error_size);
void load_options_free(struct load_options *options);

/* Prints what --help shows. */
void load_options_help(FILE *file);

#endif
