/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A server whose handshakes may fail, and what it was told of the last one.
 */
#ifndef TESTS_AWAIT_NET_TLS_WATCHED_H
#define TESTS_AWAIT_NET_TLS_WATCHED_H

#include "net/tls_peer.h"

struct tls_watched {
	unsigned count; /* of handshakes that failed */
	aw_tls_reason reason;
	int error;
	char text[256];
	bool has_peer;
	unsigned handled; /* of connections */
};
extern struct tls_watched tls_watched;

/* What such a server needs, with a timeout of 30 s. */
extern const aw_server_options tls_watched_options;
/* A handler that counts, and echoes. */
aw_client_connected tls_watched_handler;

/* Starts it with a context of the options. */
void tls_watched_start(struct tls_server *server,
    const aw_tls_options *options);

/* Whether so many handshakes have failed; for net_wait_until. */
bool tls_watched_failed(void *count);
/* Waits for one that fails so, and is the only one. */
void tls_watched_check(const struct tls_server *server, aw_tls_reason reason,
    int error);
/* A client's handshake fails with the error, and a text with the words. */
void tls_watched_refuse(const struct tls_server *server,
    const aw_connection_options *options, int error, const char *words);

#endif
