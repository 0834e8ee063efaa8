/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Opening connections.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/wait_fd.h"
#include "net/address.h"
#include "net/connection.h"
#include "net/resolve.h"

/* How often a Unix socket whose backlog is full is tried again, in seconds. */
#define BACKLOG_RETRY 0.01

/* Waits for the end of a connect that is under way. */
static int
finish_connect(int fd)
{
	socklen_t length = sizeof(int);
	int err, error = 0;

	err = aw_wait_fd(fd, EV_WRITE, "a connection to be made");
	if (err < 0)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	return -error;
}

static int
try_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int err;

	for (;;) {
		if (connect(fd, address, length) == 0)
			return 0;
		if (errno == EINPROGRESS || errno == EINTR)
			return finish_connect(fd);
		/* A full backlog; only Unix sockets answer so, and at once. */
		if (errno != EAGAIN || address->sa_family != AF_UNIX)
			return -errno;
		err = aw_sleep(BACKLOG_RETRY);
		if (err < 0)
			return err;
	}
}

/* Adds an address and its error to the text of the attempt. */
static void
explain(const struct sockaddr *address, socklen_t length, int error)
{
	char text[AW_ADDRESS_TEXT_SIZE];
	const char *before = aw_error_text();

	aw_set_error_text("%s%s%s: %s", before, before[0] ? "; " : "",
	    aw_address_text(address, length, text, sizeof(text)),
	    aw_strerror(error));
}

static int
connect_to(const struct sockaddr *address, socklen_t length,
    const aw_connection_options *options, struct aw_connection **connection)
{
	int fd, err, on = 1;

	fd = socket(address->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno : try_connect(fd, address, length);
	if (err == 0 && address->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (err == 0)
		err = aw_connection_new(aw_get_running_loop(), fd, address,
		    options, connection);
	if (err < 0 && fd >= 0)
		close(fd);
	if (err < 0 && err != -ECANCELED)
		explain(address, length, err);
	return err;
}

static void
hand_out(struct aw_connection *connection, aw_reader **reader,
    aw_writer **writer)
{
	*reader = &connection->reader;
	*writer = &connection->writer;
}

int
aw_open_connection(const char *host, uint16_t port,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer)
{
	struct addrinfo *list, *entry;
	struct aw_connection *connection;
	int err;

	aw_set_error_text("%s", "");
	err = aw_resolve(host, port, 0, &list);
	if (err < 0)
		return err;
	err = AW_EDNS;
	for (entry = list; entry != NULL; entry = entry->ai_next) {
		err = connect_to(entry->ai_addr, entry->ai_addrlen, options,
		    &connection);
		if (err == 0 || err == -ECANCELED)
			break;
	}
	freeaddrinfo(list);
	if (err == 0)
		hand_out(connection, reader, writer);
	return err;
}

int
aw_open_unix_connection(const char *path, const aw_connection_options *options,
    aw_reader **reader, aw_writer **writer)
{
	struct sockaddr_un address;
	struct aw_connection *connection;
	int err, length;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	aw_set_error_text("%s", "");
	length = aw_unix_address(path, &address);
	if (length < 0)
		return length;
	err = connect_to((struct sockaddr *)&address, (socklen_t)length,
	    options, &connection);
	if (err == 0)
		hand_out(connection, reader, writer);
	return err;
}
