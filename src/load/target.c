/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/target.h"

#include <await.h>
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

/* How often a Unix socket whose backlog is full is tried again, in seconds. */
#define BACKLOG_RETRY 0.001

static int
open_socket(const struct target *target)
{
	int fd = socket(target->address.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* The result of a connect that was under way. */
static int
connect_result(int fd)
{
	socklen_t length = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	return -error;
}

static int
begin_connect(int fd, const struct target *target)
{
	return connect(fd, (const struct sockaddr *)&target->address,
	    target->length) == 0 ? 0 : -errno;
}

/* Whether something answers at the address; waits for so many milliseconds. */
static int
probe(const struct target *target, int timeout)
{
	struct pollfd wait = { .events = POLLOUT };
	int err, fd = open_socket(target);

	if (fd < 0)
		return fd;
	err = begin_connect(fd, target);
	wait.fd = fd;
	if (err == -EINPROGRESS)
		err = poll(&wait, 1, timeout) > 0 ? connect_result(fd) :
		    -ETIMEDOUT;
	close(fd);
	return err;
}

static void
set_address(struct target *target, const struct sockaddr *address,
    socklen_t length)
{
	memcpy(&target->address, address, length);
	target->length = length;
	aw_address_text(address, length, target->text, sizeof(target->text));
}

/* The first that answers; a single one need not be asked. */
static int
choose(struct target *target, const struct addrinfo *list, double timeout)
{
	int err;

	do {
		set_address(target, list->ai_addr, list->ai_addrlen);
		if (list->ai_next == NULL)
			return 0;
		err = probe(target, (int)(fmin(timeout, 3600) * 1000));
		list = list->ai_next;
	} while (err < 0);
	return err;
}

static int
find_host(struct target *target, const struct address *address,
    double timeout, char *error, size_t error_size)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list;
	char port[8];
	int err;

	snprintf(port, sizeof(port), "%u", address->port);
	err = getaddrinfo(address->host, port, &hints, &list);
	if (err != 0) {
		snprintf(error, error_size, "%s", gai_strerror(err));
		return AW_EDNS;
	}
	err = choose(target, list, timeout);
	freeaddrinfo(list);
	return err;
}

static int
set_unix(struct target *target, const char *path)
{
	struct sockaddr_un address;
	int length = address_unix(path, &address);

	if (length < 0)
		return length;
	set_address(target, (const struct sockaddr *)&address,
	    (socklen_t)length);
	return 0;
}

int
target_find(struct target *target, const struct address *address,
    double timeout, char *error, size_t error_size)
{
	*target = (struct target){ .length = 0 };
	if (address->kind != ADDRESS_UNIX)
		return find_host(target, address, timeout, error, error_size);
	return set_unix(target, address->path);
}

/* The port is chosen when the peer is known, and may serve several peers. */
static int
bind_source(int fd, const struct sockaddr_storage *source)
{
	socklen_t length = source->ss_family == AF_INET ?
	    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int on = 1;

	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	return bind(fd, (const struct sockaddr *)source, length) == 0 ? 0 :
	    -errno;
}

static int
wait_connected(int fd)
{
	int err = aw_wait_writable(fd);

	return err < 0 ? err : connect_result(fd);
}

static int
connect_socket(int fd, const struct target *target)
{
	int err;

	for (;;) {
		err = begin_connect(fd, target);
		if (err == -EINPROGRESS || err == -EINTR)
			return wait_connected(fd);
		/* A full backlog; only Unix sockets answer so. */
		if (err != -EAGAIN || target->address.ss_family != AF_UNIX)
			return err;
		err = aw_sleep(BACKLOG_RETRY);
		if (err < 0)
			return err;
	}
}

int
target_connect(const struct target *target,
    const struct sockaddr_storage *source, int *result)
{
	int err = 0, fd = open_socket(target);

	if (fd < 0)
		return fd;
	if (source != NULL)
		err = bind_source(fd, source);
	if (err == 0)
		err = connect_socket(fd, target);
	if (err < 0)
		close(fd);
	else
		*result = fd;
	return err;
}
