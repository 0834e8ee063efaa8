/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "unix_socket.h"

#include "common/addresses.h"
#include "common/log.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int
new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* Returns 0 if the file is a socket that nobody listens on. */
static int
check_stale(const struct sockaddr_un *address, socklen_t length)
{
	struct stat status;
	int fd, err;

	if (lstat(address->sun_path, &status) < 0)
		return -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	fd = new_socket();
	if (fd < 0)
		return fd;
	err = connect(fd, (const struct sockaddr *)address, length) < 0 ?
	    errno : 0;
	close(fd);
	if (err == ECONNREFUSED)
		return 0;
	/* EAGAIN is a full queue, EPROTOTYPE a socket of another type. */
	return err == 0 || err == EAGAIN || err == EPROTOTYPE ?
	    -EADDRINUSE : -err;
}

static int
bind_path(int fd, const struct sockaddr_un *address, socklen_t length)
{
	int err;

	if (bind(fd, (const struct sockaddr *)address, length) == 0)
		return 0;
	if (errno != EADDRINUSE || address->sun_path[0] == '\0')
		return -errno;
	err = check_stale(address, length);
	if (err < 0)
		return err;
	if (unlink(address->sun_path) < 0 ||
	    bind(fd, (const struct sockaddr *)address, length) < 0)
		return -errno;
	return 0;
}

/* Nobody can connect before listen, so the mode is never too wide. */
static int
note_file(struct unix_socket *unix_socket, const char *path, mode_t mode)
{
	struct stat status;

	if (path[0] == '@')
		return 0;
	if (chmod(path, mode) < 0 || lstat(path, &status) < 0)
		return -errno;
	strcpy(unix_socket->path, path);
	unix_socket->device = status.st_dev;
	unix_socket->inode = status.st_ino;
	return 0;
}

int
unix_listen(const char *path, mode_t mode, int backlog,
    struct unix_socket *unix_socket)
{
	struct sockaddr_un address;
	int length, fd, err;

	memset(unix_socket, 0, sizeof(*unix_socket));
	length = address_unix(path, &address);
	if (length < 0)
		return length;
	fd = new_socket();
	if (fd < 0)
		return fd;
	err = bind_path(fd, &address, (socklen_t)length);
	if (err == 0)
		err = note_file(unix_socket, path, mode);
	if (err == 0 && listen(fd, backlog) < 0)
		err = -errno;
	if (err < 0) {
		unix_remove(unix_socket);
		close(fd);
		return err;
	}
	unix_socket->fd = fd;
	return 0;
}

int
unix_take_over(const char *path, mode_t mode, int backlog, int fd,
    struct unix_socket *unix_socket)
{
	memset(unix_socket, 0, sizeof(*unix_socket));
	unix_socket->fd = fd;
	if (listen(fd, backlog) < 0)
		return -errno;
	return note_file(unix_socket, path, mode);
}

void
unix_remove(struct unix_socket *unix_socket)
{
	struct stat status;

	if (unix_socket->path[0] != '\0' &&
	    lstat(unix_socket->path, &status) == 0 &&
	    status.st_dev == unix_socket->device &&
	    status.st_ino == unix_socket->inode &&
	    unlink(unix_socket->path) < 0)
		log_notice("unix:%s can't be removed: %s; the next start "
		    "replaces it", unix_socket->path, strerror(errno));
	unix_socket->path[0] = '\0';
}
