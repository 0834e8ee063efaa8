/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The transport: bytes over one connected socket.
 *
 * A socket bufferevent queues and flushes what the kernel did not take.  Two
 * things go around it, since they are what a message costs: a persistent event
 * wakes the reader, which receives straight into its own buffer, and output is
 * sent at once while nothing is queued.  While bytes flow, the bufferevent is
 * not touched at all.
 *
 * The transport owns the descriptor.  All functions are for the loop's thread.
 */
#ifndef AWAIT_NET_TRANSPORT_H
#define AWAIT_NET_TRANSPORT_H

#include "await.h"

#include <event2/event_struct.h>

#include "core/task.h"
#include "core/waiters.h"

struct bufferevent;

struct aw_transport {
	/* What a message touches. */
	struct task *read_waiter; /* the task that waits for data, if any */
	aw_loop *loop;
	int fd;                   /* -1 once it is closed */
	int error;                /* by which the connection was lost, or 0 */
	bool readable;            /* a receive may find something */
	bool read_armed;          /* read_event is in epoll */
	bool queued;              /* the bufferevent has output to send */
	bool eof_wanted;          /* a FIN goes out after the queue */
	bool closing;             /* closes after the queue */
	bool aborting;            /* closes with a RST */
	struct event read_event;

	struct bufferevent *bufferevent;
	size_t high_water, low_water;
	struct aw_waiters drain_waiters;
	struct aw_waiters close_waiters;
	/* Called when it has been closed, as the last thing; or NULL. */
	void (*closed)(struct aw_transport *transport);
};

/*
 * Takes over a connected, non-blocking socket.  Returns 0 or -ENOMEM, with
 * which the socket stays the caller's.
 */
AW_MUST_CHECK int aw_transport_init(struct aw_transport *transport,
    aw_loop *loop, int fd, const aw_connection_options *options,
    void (*closed)(struct aw_transport *));

/*
 * Receives at most size bytes without waiting.  Returns how many, 0 at the end
 * of the stream, -EAGAIN if there is nothing yet, or the error that the
 * connection was lost by.  After each receive the loop has to poll before the
 * next one finds anything, so a busy peer can't keep the others waiting.
 */
AW_MUST_CHECK ssize_t aw_transport_receive(struct aw_transport *transport,
    void *buffer, size_t size);

/* Waits until a receive may find something.  -EBUSY if another task does. */
AW_MUST_CHECK int aw_transport_wait_readable(struct aw_transport *transport,
    struct task *task);

/* See aw_writer_write and its kin in await.h. */
void aw_transport_write(struct aw_transport *transport, const void *data,
    size_t size);
AW_MUST_CHECK int aw_transport_drain(struct aw_transport *transport);
void aw_transport_write_eof(struct aw_transport *transport);
void aw_transport_close(struct aw_transport *transport);
void aw_transport_abort(struct aw_transport *transport);
AW_MUST_CHECK int aw_transport_wait_closed(struct aw_transport *transport);
size_t aw_transport_queue_size(const struct aw_transport *transport);

#endif
