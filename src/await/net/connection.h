/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A connection: a transport, and the reader and the writer on it, in one piece
 * of memory.  A server's lie beside the task that handles them, a client's on
 * the heap.
 */
#ifndef AWAIT_NET_CONNECTION_H
#define AWAIT_NET_CONNECTION_H

#include "await.h"

#include <netinet/in.h>

#include "net/transport.h"

struct aw_reader {
	/* What has been received and not been taken. */
	char *start;
	size_t length;
	/*
	 * Where it lies: in the loop's receive buffer while the reader is the
	 * loop's lender, otherwise in a buffer of its own.
	 */
	char *buffer;
	size_t capacity;
	size_t limit;
	size_t partial; /* bytes that the last AW_EINCOMPLETE delivered */
	int error;      /* of its own: out of memory */
	bool eof;       /* nothing more will come */
	bool ending;    /* by feed_eof: the end is after so many bytes: */
	size_t to_come;
};

struct aw_writer {
	/*
	 * The peer, if it has an IP address: a socket that is no longer
	 * connected does not tell.
	 */
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} peer;
};

struct aw_connection {
	struct aw_transport transport;
	struct aw_reader reader;
	struct aw_writer writer;
	bool freed; /* by aw_writer_free, while there was output to send */
	LIST_ENTRY(aw_connection) lingering; /* among the loop's */
};

static inline struct aw_connection *
aw_connection_of_reader(const aw_reader *reader)
{
	return aw_container_of(reader, struct aw_connection, reader);
}

static inline struct aw_connection *
aw_connection_of_writer(const aw_writer *writer)
{
	return aw_container_of(writer, struct aw_connection, writer);
}

/*
 * Prepares a connection, in zeroed memory, on a connected socket that it takes
 * over; peer may be NULL.  Returns 0 or -ENOMEM.
 */
AW_MUST_CHECK int aw_connection_init(struct aw_connection *connection,
    aw_loop *loop, int fd, const struct sockaddr *peer,
    const aw_connection_options *options,
    void (*closed)(struct aw_transport *));

/* Frees what the reader holds; the transport must be closed. */
void aw_connection_release(struct aw_connection *connection);

/* A connection on the heap, for aw_writer_free; the same arguments. */
AW_MUST_CHECK int aw_connection_new(aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    struct aw_connection **connection);

/* Aborts what still lingers; for a loop that is closing. */
void aw_connections_close(aw_loop *loop);

/* Frees the reader's buffer. */
void aw_reader_release(aw_reader *reader);

#endif
