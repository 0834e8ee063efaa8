/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The receiving direction of a transport.
 */
#include <errno.h>
#include <sys/socket.h>

#include "net/connection.h"
#include "net/pipe.h"

static ssize_t
receive(struct aw_transport *transport, void *buffer, size_t size)
{
	ssize_t n;

	if (__builtin_expect(transport->pipe != NULL, 0))
		n = aw_pipe_read(transport->pipe, transport->fd, buffer, size);
	else
		n = recv(transport->fd, buffer, size, 0);
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EINTR)
		return -EAGAIN;
	aw_transport_lose(transport, -errno);
	return transport->error;
}

int
aw_transport_watch(struct aw_transport *transport)
{
	if (transport->read_armed || transport->read_paused ||
	    transport->read_ended || transport->closing)
		return 0;
	if (transport->pipe != NULL && !aw_pipe_can_be_polled(transport->pipe))
		aw_pipe_take_turn(transport->pipe);
	else if (event_add(&transport->read_event, NULL) < 0)
		return -ENOMEM;
	transport->read_armed = true;
	return 0;
}

void
aw_transport_unwatch(struct aw_transport *transport)
{
	if (!transport->read_armed)
		return;
	transport->read_armed = false;
	/* A turn that has been asked for finds that it is not wanted. */
	if (transport->pipe == NULL || aw_pipe_can_be_polled(transport->pipe))
		event_del(&transport->read_event);
}

ssize_t
aw_transport_pull(struct aw_transport *transport, void *buffer, size_t size)
{
	if (transport->closing)
		return transport->error;
	if (!transport->readable)
		return -EAGAIN;
	transport->readable = false;
	return receive(transport, buffer, size);
}

ssize_t
aw_transport_receive(struct aw_transport *transport, void *buffer, size_t size)
{
	ssize_t n = aw_transport_pull(transport, buffer, size);

	if (n == 0) {
		transport->read_ended = true;
		/* The end could be received again and again. */
		aw_transport_unwatch(transport);
	}
	if ((n > 0 || n == -EAGAIN) && aw_transport_watch(transport) < 0) {
		aw_transport_lose(transport, -ENOMEM);
		if (n < 0)
			n = transport->error;
	}
	return n;
}

/* The peer will send no more. */
static void
deliver_end(struct aw_transport *transport)
{
	const aw_protocol *protocol = transport->protocol;
	bool keep = false;

	transport->read_ended = true;
	aw_transport_unwatch(transport);
	if (protocol->eof_received != NULL)
		keep = protocol->eof_received(transport, transport->arg);
	/* A pipe has no other direction to be kept for. */
	if (!keep || transport->pipe != NULL)
		aw_transport_close(transport);
}

/* Receives to where the protocol wants it. */
static void
receive_to_protocol(struct aw_transport *transport)
{
	const aw_protocol *protocol = transport->protocol;
	size_t size = 0;
	void *buffer;
	ssize_t n;

	buffer = protocol->get_buffer(transport, &size, transport->arg);
	if (transport->closing || transport->read_paused)
		return;
	if (buffer == NULL || size == 0) {
		aw_transport_lose(transport, -ENOBUFS);
		return;
	}
	n = receive(transport, buffer, size);
	if (n == 0)
		deliver_end(transport);
	else if (n > 0 && protocol->buffer_updated != NULL)
		protocol->buffer_updated(transport, (size_t)n, transport->arg);
}

/* Receives into the loop's buffer, which is lent to the protocol. */
static void
receive_and_lend(struct aw_transport *transport)
{
	const aw_protocol *protocol = transport->protocol;
	aw_loop *loop = transport->loop;
	ssize_t n;

	aw_reader_reclaim(loop);
	n = receive(transport, loop->receive_buffer, AW_RECEIVE_BUFFER_SIZE);
	if (n == 0) {
		deliver_end(transport);
	} else if (n > 0 && protocol->data_received != NULL) {
		loop->delivering = true;
		protocol->data_received(transport, loop->receive_buffer,
		    (size_t)n, transport->arg);
		loop->delivering = false;
	}
}

void
aw_transport_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct aw_transport *transport = arg;
	const aw_protocol *protocol = transport->protocol;

	(void)fd, (void)what;
	if (protocol->readable == NULL) {
		if (protocol->get_buffer != NULL)
			receive_to_protocol(transport);
		else
			receive_and_lend(transport);
	} else if (!transport->readable) {
		transport->readable = true;
		protocol->readable(transport, transport->arg);
	} else {
		/* It knows, and would be told again and again. */
		aw_transport_unwatch(transport);
	}
}

void
aw_transport_pause_reading(struct aw_transport *transport)
{
	if (transport->closing || transport->read_paused)
		return;
	transport->read_paused = true;
	transport->readable = false;
	aw_transport_unwatch(transport);
}

void
aw_transport_resume_reading(struct aw_transport *transport)
{
	if (transport->closing || !transport->read_paused)
		return;
	transport->read_paused = false;
	/* Before connection_made, that is what starts it. */
	if (transport->told == AW_TOLD_MADE &&
	    aw_transport_watch(transport) < 0)
		aw_transport_lose(transport, -ENOMEM);
}

bool
aw_transport_is_reading(const struct aw_transport *transport)
{
	return !transport->closing && !transport->read_paused;
}
