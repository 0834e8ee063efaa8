/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tcp_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <unistd.h>

static int
set_option(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

/*
 * Sockets with SO_REUSEPORT share a port with any other such socket of the
 * same user.  So the first is bound without it, which fails if the port is
 * taken, and gets it before it listens, for the others to join.
 */
static int
listen_one(const struct sockaddr *address, socklen_t length, int backlog,
    bool first)
{
	int fd, err;

	fd = socket(address->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (set_option(fd, SOL_SOCKET, SO_REUSEADDR) < 0 ||
	    (address->sa_family == AF_INET6 &&
	    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) < 0))
		goto fail;
	if (!first && set_option(fd, SOL_SOCKET, SO_REUSEPORT) < 0)
		goto fail;
	if (bind(fd, address, length) < 0)
		goto fail;
	if (first && set_option(fd, SOL_SOCKET, SO_REUSEPORT) < 0)
		goto fail;
	if (listen(fd, backlog) == 0)
		return fd;
fail:
	err = -errno;
	close(fd);
	return err;
}

int
tcp_listen(const struct sockaddr *address, socklen_t length, int backlog,
    int *fds, size_t count, size_t there)
{
	struct sockaddr_storage bound;
	socklen_t size = sizeof(bound);
	size_t made = there;
	int err = 0;

	/* Whoever made these may have had another backlog. */
	for (size_t i = 0; i < there; i++)
		if (listen(fds[i], backlog) < 0)
			return -errno;
	while (made < count) {
		fds[made] = listen_one(address, length, backlog, made == 0);
		if (fds[made] < 0) {
			err = fds[made];
			goto fail;
		}
		made++;
		if (made > 1)
			continue;
		if (getsockname(fds[0], (struct sockaddr *)&bound, &size) < 0) {
			err = -errno;
			goto fail;
		}
		address = (struct sockaddr *)&bound;
	}
	return 0;
fail:
	while (made > there)
		close(fds[--made]);
	return err;
}
