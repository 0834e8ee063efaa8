/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/task.h"
#include "net/address.h"
#include "net/listen.h"

/* asyncio's. */
#define DEFAULT_BACKLOG 100

int
aw_listen_backlog(const aw_server_options *options)
{
	return options->backlog > 0 ? options->backlog : DEFAULT_BACKLOG;
}

static void
set(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

/* Linux copies these to each accepted socket, which saves a call there. */
void
aw_listen_set_options(int fd, const aw_server_options *options)
{
	int family = AF_UNSPEC;
	socklen_t length = sizeof(family);

	(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
	if (family == AF_INET || family == AF_INET6)
		set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (options->keep_alive)
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	if (options->send_buffer > 0)
		set(fd, SOL_SOCKET, SO_SNDBUF, options->send_buffer);
	if (options->receive_buffer > 0)
		set(fd, SOL_SOCKET, SO_RCVBUF, options->receive_buffer);
}

/* Takes the file of a Unix socket away that was just bound. */
static void
unlink_bound(const struct sockaddr *address)
{
	const struct sockaddr_un *un = (const void *)address;

	if (address->sa_family == AF_UNIX && un->sun_path[0] != '\0')
		(void)unlink(un->sun_path);
}

static int
bind_and_listen(int fd, const struct sockaddr *address, socklen_t length,
    const aw_server_options *options)
{
	int err = 0;

	if (address->sa_family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (address->sa_family != AF_UNIX)
		set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (options->reuse_port)
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	aw_listen_set_options(fd, options);
	if (bind(fd, address, length) < 0)
		return -errno;
	if (!options->start_later &&
	    listen(fd, aw_listen_backlog(options)) < 0) {
		err = -errno;
		unlink_bound(address);
	}
	return err;
}

int
aw_listen(const struct sockaddr *address, socklen_t length,
    const aw_server_options *options)
{
	char text[AW_ADDRESS_TEXT_SIZE];
	int fd, err;

	fd = socket(address->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno :
	    bind_and_listen(fd, address, length, options);
	if (err < 0) {
		if (fd >= 0)
			close(fd);
		aw_set_error_text("%s: %s", aw_address_text(address, length,
		    text, sizeof(text)), aw_strerror(err));
		return err;
	}
	return fd;
}

/* Whether somebody listens on the socket at the path. */
static bool
is_live(const struct sockaddr_un *address, socklen_t length)
{
	int fd, err = 0;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	if (connect(fd, (const struct sockaddr *)address, length) < 0)
		err = errno;
	close(fd);
	/* Any other answer, as of a full backlog, is somebody's. */
	return err != ECONNREFUSED && err != ENOENT;
}

int
aw_listen_unix(const char *path, const aw_server_options *options)
{
	struct sockaddr_un address;
	struct stat status;
	int length;

	length = aw_unix_address(path, &address);
	if (length < 0)
		return length;
	if (path[0] != '@' && lstat(path, &status) == 0 &&
	    S_ISSOCK(status.st_mode) &&
	    !is_live(&address, (socklen_t)length))
		(void)unlink(path);
	return aw_listen((struct sockaddr *)&address, (socklen_t)length,
	    options);
}
