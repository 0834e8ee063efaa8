/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "descriptor.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include <await.h>

/* Most waits are over before they begin; asking first saves the loop a turn. */
static bool
is_ready(int fd, short events, int timeout)
{
	struct pollfd entry = { .fd = fd, .events = events };

	return poll(&entry, 1, timeout) != 0;
}

ssize_t
descriptor_read(int fd, void *data, size_t size)
{
	ssize_t n;
	int err;

	do {
		if (!is_ready(fd, POLLIN, 0)) {
			err = aw_wait_readable(fd);
			if (err < 0)
				return err;
		}
		n = read(fd, data, size);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	return n == -1 ? -errno : n;
}

static int
wait_writable(int fd)
{
	if (aw_current_task() == NULL) {
		(void)is_ready(fd, POLLOUT, -1);
		return 0;
	}
	return is_ready(fd, POLLOUT, 0) ? 0 : aw_wait_writable(fd);
}

/*
 * A pipe or a terminal that can take something may still block on more than
 * PIPE_BUF bytes; a file can't be waited for, and takes everything.
 */
static size_t
largest_write(int fd)
{
	struct stat status;

	if (fstat(fd, &status) == 0 &&
	    (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)))
		return SSIZE_MAX;
	return PIPE_BUF;
}

int
descriptor_write(int fd, const void *data, size_t size)
{
	const char *bytes = data;
	size_t largest = largest_write(fd);
	ssize_t n;
	int err;

	while (size > 0) {
		err = wait_writable(fd);
		if (err < 0)
			return err;
		n = write(fd, bytes, size < largest ? size : largest);
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
	return 0;
}
