/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Inside a server: what accept.c, client.c, server.c and start_server.c share.
 */
#ifndef AWAIT_NET_SERVER_H
#define AWAIT_NET_SERVER_H

#include "await.h"

#include <sys/queue.h>
#include <sys/types.h>

#include "core/loop.h"
#include "core/waiters.h"

struct aw_transport;

/* A connection, as its server knows it. */
struct aw_client {
	aw_server *server;
	struct aw_transport *transport;
	void *seat; /* of admission */
	LIST_ENTRY(aw_client) open; /* among the server's */
};

struct aw_listener {
	aw_server *server;
	int fd;
	struct aw_watch watch;
	bool watched;
	/* The path that goes with it, if it is still the same file. */
	char *path;
	dev_t device;
	ino_t inode;
};

struct aw_server {
	aw_loop *loop;
	aw_client_connected *handler; /* for a task a connection, or: */
	const aw_protocol *protocol;
	void *arg;
	aw_server_options options;
	uint64_t tls_failures[AW_TLS_REASONS];
	unsigned references; /* the owner's, and one a connection */
	LIST_HEAD(, aw_client) clients;
	size_t client_count;
	struct aw_waiters close_waiters;
	struct aw_waiters serve_waiters;
	bool closed;
	bool serving;        /* listens and accepts */
	bool failing;        /* accept has failed and not yet worked again */
	unsigned failures;   /* of accept in a row, of other kinds */
	bool paused;
	bool asking;         /* admission for a place, just now */
	bool full;           /* admission had no place, and has not told since */
	bool in_ring;        /* about to ask for one again */
	size_t turn;         /* which listener does so first */
	struct aw_timer resume;
	struct aw_ready ready;
	size_t listener_count;
	struct aw_listener listeners[];
};

/*
 * A connection has gone: counts and tells if that was before its TLS handshake
 * was done.
 */
void aw_server_see_tls(aw_server *server, struct aw_transport *transport);

/* Gives up a reference; the last one frees the server, which is closed. */
void aw_server_unref(aw_server *server);

/*
 * Starts a connection, in a task or with the protocol, which takes over fd and
 * its seat.  Returns 0, or an error with which both stay the caller's.
 */
AW_MUST_CHECK int aw_server_start_client(aw_server *server, int fd,
    const struct sockaddr *peer, void *seat);
/* A place of admission is free again, if the server has such. */
static inline void
aw_server_leave(aw_server *server, void *seat)
{
	if (server->options.admission.leave != NULL)
		server->options.admission.leave(server, seat,
		    server->options.admission.arg);
}

/*
 * Adds a socket, which is the server's if that succeeds.  listeners has room
 * for it.
 */
AW_MUST_CHECK int aw_accept_add(aw_server *server, int fd);

/* Accepts on all of them; 0 or -ENOMEM. */
AW_MUST_CHECK int aw_accept_start(aw_server *server);

/* Lets go of all sockets, closing them or not, and removes their paths. */
void aw_accept_remove(aw_server *server, bool close_sockets);

/*
 * Takes in what the kernel has connected already: closing the sockets would
 * reset it.
 */
void aw_accept_rest(aw_server *server);

/* Accepts again, after a pause that is not over; if there is one. */
void aw_accept_resume(aw_server *server);

#endif
