/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Opening connections as streams.
 */
#include <unistd.h>

#include "net/connect.h"
#include "net/connection.h"

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

int
aw_open_connection(const char *host, uint16_t port,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct sockaddr_storage peer;
	int fd, err;

	fd = aw_connect(host, port, &peer);
	if (fd < 0)
		return fd;
	err = open_stream(aw_get_running_loop(), fd, (struct sockaddr *)&peer,
	    options, reader, writer);
	if (err < 0)
		close(fd);
	return err;
}

int
aw_open_unix_connection(const char *path, const aw_connection_options *options,
    aw_reader **reader, aw_writer **writer)
{
	int fd, err;

	fd = aw_connect_unix(path);
	if (fd < 0)
		return fd;
	err = open_stream(aw_get_running_loop(), fd, NULL, options, reader,
	    writer);
	if (err < 0)
		close(fd);
	return err;
}

int
aw_open_connection_socket(aw_loop *loop, int fd,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct sockaddr_storage peer;
	int err;

	err = aw_connect_take_over(fd, &peer);
	if (err < 0)
		return err;
	return open_stream(loop, fd, (struct sockaddr *)&peer, options, reader,
	    writer);
}
