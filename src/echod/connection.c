/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "connection.h"

#include "connection_log.h"
#include "echo.h"

#include <errno.h>
#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* Seconds without a byte after which what was received has been echoed. */
#define QUIET 0.05
/*
 * Seconds without a byte from a peer that has been told of the end.  One that
 * has only just connected may still be about to send, and would be reset.
 */
#define LINGER 0.5
/* Bytes that OpenSSL may have taken from the socket: of two records. */
#define IN_OPENSSL (2 * 16 * 1024)

uint64_t
connections_open_count(const struct connections *connections)
{
	return tally_get(&connections->open_count);
}

uint64_t
connections_total(const struct connections *connections)
{
	return tally_get(&connections->total);
}

static void
add(const struct service *service, struct connection *connection)
{
	struct connections *connections = service->connections;
	static _Atomic uint64_t last_id;

	connection->id = atomic_fetch_add_explicit(&last_id, 1,
	    memory_order_relaxed) + 1;
	LIST_INSERT_HEAD(&connections->open, connection, open);
	tally_add(&connections->open_count, 1);
	tally_add(&connections->total, 1);
	tally_add(&service->lane->open, 1);
	tally_add(&service->lane->total, 1);
}

static void
take_away(const struct service *service, struct connection *connection)
{
	LIST_REMOVE(connection, open);
	tally_subtract(&service->connections->open_count, 1);
	tally_subtract(&service->lane->open, 1);
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

/* Bytes that have been received and not been read yet; of TLS about. */
static size_t
unread(const aw_writer *writer)
{
	int fd, in_kernel = 0;
	size_t size;
	SSL *ssl;

	if (aw_writer_get_extra_info(writer, "socket", &fd, sizeof(fd)) < 0 ||
	    ioctl(fd, SIOCINQ, &in_kernel) < 0)
		return 0;
	size = (size_t)in_kernel;
	if (aw_writer_get_extra_info(writer, "ssl_object", &ssl,
	    sizeof(ssl)) > 0 && SSL_has_pending(ssl) == 1)
		size += IN_OPENSSL;
	return size;
}

/*
 * As aw_reader_peek, but waits for a while at most.  Returns -ETIMEDOUT if
 * nothing has come.
 */
static ssize_t
peek_soon(aw_reader *reader, const void **data, double seconds)
{
	aw_timeout *timeout;
	ssize_t n;
	int err;

	err = aw_timeout_enter(seconds, &timeout);
	if (err < 0)
		return err;
	n = aw_reader_peek(reader, data);
	err = aw_timeout_exit(timeout, n < 0 ? (int)n : 0);
	return err < 0 ? err : n;
}

/* Echoes at most so many bytes.  Returns how many, or as peek_soon. */
static ssize_t
echo_some(aw_reader *reader, struct connection *connection, size_t most,
    double seconds)
{
	const void *data;
	ssize_t n;
	int err;

	n = peek_soon(reader, &data, seconds);
	if (n <= 0)
		return n;
	if ((size_t)n > most)
		n = (ssize_t)most;
	aw_writer_write(connection->writer, data, (size_t)n);
	aw_reader_consume(reader, (size_t)n);
	connection->echoed += (uint64_t)n;
	tally_add(&connection->service->lane->echoed, (uint64_t)n);
	err = aw_writer_drain(connection->writer);
	return err < 0 ? err : n;
}

/*
 * Echoes what has been received when the end is announced, and no more.  What
 * has been received of TLS is less when it is decrypted, and may end in a part
 * of a record, so there the silence that follows is an end too.  Who has only
 * just connected may still be about to send.
 */
static int
echo_received(aw_reader *reader, struct connection *connection)
{
	size_t left = unread(connection->writer);
	ssize_t n = 1;

	if (left == 0 && connection->echoed == 0) {
		n = echo_some(reader, connection, SIZE_MAX, LINGER);
		left = n > 0 ? unread(connection->writer) : 0;
	}
	while (left > 0 && n > 0) {
		n = echo_some(reader, connection, left, QUIET);
		left -= n > 0 ? (size_t)n : 0;
	}
	return n > 0 || n == -ETIMEDOUT ? 0 : (int)n;
}

/*
 * Reads for a while at most, and throws it away.  Returns 1 if there was
 * something, -ETIMEDOUT if not, or 0 at the peer's end.
 */
static int
discard(aw_reader *reader, uint64_t *discarded)
{
	const void *data;
	ssize_t n;

	n = peek_soon(reader, &data, LINGER);
	if (n <= 0)
		return (int)n;
	aw_reader_consume(reader, (size_t)n);
	*discarded += (uint64_t)n;
	return 1;
}

/*
 * Ends a connection on which the peer may still be sending.  If it were closed
 * with received bytes in it, or if some came later, the kernel would reset it
 * and drop what the peer has yet to get.  So they are read until it has all and
 * is quiet.
 */
static int
finish(aw_reader *reader, aw_writer *writer, uint64_t *discarded)
{
	int err;

	aw_writer_write_eof(writer);
	do {
		err = discard(reader, discarded);
	} while (err > 0 || (err == -ETIMEDOUT && unsent(writer) > 0));
	return err == -ETIMEDOUT ? 0 : err;
}

/* -------------------------------------------------------------- idleness */

/*
 * Not if it is we who have bytes for the peer, and it has taken some of them:
 * what goes that way is none of the count's.
 */
static bool
on_idle(struct idle_watch *watch)
{
	struct connection *connection = (struct connection *)(void *)
	    ((char *)watch - offsetof(struct connection, watch));
	size_t left = unsent(connection->writer);

	if (left > 0 && left != connection->unsent) {
		connection->unsent = left;
		return false;
	}
	/* What is left then is the end of TLS, which has a time of its own. */
	if (connection->closing && left == 0)
		return false;
	connection->idle = true;
	if (connection->closing)
		aw_writer_abort(connection->writer);
	else
		aw_cancel(connection->task);
	return true;
}

/*
 * Echoes until the peer's end, or somebody else's.  After the peer's, in
 * whatever way, the watch goes on, as closing waits until it has taken all.
 */
static int
echo_watched(aw_reader *reader, struct connection *connection)
{
	struct service *service = connection->service;
	int err;

	connection->watch.bytes = &connection->echoed;
	connection->watch.idle = on_idle;
	idle_begin(&service->idle, &connection->watch);
	err = echo(reader, connection->writer, &connection->echoed,
	    service->lane);
	if (err != -ECANCELED)
		connection->closing = true;
	else
		idle_stop(&service->idle, &connection->watch);
	/* Closing would wait for what the peer does not take. */
	if (connection->idle && unsent(connection->writer) > 0)
		aw_writer_abort(connection->writer);
	return err;
}

/* ----------------------------------------------------------- a connection */

/* Echoes until the peer's end, or until the daemon's. */
static int
serve(aw_reader *reader, struct connection *connection, bool ending)
{
	aw_writer *writer = connection->writer;
	int err = -ECANCELED;

	if (!ending)
		err = echo_watched(reader, connection);
	if (err == -ECANCELED && !connection->idle) {
		connection->drained = true;
		err = echo_received(reader, connection);
		if (err == 0)
			err = finish(reader, writer,
			    &connection->discarded);
	}
	return err;
}

static const struct {
	int error;
	enum end_reason reason;
} reasons[] = {
	{ 0, END_CLIENT_CLOSED },
	{ -ECONNRESET, END_RESET },
	{ -EPIPE, END_RESET },
	{ -ETIMEDOUT, END_TIMED_OUT },
	{ AW_ETLSTRUNCATED, END_TRUNCATED },
	{ AW_ESTALLED, END_WRITE_TIMEOUT },
	{ -ENOBUFS, END_BUFFERS_FULL },
};

enum end_reason
connection_end_reason(const struct connection *connection, int err)
{
	if (connection->service->connections->dropped)
		return END_DROPPED;
	if (connection->idle)
		return END_IDLE;
	if (err == 0 && connection->drained)
		return END_DRAINED;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == err)
			return reasons[i].reason;
	return END_ERROR;
}

int
connection_serve(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct service *service = arg;
	struct connection *connection;
	int err, end;

	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return -ENOMEM;
	connection->task = aw_current_task();
	connection->writer = writer;
	connection->service = service;
	add(service, connection);
	if (service->tls != NULL)
		tls_statistics_add(service->tls, writer);
	connection_log_begin(connection);
	err = serve(reader, connection, service->connections->ending);
	if (service->tls != NULL)
		tls_statistics_end(service->tls, err);
	take_away(service, connection);
	end = connection_log_end(connection, err);
	idle_stop(&service->idle, &connection->watch);
	counter_add(&service->traffic->counters.ended[
	    connection_end_reason(connection, end)]);
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
