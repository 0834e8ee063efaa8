/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The receiving direction of a transport.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/hibernate.h"
#include "net/connection.h"
#include "net/pipe.h"
#include "net/tls.h"

ssize_t
aw_transport_receive_error(struct aw_transport *transport, int error)
{
	transport->eager = transport->more = false;
	if (error == -EAGAIN || error == -EINTR)
		return -EAGAIN;
	aw_transport_lose(transport, error);
	return transport->error;
}

ssize_t
aw_transport_receive_any(struct aw_transport *transport, void *buffer,
    size_t size)
{
	ssize_t n;

	if (transport->tls != NULL)
		return aw_tls_receive(transport, buffer, size);
	if (transport->pipe == NULL) {
		n = aw_recv(transport->fd, buffer, size);
	} else {
		n = aw_pipe_read(transport->pipe, transport->fd, buffer, size);
		if (n < 0)
			n = -errno;
	}
	return n >= 0 ? n : aw_transport_receive_error(transport, (int)n);
}

/* There is something for a stream, which receives until nothing is left. */
static void
on_edge(struct aw_watch *watch, uint32_t events)
{
	struct aw_transport *transport =
	    aw_container_of(watch, struct aw_transport, watch);
	struct task *waiter = aw_connection_of(transport)->reader.waiter;

	/* A short read would not be the last one before the end, or TCP's
	 * urgent data, of which there is no other event. */
	if (__builtin_expect((events & ~(uint32_t)EPOLLIN) != 0, 0))
		transport->eager = true;
	transport->readable = true;
	if (waiter != NULL)
		aw_task_wake(waiter, 0);
}

/* There is something for another protocol, or still is. */
static void
on_level(struct aw_watch *watch, uint32_t events)
{
	(void)events;
	aw_transport_on_readable(aw_container_of(watch, struct aw_transport,
	    watch));
}

/* The same, of which the stream knows nothing: TLS begins, or ends. */
static void
on_tls_edge(struct aw_watch *watch, uint32_t events)
{
	struct aw_transport *transport =
	    aw_container_of(watch, struct aw_transport, watch);

	if ((events & ~(uint32_t)EPOLLIN) != 0)
		transport->eager = true;
	aw_transport_on_readable(transport);
}

bool
aw_transport_choose_watch(struct aw_transport *transport)
{
	if (transport->protocol == &aw_stream_protocol)
		transport->watch.ready = on_edge;
	else if (transport->tls != NULL &&
	    aw_tls_is_reading(transport->tls) &&
	    transport->tls->protocol == &aw_stream_protocol)
		transport->watch.ready = on_tls_edge;
	else
		transport->watch.ready = on_level;
	return transport->watch.ready != on_level;
}

/*
 * A stream is told of what arrives, and not again of what is there: the kernel
 * would look at each socket once more.
 */
#define EDGE_EVENTS (EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET)

static int
watch_socket(struct aw_transport *transport)
{
	bool edge = aw_transport_choose_watch(transport);

	return aw_poll_add(&transport->loop->poll, transport->fd,
	    &transport->watch, edge ? EDGE_EVENTS : EPOLLIN);
}

bool
aw_transport_wakeup(struct aw_transport *transport, struct aw_wakeup *wakeup)
{
	if (transport->pipe != NULL || !transport->read_armed ||
	    transport->watch.ready != on_edge || transport->in_ring ||
	    transport->queued || transport->remnant.close != NULL)
		return false;
	wakeup->watch = &transport->watch;
	wakeup->fd = transport->fd;
	wakeup->events = EDGE_EVENTS;
	return true;
}

int
aw_transport_watch(struct aw_transport *transport)
{
	if (transport->read_armed || transport->read_paused ||
	    transport->read_ended || transport->closing)
		return 0;
	return aw_transport_arm(transport);
}

int
aw_transport_arm(struct aw_transport *transport)
{
	int err;

	err = transport->pipe != NULL ? aw_pipe_watch(transport->pipe) :
	    watch_socket(transport);
	if (err < 0)
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
	if (transport->pipe != NULL)
		aw_pipe_unwatch(transport->pipe);
	else
		aw_poll_remove(&transport->loop->poll, transport->fd,
		    &transport->watch);
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
	n = aw_transport_receive_any(transport, buffer, size);
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
	n = aw_transport_receive_any(transport, loop->receive_buffer, AW_RECEIVE_BUFFER_SIZE);
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
aw_transport_on_readable(struct aw_transport *transport)
{
	const aw_protocol *protocol = transport->protocol;

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
	if (transport->tls != NULL && aw_tls_is_reading(transport->tls))
		return;
	transport->readable = false;
	transport->more = false;
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
	else if (transport->tls != NULL)
		aw_tls_resume(transport->tls);
}

bool
aw_transport_is_reading(const struct aw_transport *transport)
{
	return !transport->closing && !transport->read_paused;
}
