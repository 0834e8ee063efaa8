/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connecting sockets.
 */
#include <errno.h>
#include <event2/util.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/wait_fd.h"
#include "net/address.h"
#include "net/connect.h"
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

/* Connects a socket to the address; returns it, or an error. */
static int
connect_to(const struct sockaddr *address, socklen_t length)
{
	int fd, err, on = 1;

	fd = socket(address->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno : try_connect(fd, address, length);
	if (err < 0) {
		if (fd >= 0)
			close(fd);
		if (err != -ECANCELED)
			explain(address, length, err);
		return err;
	}
	if (address->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* The first of the addresses that answers. */
static int
connect_to_any(const struct addrinfo *list, struct sockaddr_storage *peer)
{
	int fd = AW_EDNS;

	for (; list != NULL; list = list->ai_next) {
		fd = connect_to(list->ai_addr, list->ai_addrlen);
		if (fd < 0 && fd != -ECANCELED)
			continue;
		memcpy(peer, list->ai_addr, list->ai_addrlen);
		break;
	}
	return fd;
}

int
aw_connect(const char *host, uint16_t port, struct sockaddr_storage *peer)
{
	struct addrinfo *list;
	int err, fd;

	aw_set_error_text("%s", "");
	err = aw_resolve(host, port, 0, &list);
	if (err < 0)
		return err;
	fd = connect_to_any(list, peer);
	freeaddrinfo(list);
	return fd;
}

int
aw_connect_unix(const char *path)
{
	struct sockaddr_un address;
	int length;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	aw_set_error_text("%s", "");
	length = aw_unix_address(path, &address);
	if (length < 0)
		return length;
	return connect_to((struct sockaddr *)&address, (socklen_t)length);
}

int
aw_connect_take_over(int fd, struct sockaddr_storage *peer)
{
	int type = 0, family = AF_UNSPEC, on = 1;
	socklen_t length = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0)
		return errno == ENOTSOCK ? -EINVAL : -errno;
	if (type != SOCK_STREAM)
		return -EINVAL;
	length = sizeof(family);
	(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
	if (family == AF_INET || family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)evutil_make_socket_nonblocking(fd);
	peer->ss_family = AF_UNSPEC;
	length = sizeof(*peer);
	(void)getpeername(fd, (struct sockaddr *)peer, &length);
	return 0;
}
