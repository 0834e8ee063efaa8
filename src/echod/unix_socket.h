/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listening Unix sockets.
 */
#ifndef ECHOD_UNIX_SOCKET_H
#define ECHOD_UNIX_SOCKET_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

struct unix_socket {
	int fd;
	/* The file that we made; the path is "" for an abstract socket. */
	char path[108];
	dev_t device;
	ino_t inode;
};

/*
 * Makes a socket that listens on the path; a leading '@' makes it an abstract
 * one.  A socket there that nobody listens on is replaced.  Returns 0 or
 * -errno: -EADDRINUSE for one that is live, -EEXIST for a file of any other
 * kind, which is left alone.  The fd is the caller's to close.
 */
int unix_listen(const char *path, mode_t mode, int backlog,
    struct unix_socket *unix_socket);

/*
 * The same for a socket that already listens there: its path is ours again,
 * with that mode and backlog.  Returns 0 or -errno; the fd is noted.
 */
int unix_take_over(const char *path, mode_t mode, int backlog, int fd,
    struct unix_socket *unix_socket);

/*
 * Changes the mode of the file, if it is still the one that unix_listen made:
 * in a folder of somebody else it might lead anywhere.  Returns 0, also for an
 * abstract socket, or -errno.
 */
int unix_set_mode(const struct unix_socket *unix_socket, mode_t mode);

/* Removes the path, if it is still the file that unix_listen made. */
void unix_remove(struct unix_socket *unix_socket);

#endif
