/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a listener's TLS has come to, in numbers, and what is logged of it.
 */
#ifndef ECHOD_TLS_STATISTICS_H
#define ECHOD_TLS_STATISTICS_H

#include "common/log_limit.h"
#include "common/log_line.h"

#include <await.h>
#include <stdatomic.h>
#include <stdint.h>

/* How a connection may end badly after its handshake. */
enum tls_end {
	TLS_END_TRUNCATED, /* cut off, without the end of TLS */
	TLS_END_ALERT,     /* by an alert of the peer's */
	TLS_END_BROKEN,    /* by records that break the protocol */
	TLS_ENDS
};

/* "truncated", "alert", "broken". */
const char *tls_end_name(enum tls_end end);

/* All workers count; the numbers only grow. */
struct tls_statistics {
	const char *listener;         /* its name */
	_Atomic uint64_t handshakes;  /* that succeeded */
	_Atomic uint64_t resumed;     /* of those */
	_Atomic uint64_t tls_1_2;     /* of those */
	_Atomic uint64_t tls_1_3;     /* of those */
	_Atomic uint64_t with_client; /* of those: by a certificate */
	_Atomic uint64_t failures[AW_TLS_REASONS];
	_Atomic uint64_t ends[TLS_ENDS];
	struct log_limit limit;       /* of lines about failures */
};

/* All counts are 0; the name has to stay. */
void tls_statistics_init(struct tls_statistics *statistics,
    const char *listener);

/* Counts a connection whose handshake is done. */
void tls_statistics_add(struct tls_statistics *statistics,
    const aw_writer *writer);

/*
 * Counts the end of one whose handshake was done, by its error; those that are
 * not TLS's are not counted.
 */
void tls_statistics_end(struct tls_statistics *statistics, int error);

/*
 * The aw_tls_failed of all servers: counts and, within limits, logs; arg is the
 * listener's struct tls_statistics.
 */
void tls_statistics_failed(aw_server *server, const aw_tls_failure *failure,
    void *arg);

/* Logs the sums in a line or two, if there was anything. */
void tls_statistics_log(struct tls_statistics *statistics);

/*
 * What TLS has agreed on with a connection, for its line in the log: at most
 * TLS_FIELDS fields, whose texts lie in texts.  Returns how many.
 */
#define TLS_FIELDS 7
struct tls_texts {
	char texts[TLS_FIELDS - 1][512];
};
size_t tls_fields(const aw_writer *writer, struct tls_texts *texts,
    struct log_field *fields);

#endif
