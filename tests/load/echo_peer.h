/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server in a thread of the test, which may misbehave.  Once it
 * runs, it calls nothing that tests/await/fail.h makes fail.
 */
#ifndef TESTS_LOAD_ECHO_PEER_H
#define TESTS_LOAD_ECHO_PEER_H

#include <pthread.h>
#include <stdint.h>

enum echo_peer_kind {
	PEER_ECHOES,
	PEER_CHANGES, /* a byte, of each connection's 1001st */
	PEER_REPEATS, /* what it received, once a connection has sent 1000 */
	PEER_ENDS,    /* a connection that has sent 1000 bytes */
	PEER_GATHERS, /* waits until a connection has sent 1000, then echoes */
	PEER_SILENT,  /* reads, and answers nothing */
};

#define ECHO_PEER_CLIENTS 32

struct echo_peer {
	enum echo_peer_kind kind;
	uint16_t port;
	pthread_t thread;
	int listener;
	int stop[2];            /* a pipe; its end ends the server */
	int clients[ECHO_PEER_CLIENTS];
	uint64_t received[ECHO_PEER_CLIENTS];
	unsigned count;
	unsigned accepted;      /* in all, when it has ended */
};

/* Listens on 127.0.0.1 and some port. */
void echo_peer_start(struct echo_peer *peer, enum echo_peer_kind kind);
void echo_peer_end(struct echo_peer *peer);

#endif
