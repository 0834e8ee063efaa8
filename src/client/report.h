/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a run has found out: figures, errors, and the exit status they amount
 * to.
 */
#ifndef CLIENT_REPORT_H
#define CLIENT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <await.h>

#include "client/compare.h"
#include "client/options.h"
#include "client/statistics.h"
#include "common/tls_parameters.h"

/* Exit statuses. */
enum {
	CLIENT_GOOD = 0,
	CLIENT_WRONG = 1,       /* an echo was wrong or missing; other errors */
	CLIENT_UNREACHABLE = 2, /* there was no connection, or no TLS on it */
	CLIENT_USAGE = 3,
	CLIENT_INTERRUPTED = 130, /* what a shell makes of a death by SIGINT */
};

/* What the client was at when an error came. */
enum report_phase {
	REPORT_CONNECT,
	REPORT_HANDSHAKE, /* of TLS */
	REPORT_ECHO,
	REPORT_END,    /* waiting for the server to end the connection */
	REPORT_INPUT,
	REPORT_OUTPUT,
	REPORT_INTERNAL,
};

/* The names of the phases, in the order of the enum. */
extern const char *const report_phase_names[];

/* Errors beyond these are counted and printed, but not kept. */
#define REPORT_ERRORS_KEPT 16

struct report_error {
	enum report_phase phase;
	uint64_t sequence;            /* of the numbered echo, or 0 */
	bool differs;                 /* whether difference says something */
	struct difference difference;
	char text[480];
};

struct report {
	const struct client_options *options;
	int status;
	bool interrupted;   /* by SIGINT */
	bool output_closed; /* standard output's reader has gone */
	int output_error;   /* why nothing more is printed, or 0 */

	bool answered;       /* a server has been reached */
	bool connected;      /* and there is TLS, if there is to be */
	char peer[ADDRESS_TEXT_SIZE]; /* the address that answered */
	double connect_time; /* seconds, without what TLS took */
	bool encrypted;      /* TLS is spoken, and the next three are known */
	double handshake_time;
	struct tls_parameters tls;
	bool lacks_certificate; /* which the server asked for */
	double started;      /* of monotonic_seconds, once connected */
	double ended;

	uint64_t bytes_sent;
	uint64_t bytes_received;

	uint64_t sent;     /* numbered echoes */
	uint64_t received; /* in full, right or wrong */
	uint64_t wrong;
	struct statistics round_trips; /* of the right ones, in seconds */

	struct report_error errors[REPORT_ERRORS_KEPT];
	uint64_t error_count;
};

/* Nothing has happened yet; the options have to stay. */
void report_init(struct report *report, const struct client_options *options);

/*
 * Notes an error, prints it on standard error and sets the exit status, unless
 * an earlier error has.  sequence is 0, and difference NULL, if there is none.
 */
void report_fail(struct report *report, enum report_phase phase,
    uint64_t sequence, const struct difference *difference,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * Writes to standard output; what fails is noted once, except that
 * output_closed stands for -EPIPE.  Returns 0 or a negative error.
 */
int report_print(struct report *report, const void *data, size_t size);

/*
 * How the connection was lost by the error of the task's last call.  In TLS 1.3
 * a server that misses a client certificate ends it as late as that.  Writes at
 * most size bytes and returns buffer.
 */
const char *report_loss_text(const struct report *report, int error,
    char *buffer, size_t size);

/*
 * What the first bytes of the connection tell about the server if they are no
 * echo: words that begin with a semicolon, or none.
 */
const char *report_server_text(const struct report *report, const void *first,
    size_t size);

/* Whether echoes are to be printed. */
bool report_is_talkative(const struct report *report);

#endif
