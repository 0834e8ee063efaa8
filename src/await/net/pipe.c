/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/buffer.h>
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
#include "net/pipe.h"

/* Pieces of the queue that are written at once. */
#define PIECES 32
/* Bytes that are written one by one before others have their turn. */
#define SINGLE_BYTES 256

/* How to keep a read or a write from blocking. */
enum how {
	PLAIN,     /* it never does: O_NONBLOCK, or a file */
	SOCKET,    /* by a flag of the call's */
	CAREFULLY, /* by asking beforehand */
};

struct aw_pipe {
	struct aw_transport *transport;
	enum aw_pipe_end end;
	enum how how;
	bool polled;   /* can be waited for */
	bool is_fifo;
	bool in_ring;
	bool write_armed;
	struct aw_ready turn;
	struct evbuffer *output; /* made when it is first needed */
	struct event write_event;
};

bool
aw_pipe_writes(const struct aw_pipe *pipe)
{
	return pipe->end == AW_PIPE_WRITES;
}

bool
aw_pipe_can_be_polled(const struct aw_pipe *pipe)
{
	return pipe->polled;
}

static void
run_turn(struct aw_ready *ready)
{
	struct aw_pipe *pipe = aw_container_of(ready, struct aw_pipe, turn);
	struct aw_transport *transport = pipe->transport;

	pipe->in_ring = false;
	if (!transport->read_armed)
		return;
	aw_transport_on_readable(transport);
	if (transport->read_armed)
		aw_pipe_take_turn(pipe);
}

void
aw_pipe_take_turn(struct aw_pipe *pipe)
{
	if (pipe->in_ring)
		return;
	pipe->in_ring = true;
	aw_loop_ready(pipe->transport->loop, &pipe->turn);
}

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
aw_pipe_read(struct aw_pipe *pipe, int fd, void *buffer, size_t size)
{
	switch (pipe->how) {
	case SOCKET:
		return recv(fd, buffer, size, MSG_DONTWAIT);
	case CAREFULLY:
		return read_carefully(fd, buffer, size);
	default:
		return read(fd, buffer, size);
	}
}

/* What can be written to takes a byte; a pipe, PIPE_BUF of them. */
static ssize_t
write_in_small_pieces(const struct aw_pipe *pipe, int fd,
    const struct iovec *piece)
{
	size_t done = 0, left = piece->iov_len, turns = SINGLE_BYTES, most;
	ssize_t n = 0;

	most = pipe->is_fifo ? PIPE_BUF : 1;
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
write_carefully(const struct aw_pipe *pipe, int fd, const struct iovec *pieces,
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
	    write_in_small_pieces(pipe, fd, pieces);
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
aw_pipe_write(struct aw_pipe *pipe, int fd, const struct iovec *pieces,
    size_t count)
{
	struct msghdr message = {
		.msg_iov = (struct iovec *)(uintptr_t)pieces,
		.msg_iovlen = count,
	};

	switch (pipe->how) {
	case SOCKET:
		return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	case CAREFULLY:
		return write_carefully(pipe, fd, pieces, count);
	default:
		return pipe->polled ? writev(fd, pieces, (int)count) :
		    write_all(fd, pieces, count);
	}
}

/* Writes what it can of the queue. */
static ssize_t
flush(struct aw_pipe *pipe)
{
	struct iovec pieces[PIECES];
	int count;
	ssize_t n;

	count = evbuffer_peek(pipe->output, -1, NULL, pieces, PIECES);
	if (count > PIECES)
		count = PIECES;
	n = aw_pipe_write(pipe, pipe->transport->fd, pieces, (size_t)count);
	if (n > 0)
		evbuffer_drain(pipe->output, (size_t)n);
	return n;
}

static void
disarm(struct aw_pipe *pipe)
{
	if (pipe->write_armed)
		event_del(&pipe->write_event);
	pipe->write_armed = false;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct aw_pipe *pipe = arg;
	struct aw_transport *transport = pipe->transport;

	(void)fd, (void)what;
	if (flush(pipe) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			aw_transport_lose(transport, -errno);
		return;
	}
	if (evbuffer_get_length(pipe->output) == 0)
		disarm(pipe);
	aw_transport_on_output(transport);
}

int
aw_pipe_queue(struct aw_pipe *pipe, const void *data, size_t size)
{
	if (pipe->output == NULL)
		pipe->output = evbuffer_new();
	if (pipe->output == NULL || evbuffer_add(pipe->output, data, size) < 0)
		return -ENOMEM;
	if (!pipe->write_armed && event_add(&pipe->write_event, NULL) < 0)
		return -ENOMEM;
	pipe->write_armed = true;
	return 0;
}

size_t
aw_pipe_queue_size(const struct aw_pipe *pipe)
{
	return pipe->output != NULL ? evbuffer_get_length(pipe->output) : 0;
}

void
aw_pipe_free_queue(struct aw_pipe *pipe)
{
	disarm(pipe);
	if (pipe->output != NULL)
		evbuffer_free(pipe->output);
	pipe->output = NULL;
}

/*
 * The other end of a pipe that is written to has gone, with bytes that it will
 * not get or without; or a socket there has said something, which is of no
 * interest.
 */
static void
on_peer(evutil_socket_t fd, short what, void *arg)
{
	struct aw_transport *transport = arg;
	char byte;

	(void)what;
	if (transport->pipe->how == SOCKET &&
	    recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		aw_transport_unwatch(transport);
	else
		aw_transport_lose(transport, transport->queued ? -EPIPE : 0);
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

static enum how
choose(mode_t mode, int flags, bool polled)
{
	if (S_ISSOCK(mode))
		return SOCKET;
	return (flags & O_NONBLOCK) != 0 || !polled ? PLAIN : CAREFULLY;
}

int
aw_pipe_init(struct aw_transport *transport, aw_loop *loop, int fd,
    enum aw_pipe_end end, const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	struct aw_pipe *pipe;
	struct stat status;
	int flags, polled, own;

	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!is_suitable(status.st_mode, flags, end))
		return -EINVAL;
	polled = aw_can_be_polled(fd);
	if (polled < 0)
		return polled;
	pipe = calloc(1, sizeof(*pipe));
	if (pipe == NULL)
		return -ENOMEM;
	pipe->how = choose(status.st_mode, flags, polled);
	own = end == AW_PIPE_WRITES && pipe->how == CAREFULLY ?
	    reopen(fd, status.st_mode) : -1;
	if (own >= 0) {
		close(fd);
		fd = own;
		pipe->how = PLAIN;
	}
	pipe->transport = transport;
	pipe->end = end;
	pipe->polled = polled;
	pipe->is_fifo = S_ISFIFO(status.st_mode);
	pipe->turn.run = run_turn;
	transport->pipe = pipe;
	aw_transport_init_common(transport, loop, fd, options, closed);
	event_assign(&pipe->write_event, loop->base, fd, EV_WRITE | EV_PERSIST,
	    on_writable, pipe);
	if (end == AW_PIPE_WRITES) {
		/* Only of these can be seen that the other end has gone. */
		transport->read_ended = !pipe->is_fifo && pipe->how != SOCKET;
		event_assign(&transport->read_event, loop->base, fd,
		    EV_READ | EV_PERSIST, on_peer, transport);
	}
	return 0;
}

void
aw_pipe_free(struct aw_pipe *pipe)
{
	free(pipe);
}
