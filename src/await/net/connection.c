/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>

#include "net/connection.h"
#include "net/tls.h"

#define DEFAULT_LIMIT (64 * 1024)

void
aw_stream_on_readable(struct aw_transport *transport, void *arg)
{
	struct aw_connection *connection = arg;

	if (connection->reader.waiter != NULL)
		aw_task_wake(connection->reader.waiter, 0);
	else
		/* Nobody wants it now, and it would be told again. */
		aw_transport_unwatch(transport);
}

static void
on_resume_writing(struct aw_transport *transport, void *arg)
{
	struct aw_connection *connection = arg;

	(void)transport;
	aw_waiters_wake_all(&connection->writer.drain_waiters, 0);
}

/* Tells everybody who waits. */
static void
on_connection_lost(struct aw_transport *transport, int error, void *arg)
{
	struct aw_connection *connection = arg;

	(void)transport, (void)error;
	aw_reader_wake(&connection->reader);
	aw_waiters_wake_all(&connection->writer.drain_waiters, 0);
	aw_waiters_wake_all(&connection->writer.close_waiters, 0);
}

const aw_protocol aw_stream_protocol = {
	.readable = aw_stream_on_readable,
	.resume_writing = on_resume_writing,
	.connection_lost = on_connection_lost,
};

static void
set_up(struct aw_connection *connection, size_t limit)
{
	connection->reader.limit = limit != 0 ? limit : DEFAULT_LIMIT;
	connection->transport.protocol = &aw_stream_protocol;
	connection->transport.arg = connection;
	/* Who has a stream knows that there is one. */
	connection->transport.told = AW_TOLD_MADE;
}

int
aw_connection_init(struct aw_connection *connection, aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	int err = 0;

	set_up(connection, options != NULL ? options->limit : 0);
	if (options != NULL && options->tls != NULL)
		err = aw_tls_attach(&connection->transport, options);
	if (err == 0)
		aw_transport_init(&connection->transport, loop, fd, peer,
		    options, closed);
	return err;
}

void
aw_connection_release(struct aw_connection *connection)
{
	aw_reader_release(&connection->reader);
	aw_tls_release(&connection->transport);
	aw_pipe_free(connection->transport.pipe);
	connection->transport.pipe = NULL;
}

static void
free_connection(struct aw_connection *connection)
{
	aw_connection_release(connection);
	free(connection);
}

static void
on_closed(struct aw_transport *transport)
{
	if (aw_connection_of(transport)->freed)
		free_connection(aw_connection_of(transport));
}

int
aw_connection_new(aw_loop *loop, int fd, const struct sockaddr *peer,
    const aw_connection_options *options, struct aw_connection **result)
{
	struct aw_connection *connection;
	int err;

	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return -ENOMEM;
	err = aw_connection_init(connection, loop, fd, peer, options,
	    on_closed);
	if (err < 0)
		free(connection);
	else
		*result = connection;
	return err;
}

int
aw_connection_new_pipe(aw_loop *loop, int fd, enum aw_pipe_end end,
    const aw_connection_options *options, struct aw_connection **result)
{
	struct aw_connection *connection;
	int err;

	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return -ENOMEM;
	set_up(connection, options != NULL ? options->limit : 0);
	connection->kind = end == AW_PIPE_READS ? AW_CONNECTION_READER :
	    AW_CONNECTION_WRITER;
	err = aw_pipe_init(&connection->transport, loop, fd, end, options,
	    on_closed);
	if (err < 0)
		free(connection);
	else
		*result = connection;
	return err;
}

struct aw_connection *
aw_connection_new_fed(aw_loop *loop, size_t limit)
{
	struct aw_connection *connection;

	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return NULL;
	set_up(connection, limit);
	connection->kind = AW_CONNECTION_READER;
	connection->reader.source = AW_FROM_PROGRAM;
	connection->transport.loop = loop;
	connection->transport.fd = -1;
	connection->transport.closing = true;
	connection->transport.told = AW_TOLD_LOST;
	return connection;
}

/* Closes it; it goes as soon as it has been lost. */
static void
give_back(struct aw_connection *connection)
{
	aw_transport_close(&connection->transport);
	if (connection->transport.told == AW_TOLD_LOST) {
		free_connection(connection);
	} else {
		connection->freed = true;
		aw_transport_disown(&connection->transport);
	}
}

void
aw_writer_free(aw_writer *writer)
{
	if (writer != NULL)
		give_back(aw_connection_of_writer(writer));
}

void
aw_reader_free(aw_reader *reader)
{
	struct aw_connection *connection;

	if (reader == NULL)
		return;
	connection = aw_connection_of_reader(reader);
	if (connection->kind == AW_CONNECTION_READER)
		give_back(connection);
}

int
aw_connection_wait_closed(struct aw_connection *connection)
{
	struct aw_transport *transport = &connection->transport;
	struct task *task = aw_task_current();
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	if (transport->fd >= 0)
		err = aw_waiters_wait(&connection->writer.close_waiters, task,
		    "a connection to close");
	return err < 0 ? err : transport->error;
}
