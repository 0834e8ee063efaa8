/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How much all workers together may have: connections, and bytes that wait to
 * be sent.
 */
#ifndef ECHOD_LIMITS_H
#define ECHOD_LIMITS_H

#include <stdint.h>

struct limits;

/* What there is at this moment, and what there may be; 0 is no limit. */
struct limits_state {
	uint64_t connections;     /* those in a TLS handshake included */
	uint64_t max_connections;
	uint64_t buffered;        /* bytes */
	uint64_t max_buffered;
	uint64_t waiting;         /* workers that do not accept, being full */
};

/* For any thread, from limits_new until limits_free. */
void limits_get(struct limits *limits, struct limits_state *state);

#endif
