/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Opening connections as streams.
 */
#include <errno.h>
#include <unistd.h>

#include "net/connect.h"
#include "net/connection.h"
#include "net/tls.h"

/* Makes a stream of the socket, which stays the caller's if that fails. */
static int
open_stream(aw_loop *loop, int fd, const struct sockaddr *peer,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct aw_connection *connection;
	int err;

	err = aw_connection_new(loop, fd, peer, options, &connection);
	if (err < 0)
		return err;
	*reader = &connection->reader;
	*writer = &connection->writer;
	return 0;
}

/* The same, and waits for TLS if there is to be any; the socket is taken. */
static int
open_and_wait(int fd, const struct sockaddr *peer,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct aw_transport *transport;
	int err;

	err = open_stream(aw_get_running_loop(), fd, peer, options, reader,
	    writer);
	if (err < 0) {
		close(fd);
		return err;
	}
	transport = aw_writer_transport(*writer);
	if (transport->tls != NULL)
		err = aw_tls_handshake(transport);
	if (err < 0) {
		aw_transport_abort(transport);
		aw_writer_free(*writer);
	}
	return err;
}

int
aw_open_connection(const char *host, uint16_t port,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	aw_connection_options named;
	struct sockaddr_storage peer;
	int fd;

	fd = aw_connect(host, port, &peer);
	return fd < 0 ? fd : open_and_wait(fd, (struct sockaddr *)&peer,
	    aw_tls_name_host(options, host, &named), reader, writer);
}

int
aw_open_unix_connection(const char *path, const aw_connection_options *options,
    aw_reader **reader, aw_writer **writer)
{
	int fd;

	fd = aw_connect_unix(path);
	return fd < 0 ? fd : open_and_wait(fd, NULL, options, reader, writer);
}

int
aw_open_connection_socket(aw_loop *loop, int fd,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct sockaddr_storage peer;
	int err;

	/* The handshake would have to be waited for. */
	if (options != NULL && options->tls != NULL)
		return -EINVAL;
	err = aw_connect_take_over(fd, &peer);
	if (err < 0)
		return err;
	return open_stream(loop, fd, (struct sockaddr *)&peer, options, reader,
	    writer);
}
