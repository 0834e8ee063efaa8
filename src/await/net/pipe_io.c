/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/wait_fd.h"
#include "net/pipe_io.h"

/* Bytes that are written one by one before others have their turn. */
#define SINGLE_BYTES 256

/*
 * Whether a call of the plain kind would not block now.  Another process that
 * takes what was there in between is what RWF_NOWAIT is for; only kernels
 * before 6.4, and a few devices, have nothing better than this.
 */
static bool
is_ready(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	if (poll(&poll_fd, 1, 0) > 0)
		return true;
	errno = EAGAIN;
	return false;
}

/* Whether RWF_NOWAIT is not for this kernel or this kind of file. */
static bool
is_unsupported(int error)
{
	return error == EOPNOTSUPP || error == ENOSYS || error == EINVAL;
}

static ssize_t
read_carefully(int fd, void *buffer, size_t size)
{
	struct iovec piece = { .iov_base = buffer, .iov_len = size };
	ssize_t n;

	n = preadv2(fd, &piece, 1, -1, RWF_NOWAIT);
	if (n < 0 && is_unsupported(errno))
		n = is_ready(fd, POLLIN) ? read(fd, buffer, size) : -1;
	return n;
}

ssize_t
aw_pipe_io_read(const struct aw_pipe_io *io, int fd, void *buffer, size_t size)
{
	switch (io->how) {
	case AW_IO_SOCKET:
		return recv(fd, buffer, size, MSG_DONTWAIT);
	case AW_IO_CAREFUL:
		return read_carefully(fd, buffer, size);
	default:
		return read(fd, buffer, size);
	}
}

/* What can be written to takes a byte; a pipe, PIPE_BUF of them. */
static ssize_t
write_in_small_pieces(const struct aw_pipe_io *io, int fd,
    const struct iovec *piece)
{
	size_t done = 0, left = piece->iov_len, turns = SINGLE_BYTES, most;
	ssize_t n = 0;

	most = io->is_fifo ? PIPE_BUF : 1;
	while (left > 0 && turns-- > 0 && is_ready(fd, POLLOUT)) {
		n = write(fd, (const char *)piece->iov_base + done,
		    left < most ? left : most);
		if (n < 0)
			break;
		done += (size_t)n;
		left -= (size_t)n;
	}
	return done > 0 ? (ssize_t)done : -1;
}

static ssize_t
write_carefully(const struct aw_pipe_io *io, int fd, const struct iovec *pieces,
    size_t count)
{
	ssize_t n;

	n = pwritev2(fd, pieces, (int)count, -1, RWF_NOWAIT);
	if (n >= 0 || !is_unsupported(errno))
		return n;
	while (count > 1 && pieces->iov_len == 0) {
		pieces++;
		count--;
	}
	return pieces->iov_len == 0 ? 0 :
	    write_in_small_pieces(io, fd, pieces);
}

/* What can't be waited for takes everything, or fails. */
static ssize_t
write_all(int fd, const struct iovec *pieces, size_t count)
{
	size_t i, done;
	ssize_t n, sum = 0;

	for (i = 0; i < count; i++) {
		for (done = 0; done < pieces[i].iov_len; done += (size_t)n) {
			n = write(fd, (const char *)pieces[i].iov_base + done,
			    pieces[i].iov_len - done);
			if (n < 0)
				return -1;
		}
		sum += (ssize_t)done;
	}
	return sum;
}

ssize_t
aw_pipe_io_write(const struct aw_pipe_io *io, int fd,
    const struct iovec *pieces, size_t count)
{
	struct msghdr message = {
		.msg_iov = (struct iovec *)(uintptr_t)pieces,
		.msg_iovlen = count,
	};

	switch (io->how) {
	case AW_IO_SOCKET:
		return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	case AW_IO_CAREFUL:
		return write_carefully(io, fd, pieces, count);
	default:
		return io->polled ? writev(fd, pieces, (int)count) :
		    write_all(fd, pieces, count);
	}
}

/* The master's side of a terminal: to open it again is to make another one. */
static bool
is_terminal_master(int fd)
{
	unsigned number;

	return ioctl(fd, TIOCGPTN, &number) == 0;
}

/*
 * Opens a pipe or a terminal once more, for a description of its own that may
 * be made non-blocking.  Returns the descriptor, or -1: there may be no /proc,
 * no permission, or nobody that reads from the pipe.
 */
static int
reopen(int fd, mode_t mode)
{
	char path[32];

	if (!S_ISFIFO(mode) && (!isatty(fd) || is_terminal_master(fd)))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

/* Whether the descriptor is of a kind, and open for, what it is to be. */
static bool
is_suitable(mode_t mode, int flags, enum aw_pipe_end end)
{
	int access = flags & O_ACCMODE;

	if (!S_ISFIFO(mode) && !S_ISSOCK(mode) && !S_ISCHR(mode) &&
	    !S_ISREG(mode))
		return false;
	return access == O_RDWR ||
	    access == (end == AW_PIPE_READS ? O_RDONLY : O_WRONLY);
}

static enum aw_pipe_how
choose(mode_t mode, int flags, bool polled)
{
	if (S_ISSOCK(mode))
		return AW_IO_SOCKET;
	return (flags & O_NONBLOCK) != 0 || !polled ? AW_IO_PLAIN :
	    AW_IO_CAREFUL;
}

int
aw_pipe_io_init(struct aw_pipe_io *io, int *fd, enum aw_pipe_end end)
{
	struct stat status;
	int flags, polled, own;

	flags = fcntl(*fd, F_GETFL);
	if (flags < 0 || fstat(*fd, &status) < 0)
		return -errno;
	if (!is_suitable(status.st_mode, flags, end))
		return -EINVAL;
	polled = aw_can_be_polled(*fd);
	if (polled < 0)
		return polled;
	io->how = choose(status.st_mode, flags, polled);
	io->polled = polled;
	io->is_fifo = S_ISFIFO(status.st_mode);
	if (end == AW_PIPE_READS || io->how != AW_IO_CAREFUL)
		return 0;
	own = reopen(*fd, status.st_mode);
	if (own >= 0) {
		close(*fd);
		*fd = own;
		io->how = AW_IO_PLAIN;
	}
	return 0;
}
