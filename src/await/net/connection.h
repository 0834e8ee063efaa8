/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A stream: a transport, and the reader and the writer on it, which are its
 * protocol, in one piece of memory.  A server's lie beside the task that
 * handles them, others on the heap.
 */
#ifndef AWAIT_NET_CONNECTION_H
#define AWAIT_NET_CONNECTION_H

#include "await.h"

#include <stddef.h>

#include "core/task.h"
#include "core/waiters.h"
#include "net/pipe.h"
#include "net/transport.h"

/* Where a reader's bytes come from. */
enum aw_reader_source {
	AW_FROM_TRANSPORT,
	AW_FROM_PROGRAM,   /* by feed_data */
	AW_FROM_REST,      /* of a socket, after feed_eof */
};

struct aw_reader {
	size_t capacity;
	size_t limit;
	size_t partial; /* bytes that the last AW_EINCOMPLETE delivered */
	size_t to_come; /* of the rest */
	/* What a message touches, which the transport follows. */
	/*
	 * Where lies what it has: in the loop's receive buffer while the reader
	 * is the loop's lender, otherwise in a buffer of its own.
	 */
	char *buffer;
	/* What has been received and not been taken. */
	char *start;
	size_t length;
	/* The task that waits for data, if any. */
	struct task *waiter;
	int error;      /* of its own: out of memory, or set by the program */
	bool eof;       /* nothing more will come */
	uint8_t source; /* enum aw_reader_source */
};

struct aw_writer {
	struct aw_waiters drain_waiters;
	struct aw_waiters close_waiters;
};

/* Of the processor's cache. */
#define AW_CACHE_LINE 64

/* Which halves the program has, and so which of them it frees. */
enum aw_connection_kind {
	AW_CONNECTION_PAIR,
	AW_CONNECTION_READER,
	AW_CONNECTION_WRITER,
};

struct aw_connection {
	struct aw_reader reader;
	struct aw_transport transport;
	struct aw_writer writer;
	uint8_t kind; /* enum aw_connection_kind */
	bool freed;   /* goes when it has been lost */
};

/* Beside a task it begins with a line; others' are fetched in vain. */
_Static_assert(offsetof(struct aw_connection, transport.arg) <=
    2 * AW_CACHE_LINE, "a message touches a third line of the cache");

/* Of a stream's transport. */
static inline struct aw_connection *
aw_connection_of(struct aw_transport *transport)
{
	return aw_container_of(transport, struct aw_connection, transport);
}

/* Of a stream's reader, and of its writer. */
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

/* The protocol that is the reader and the writer, whose arg the stream is. */
extern const aw_protocol aw_stream_protocol;
/* Its readable: wakes the task that waits in the reader, if one does. */
void aw_stream_on_readable(struct aw_transport *transport, void *arg);

/* Its reader, of the arg that its functions get. */
static inline aw_reader *
aw_stream_reader(void *arg)
{
	struct aw_connection *connection = arg;

	return &connection->reader;
}

/*
 * Prepares a connection, in zeroed memory, on a connected socket that it takes
 * over; peer may be NULL.  Returns 0 or an error of aw_tls_attach; a TLS
 * handshake is for the caller to begin.
 */
AW_MUST_CHECK int aw_connection_init(struct aw_connection *connection,
    aw_loop *loop, int fd, const struct sockaddr *peer,
    const aw_connection_options *options,
    void (*closed)(struct aw_transport *));

/* Frees what it holds; the transport must be closed. */
void aw_connection_release(struct aw_connection *connection);

/*
 * A connection on the heap, for aw_writer_free; the same arguments.  0, or
 * -ENOMEM, with which the socket stays the caller's.
 */
AW_MUST_CHECK int aw_connection_new(aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    struct aw_connection **connection);
/* The same on a pipe, as aw_pipe_init. */
AW_MUST_CHECK int aw_connection_new_pipe(aw_loop *loop, int fd,
    enum aw_pipe_end end, const aw_connection_options *options,
    struct aw_connection **connection);
/* The same on nothing; for a reader that the program feeds.  May be NULL. */
struct aw_connection *aw_connection_new_fed(aw_loop *loop, size_t limit);

/* Waits until its transport is closed. */
AW_MUST_CHECK int aw_connection_wait_closed(struct aw_connection *connection);

/*
 * What reader.c has for the other parts of the reader.
 */

/* Moves what it has to the start of a buffer of its own, of at least size. */
AW_MUST_CHECK int aw_reader_own(aw_reader *reader, size_t size);
/* Whether what it has lies in the loop's receive buffer. */
static inline bool
aw_reader_is_lending(const aw_reader *reader)
{
	return aw_connection_of_reader(reader)->transport.loop->lender ==
	    reader;
}

/* Takes bytes that have been received off the start. */
void aw_reader_take(aw_reader *reader, size_t size);
/* An error comes before data that has been received. */
static inline int
aw_reader_stored_error(const aw_reader *reader)
{
	return reader->error != 0 ? reader->error :
	    aw_connection_of_reader(reader)->transport.error;
}

/* Waits for more bytes and adds them: how many, 0 at the end, or an error. */
AW_MUST_CHECK ssize_t aw_reader_fill(aw_reader *reader);
/* Receives without waiting, and without asking whether there is something. */
AW_MUST_CHECK ssize_t aw_reader_receive_more(aw_reader *reader, void *buffer,
    size_t size);
/* Wakes who waits for data. */
void aw_reader_wake(aw_reader *reader);
/* Gives the loop's receive buffer free, if somebody lends from it. */
void aw_reader_end_loan(aw_loop *loop);
static inline void
aw_reader_reclaim(aw_loop *loop)
{
	if (__builtin_expect(loop->lender != NULL, 0))
		aw_reader_end_loan(loop);
}
/* Frees the reader's buffer. */
void aw_reader_release(aw_reader *reader);

#endif
