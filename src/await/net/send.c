/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The sending direction of a transport, and its queue.
 */
#include <errno.h>
#include <sys/socket.h>

#include "net/pipe.h"
#include "net/output_queue.h"
#include "net/tls.h"
#include "net/transport.h"

/* Most pieces that the kernel takes in one call (IOV_MAX). */
#define MOST_PIECES 1024

void
aw_transport_free_queue(struct aw_transport *transport)
{
	if (transport->pipe != NULL)
		aw_pipe_free_queue(transport->pipe);
	else if (transport->queue != NULL)
		aw_output_queue_free(transport);
}

size_t
aw_transport_get_write_buffer_size(const struct aw_transport *transport)
{
	size_t size = transport->tls != NULL ?
	    aw_tls_backlog(transport->tls) : 0;

	if (!transport->queued)
		return size;
	if (transport->pipe != NULL)
		return aw_pipe_queue_size(transport->pipe);
	return size + aw_output_queue_size(transport->queue);
}

void
aw_transport_pause_writing(struct aw_transport *transport)
{
	if (transport->write_paused ||
	    aw_transport_get_write_buffer_size(transport) <=
	    transport->high_water)
		return;
	transport->write_paused = true;
	if (transport->protocol->pause_writing != NULL)
		transport->protocol->pause_writing(transport, transport->arg);
}

void
aw_transport_set_write_buffer_limits(struct aw_transport *transport,
    size_t high, size_t low)
{
	aw_transport_set_marks(transport, high, low);
	if (transport->queue != NULL)
		aw_output_queue_set_low_water(transport);
	aw_transport_pause_writing(transport);
}

void
aw_transport_on_output(struct aw_transport *transport)
{
	if (transport->write_paused &&
	    aw_transport_get_write_buffer_size(transport) <=
	    transport->low_water) {
		transport->write_paused = false;
		if (transport->protocol->resume_writing != NULL)
			transport->protocol->resume_writing(transport,
			    transport->arg);
	}
	/* It may have written more, or aborted. */
	if (!transport->queued ||
	    aw_transport_get_write_buffer_size(transport) > 0)
		return;
	transport->queued = false;
	if (transport->tls != NULL)
		aw_tls_flushed(transport);
	else if (transport->closing)
		aw_transport_close_now(transport);
	else if (transport->eof_wanted)
		(void)shutdown(transport->fd, SHUT_WR);
}

/* Sends what the kernel takes; returns how much that is, or an error. */
static ssize_t
check_sent(ssize_t n)
{
	return n == -EAGAIN || n == -EINTR ? 0 : n;
}

static ssize_t
send_pieces(struct aw_transport *transport, struct iovec *pieces, size_t count)
{
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
	ssize_t n;

	if (transport->pipe != NULL)
		n = aw_pipe_write(transport->pipe, transport->fd, pieces,
		    count);
	else
		n = sendmsg(transport->fd, &message, MSG_NOSIGNAL);
	return check_sent(n < 0 ? -errno : n);
}

/* Queues what the kernel did not take.  0, -ENOMEM or -ENOBUFS. */
static int
queue(struct aw_transport *transport, const void *data, size_t size)
{
	transport->queued = true;
	if (transport->pipe != NULL)
		return aw_pipe_queue(transport->pipe, data, size);
	return aw_output_queue_add(transport, data, size);
}

/* The peer shall not take what it got for all. */
static void
lose_unsent(struct aw_transport *transport, int error)
{
	transport->aborting = true;
	aw_transport_lose(transport, error);
}

/* By the socket; returns whether there is something in the queue then. */
static inline bool
send_or_queue(struct aw_transport *transport, const void *data, size_t size)
{
	ssize_t n = 0;
	int err;

	if (!transport->queued) {
		n = check_sent(aw_send(transport->fd, data, size));
		if (n < 0) {
			aw_transport_lose(transport, (int)n);
			return false;
		}
		if ((size_t)n == size)
			return false;
	}
	err = queue(transport, (const char *)data + n, size - (size_t)n);
	if (err < 0)
		lose_unsent(transport, err);
	return err == 0;
}

void
aw_transport_send(struct aw_transport *transport, const void *data,
    size_t size)
{
	(void)send_or_queue(transport, data, size);
}

static void
write_unusual(struct aw_transport *transport, const void *data, size_t size)
{
	struct iovec piece = {
		.iov_base = (void *)(uintptr_t)data, .iov_len = size,
	};

	aw_transport_writelines(transport, &piece, 1);
}

void
aw_transport_write(struct aw_transport *transport, const void *data,
    size_t size)
{
	if (size == 0)
		return;
	if (__builtin_expect(transport->unusual != 0, 0))
		write_unusual(transport, data, size);
	else if (send_or_queue(transport, data, size))
		aw_transport_pause_writing(transport);
}

/* Queues the pieces but for their first bytes, which have been sent. */
static int
queue_rest(struct aw_transport *transport, const struct iovec *pieces,
    size_t count, size_t sent)
{
	size_t i, skip;
	int err = 0;

	for (i = 0; i < count && err == 0; i++) {
		skip = sent < pieces[i].iov_len ? sent : pieces[i].iov_len;
		sent -= skip;
		if (skip < pieces[i].iov_len)
			err = queue(transport,
			    (const char *)pieces[i].iov_base + skip,
			    pieces[i].iov_len - skip);
	}
	return err;
}

void
aw_transport_writelines(struct aw_transport *transport,
    const struct iovec *pieces, size_t count)
{
	struct iovec *first = (struct iovec *)(uintptr_t)pieces;
	ssize_t n = 0;
	int err;

	if (transport->closing || transport->eof_wanted || count == 0)
		return;
	if (transport->tls != NULL) {
		aw_tls_write(transport, pieces, count);
		return;
	}
	if (!transport->queued) {
		n = send_pieces(transport, first,
		    count < MOST_PIECES ? count : MOST_PIECES);
		if (n < 0) {
			aw_transport_lose(transport, (int)n);
			return;
		}
	}
	err = queue_rest(transport, pieces, count, (size_t)n);
	if (err < 0)
		lose_unsent(transport, err);
	else if (transport->queued)
		aw_transport_pause_writing(transport);
}

void
aw_transport_write_eof(struct aw_transport *transport)
{
	if (transport->closing || transport->eof_wanted)
		return;
	transport->eof_wanted = true;
	if (transport->tls != NULL)
		aw_tls_write_eof(transport);
	else if (transport->pipe != NULL)
		aw_transport_close(transport);
	else if (!transport->queued)
		(void)shutdown(transport->fd, SHUT_WR);
}

bool
aw_transport_can_write_eof(const struct aw_transport *transport)
{
	if (transport->tls != NULL)
		return aw_tls_can_write_eof(transport->tls);
	return transport->pipe == NULL || aw_pipe_writes(transport->pipe);
}
