/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "connection.h"

#include "common/log.h"
#include "echo.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/sockios.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* Seconds without a byte from a peer that has been told of the end. */
#define QUIET 0.05

static void
add(struct connections *connections, struct connection *connection)
{
	static _Atomic uint64_t last_id;

	connection->id = atomic_fetch_add_explicit(&last_id, 1,
	    memory_order_relaxed) + 1;
	LIST_INSERT_HEAD(&connections->open, connection, open);
}

/* Out of line, so that no task's stack holds the text while it waits. */
static void __attribute__((noinline))
log_opened(const struct connection *connection, const char *listener)
{
	char peer[AW_ADDRESS_TEXT_SIZE];

	aw_writer_address_text(connection->writer, "peername", peer,
	    sizeof(peer));
	log_debug("connection %" PRIu64 ": opened by %s on %s", connection->id,
	    peer[0] != '\0' ? peer : "unknown", listener);
}

static void __attribute__((noinline))
log_closed(const struct connection *connection, int err)
{
	log_debug("connection %" PRIu64 ": closed after %" PRIu64
	    " bytes, %zu of them not sent yet: %s", connection->id,
	    connection->echoed,
	    aw_writer_get_write_buffer_size(connection->writer),
	    err < 0 ? aw_strerror(err) : "end of stream");
}

/* Bytes, and the FIN, that the peer has not acknowledged. */
static size_t
unsent(const aw_writer *writer)
{
	int fd, in_kernel = 0;

	if (aw_writer_get_extra_info(writer, "socket", &fd, sizeof(fd)) < 0 ||
	    ioctl(fd, SIOCOUTQ, &in_kernel) < 0)
		return 0;
	return aw_writer_get_write_buffer_size(writer) + (size_t)in_kernel;
}

/* Bytes that have been received and not been read yet. */
static size_t
unread(const aw_writer *writer)
{
	int fd, in_kernel = 0;

	if (aw_writer_get_extra_info(writer, "socket", &fd, sizeof(fd)) < 0 ||
	    ioctl(fd, SIOCINQ, &in_kernel) < 0)
		return 0;
	return (size_t)in_kernel;
}

/* Echoes what has been received when the end is announced, and no more. */
static int
echo_received(aw_reader *reader, aw_writer *writer, uint64_t *echoed)
{
	size_t left = unread(writer);
	const void *data;
	ssize_t n;
	int err = 0;

	while (left > 0 && err == 0) {
		n = aw_reader_peek(reader, &data);
		if (n <= 0)
			return (int)n;
		if ((size_t)n > left)
			n = (ssize_t)left;
		aw_writer_write(writer, data, (size_t)n);
		aw_reader_consume(reader, (size_t)n);
		*echoed += (uint64_t)n;
		left -= (size_t)n;
		err = aw_writer_drain(writer);
	}
	return err;
}

/*
 * Reads for a while at most, and throws it away.  Returns 1 if there was
 * something, -ETIMEDOUT if not, or 0 at the peer's end.
 */
static int
discard(aw_reader *reader)
{
	aw_timeout *timeout;
	const void *data;
	ssize_t n;
	int err;

	err = aw_timeout_enter(QUIET, &timeout);
	if (err < 0)
		return err;
	n = aw_reader_peek(reader, &data);
	if (n > 0)
		aw_reader_consume(reader, (size_t)n);
	return aw_timeout_exit(timeout, n > 0 ? 1 : (int)n);
}

/*
 * Ends a connection on which the peer may still be sending.  If it were closed
 * with received bytes in it, or if some came later, the kernel would reset it
 * and drop what the peer has yet to get.  So they are read until it has all and
 * is quiet.
 */
static int
finish(aw_reader *reader, aw_writer *writer)
{
	int err;

	aw_writer_write_eof(writer);
	do {
		err = discard(reader);
	} while (err > 0 || (err == -ETIMEDOUT && unsent(writer) > 0));
	return err == -ETIMEDOUT ? 0 : err;
}

/* Echoes until the peer's end, or until the daemon's. */
static int
serve(aw_reader *reader, struct connection *connection, bool ending)
{
	aw_writer *writer = connection->writer;
	int err = -ECANCELED;

	if (!ending)
		err = echo(reader, writer, &connection->echoed);
	if (err == -ECANCELED) {
		err = echo_received(reader, writer, &connection->echoed);
		if (err == 0)
			err = finish(reader, writer);
	}
	return err;
}

int
connection_serve(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct service *service = arg;
	struct connection *connection;
	int err;

	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return -ENOMEM;
	connection->task = aw_current_task();
	connection->writer = writer;
	add(service->connections, connection);
	if (log_enabled(LOG_LEVEL_DEBUG))
		log_opened(connection, service->listener);
	err = serve(reader, connection, service->connections->ending);
	if (log_enabled(LOG_LEVEL_DEBUG))
		log_closed(connection, err);
	LIST_REMOVE(connection, open);
	free(connection);
	return err;
}

void
connections_end(struct connections *connections)
{
	struct connection *connection;

	connections->ending = true;
	LIST_FOREACH(connection, &connections->open, open)
		aw_cancel(connection->task);
}
