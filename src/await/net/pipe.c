/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/pipe.h"

/* Pieces of the queue that are written at once. */
#define PIECES 32

struct aw_pipe {
	struct aw_transport *transport;
	enum aw_pipe_end end;
	struct aw_pipe_io io;
	bool in_ring;
	bool write_armed;
	struct aw_ready turn;
	struct evbuffer *output; /* made when it is first needed */
	struct event read_event;
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
	return pipe->io.polled;
}

static void
take_turn(struct aw_pipe *pipe)
{
	if (pipe->in_ring)
		return;
	pipe->in_ring = true;
	aw_loop_ready(pipe->transport->loop, &pipe->turn);
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
		take_turn(pipe);
}

int
aw_pipe_watch(struct aw_pipe *pipe)
{
	if (pipe->io.polled)
		return event_add(&pipe->read_event, NULL) < 0 ? -ENOMEM : 0;
	take_turn(pipe);
	return 0;
}

void
aw_pipe_unwatch(struct aw_pipe *pipe)
{
	/* A turn that has been asked for finds that it is not wanted. */
	if (pipe->io.polled)
		event_del(&pipe->read_event);
}

ssize_t
aw_pipe_read(struct aw_pipe *pipe, int fd, void *buffer, size_t size)
{
	return aw_pipe_io_read(&pipe->io, fd, buffer, size);
}

ssize_t
aw_pipe_write(struct aw_pipe *pipe, int fd, const struct iovec *pieces,
    size_t count)
{
	return aw_pipe_io_write(&pipe->io, fd, pieces, count);
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
	if (transport->pipe->io.how == AW_IO_SOCKET &&
	    recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		aw_transport_unwatch(transport);
	else
		aw_transport_lose(transport, transport->queued ? -EPIPE : 0);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	aw_transport_on_readable(arg);
}

int
aw_pipe_init(struct aw_transport *transport, aw_loop *loop, int fd,
    enum aw_pipe_end end, const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	struct aw_pipe *pipe;
	int err;

	if (options != NULL && options->tls != NULL)
		return -EINVAL;
	pipe = calloc(1, sizeof(*pipe));
	if (pipe == NULL)
		return -ENOMEM;
	err = aw_pipe_io_init(&pipe->io, &fd, end);
	if (err < 0) {
		free(pipe);
		return err;
	}
	pipe->transport = transport;
	pipe->end = end;
	pipe->turn.run = run_turn;
	transport->pipe = pipe;
	transport->indirect = true;
	aw_transport_init_common(transport, loop, fd, options, closed);
	/* A FIFO that nobody has opened to write to yet would be at its end. */
	transport->readable = false;
	event_assign(&pipe->write_event, loop->base, fd, EV_WRITE | EV_PERSIST,
	    on_writable, pipe);
	event_assign(&pipe->read_event, loop->base, fd, EV_READ | EV_PERSIST,
	    end == AW_PIPE_WRITES ? on_peer : on_readable, transport);
	/* Only of these can be seen that the other end has gone. */
	if (end == AW_PIPE_WRITES)
		transport->read_ended = !pipe->io.is_fifo &&
		    pipe->io.how != AW_IO_SOCKET;
	return 0;
}

void
aw_pipe_free(struct aw_pipe *pipe)
{
	free(pipe);
}
