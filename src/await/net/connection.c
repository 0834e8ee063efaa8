/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/connection.h"

#define DEFAULT_LIMIT (64 * 1024)

static const aw_connection_options defaults;

static void
remember_peer(aw_writer *writer, const struct sockaddr *peer)
{
	if (peer == NULL)
		return;
	if (peer->sa_family == AF_INET)
		memcpy(&writer->peer, peer, sizeof(writer->peer.in));
	else if (peer->sa_family == AF_INET6)
		memcpy(&writer->peer, peer, sizeof(writer->peer.in6));
}

int
aw_connection_init(struct aw_connection *connection, aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	if (options == NULL)
		options = &defaults;
	connection->reader.limit =
	    options->limit != 0 ? options->limit : DEFAULT_LIMIT;
	remember_peer(&connection->writer, peer);
	return aw_transport_init(&connection->transport, loop, fd, options,
	    closed);
}

void
aw_connection_release(struct aw_connection *connection)
{
	aw_reader_release(&connection->reader);
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
	struct aw_connection *connection =
	    aw_container_of(transport, struct aw_connection, transport);

	if (connection->freed) {
		LIST_REMOVE(connection, lingering);
		free_connection(connection);
	}
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
	err = aw_connection_init(connection, loop, fd, peer, options, on_closed);
	if (err < 0)
		free(connection);
	else
		*result = connection;
	return err;
}

void
aw_writer_free(aw_writer *writer)
{
	struct aw_connection *connection;

	if (writer == NULL)
		return;
	connection = aw_connection_of_writer(writer);
	aw_transport_close(&connection->transport);
	if (connection->transport.fd < 0) {
		free_connection(connection);
	} else {
		connection->freed = true;
		LIST_INSERT_HEAD(&connection->transport.loop->lingering,
		    connection, lingering);
	}
}

void
aw_connections_close(aw_loop *loop)
{
	struct aw_connection *connection;

	while ((connection = LIST_FIRST(&loop->lingering)) != NULL)
		aw_transport_abort(&connection->transport);
}
