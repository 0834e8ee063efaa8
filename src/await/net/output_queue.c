/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "net/output_queue.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* Bytes that a bufferevent writes at once; its default is 16 KiB. */
#define LARGEST_WRITE (256 * 1024)
/* Looks in write_timeout; so it is late by a quarter at most. */
#define LOOKS 4

struct aw_output_queue {
	struct bufferevent *bufferevent;
	int64_t added; /* bytes, since it was made */
	int64_t taken; /* by the peer of them, when last looked; or unknown */
	int looks;     /* that found no more of them taken; -1: none yet */
};

static struct evbuffer *
output_of(const struct aw_output_queue *queue)
{
	return bufferevent_get_output(queue->bufferevent);
}

size_t
aw_output_queue_size(const struct aw_output_queue *queue)
{
	return evbuffer_get_length(output_of(queue));
}

/* ------------------------------------------------ a peer that takes nothing */

/*
 * How much of what was queued the peer has, but for what was sent before, which
 * does not matter for a comparison.
 */
static int64_t
taken(const struct aw_transport *transport)
{
	const struct aw_output_queue *queue = transport->queue;
	int in_kernel = 0;

	(void)ioctl(transport->fd, SIOCOUTQ, &in_kernel);
	return queue->added - (int64_t)aw_output_queue_size(queue) - in_kernel;
}

/* Returns whether the peer has had its time. */
static bool
look(struct aw_transport *transport)
{
	struct aw_output_queue *queue = transport->queue;
	int64_t now = taken(transport);

	if (queue->looks < 0 || now != queue->taken)
		queue->looks = 0;
	else
		queue->looks++;
	queue->taken = now;
	return queue->looks >= LOOKS;
}

static void
on_time(struct aw_transport *transport)
{
	int err = 0;

	if (look(transport))
		err = AW_ESTALLED;
	else if (bufferevent_enable(transport->queue->bufferevent,
	    EV_WRITE) < 0)
		err = -ENOMEM;
	if (err < 0) {
		transport->aborting = true;
		aw_transport_lose(transport, err);
	}
}

static void
set_timeout(struct aw_transport *transport)
{
	int64_t nanoseconds = aw_nanoseconds(
	    (double)transport->write_timeout / LOOKS);
	struct timeval interval = {
		.tv_sec = nanoseconds / 1000000000,
		.tv_usec = nanoseconds % 1000000000 / 1000,
	};

	/* None at all would be no timeout. */
	if (nanoseconds < 1000)
		interval.tv_usec = 1;
	bufferevent_set_timeouts(transport->queue->bufferevent, NULL,
	    &interval);
}

/* --------------------------------------------------------- the bufferevent */

static void
on_output(struct bufferevent *bufferevent, void *arg)
{
	(void)bufferevent;
	aw_transport_on_output(arg);
}

static void
on_output_event(struct bufferevent *bufferevent, short what, void *arg)
{
	int error = EVUTIL_SOCKET_ERROR();

	(void)bufferevent;
	if (what & BEV_EVENT_TIMEOUT)
		on_time(arg);
	else
		aw_transport_lose(arg, error > 0 ? -error : -EPIPE);
}

/* Some of it has been sent. */
static void
on_change(struct evbuffer *output, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct aw_transport *transport = arg;

	(void)output;
	aw_output_limit_give(transport->output_limit, info->n_deleted);
}

void
aw_output_queue_set_low_water(struct aw_transport *transport)
{
	bufferevent_setwatermark(transport->queue->bufferevent, EV_WRITE,
	    transport->low_water, 0);
}

static int
make(struct aw_transport *transport)
{
	struct aw_output_queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return -ENOMEM;
	queue->bufferevent = bufferevent_socket_new(transport->loop->base,
	    transport->fd, 0);
	if (queue->bufferevent == NULL)
		goto no_bufferevent;
	if (transport->output_limit != NULL && evbuffer_add_cb(
	    output_of(queue), on_change, transport) == NULL)
		goto no_callback;
	transport->queue = queue;
	bufferevent_setcb(queue->bufferevent, NULL, on_output, on_output_event,
	    transport);
	aw_output_queue_set_low_water(transport);
	bufferevent_set_max_single_write(queue->bufferevent, LARGEST_WRITE);
	if (transport->write_timeout > 0)
		set_timeout(transport);
	return 0;
no_callback:
	bufferevent_free(queue->bufferevent);
no_bufferevent:
	free(queue);
	return -ENOMEM;
}

int
aw_output_queue_add(struct aw_transport *transport, const void *data,
    size_t size)
{
	struct aw_output_queue *queue;

	if (transport->queue == NULL && make(transport) < 0)
		return -ENOMEM;
	queue = transport->queue;
	if (!aw_output_limit_take(transport->output_limit, size))
		return -ENOBUFS;
	if (aw_output_queue_size(queue) == 0)
		queue->looks = -1;
	if (bufferevent_write(queue->bufferevent, data, size) < 0) {
		aw_output_limit_give(transport->output_limit, size);
		return -ENOMEM;
	}
	queue->added += (int64_t)size;
	/* It does not say so if it could not wait for the socket. */
	return event_pending(&queue->bufferevent->ev_write, EV_WRITE,
	    NULL) ? 0 : -ENOMEM;
}

void
aw_output_queue_free(struct aw_transport *transport)
{
	struct aw_output_queue *queue = transport->queue;

	transport->queue = NULL;
	if (transport->output_limit != NULL) {
		(void)evbuffer_remove_cb(output_of(queue), on_change,
		    transport);
		aw_output_limit_give(transport->output_limit,
		    aw_output_queue_size(queue));
	}
	bufferevent_setcb(queue->bufferevent, NULL, NULL, NULL, NULL);
	bufferevent_free(queue->bufferevent);
	free(queue);
}
