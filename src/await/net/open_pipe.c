/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Pipes and the standard descriptors as streams.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "net/connection.h"

int
aw_open_read_pipe(aw_loop *loop, int fd, const aw_connection_options *options,
    aw_reader **reader)
{
	struct aw_connection *connection;
	int err;

	err = aw_connection_new_pipe(loop, fd, AW_PIPE_READS, options,
	    &connection);
	if (err == 0)
		*reader = &connection->reader;
	return err;
}

int
aw_open_write_pipe(aw_loop *loop, int fd, const aw_connection_options *options,
    aw_writer **writer)
{
	struct aw_connection *connection;
	int err;

	err = aw_connection_new_pipe(loop, fd, AW_PIPE_WRITES, options,
	    &connection);
	if (err < 0)
		return err;
	/* For the end of who reads it. */
	err = aw_transport_watch(&connection->transport);
	if (err < 0)
		aw_transport_lose(&connection->transport, err);
	*writer = &connection->writer;
	return 0;
}

/* The standard descriptors stay the program's. */
static int
duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

int
aw_open_stdin(aw_loop *loop, aw_reader **reader)
{
	int fd, err;

	fd = duplicate(STDIN_FILENO);
	if (fd < 0)
		return fd;
	err = aw_open_read_pipe(loop, fd, NULL, reader);
	if (err < 0)
		close(fd);
	return err;
}

int
aw_open_stdout(aw_loop *loop, aw_writer **writer)
{
	int fd, err;

	fd = duplicate(STDOUT_FILENO);
	if (fd < 0)
		return fd;
	err = aw_open_write_pipe(loop, fd, NULL, writer);
	if (err < 0)
		close(fd);
	return err;
}
