/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "unix_socket.h"

#include "common/addresses.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* By the descriptor of the file itself, as its name may change meanwhile. */
static int
set_mode(int fd, const struct unix_socket *unix_socket, mode_t mode)
{
	struct stat status;
	char name[32];

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISSOCK(status.st_mode) ||
	    status.st_dev != unix_socket->device ||
	    status.st_ino != unix_socket->inode)
		return -EEXIST;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (chmod(name, mode) == 0)
		return 0;
	/* Where there is no /proc, the name has to do. */
	return errno == ENOENT && chmod(unix_socket->path, mode) == 0 ? 0 :
	    -errno;
}

int
unix_set_mode(const struct unix_socket *unix_socket, mode_t mode)
{
	int fd, err;

	if (unix_socket->path[0] == '\0')
		return 0;
	fd = open(unix_socket->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = set_mode(fd, unix_socket, mode);
	close(fd);
	return err;
}

/* Nobody can connect before listen, so the mode is never too wide. */
static int
note_file(struct unix_socket *unix_socket, const char *path, mode_t mode)
{
	struct stat status;

	if (path[0] == '@')
		return 0;
	if (lstat(path, &status) < 0)
		return -errno;
	strcpy(unix_socket->path, path);
	unix_socket->device = status.st_dev;
	unix_socket->inode = status.st_ino;
	return unix_set_mode(unix_socket, mode);
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
