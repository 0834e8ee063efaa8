/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/transport.h"

#define DEFAULT_HIGH_WATER (64 * 1024)
/* Bytes that a bufferevent writes at once; its default is 16 KiB. */
#define LARGEST_WRITE (256 * 1024)

/* The socket can be read from. */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct aw_transport *transport = arg;

	(void)fd, (void)what;
	transport->readable = true;
	if (transport->read_waiter != NULL) {
		aw_task_wake(transport->read_waiter, 0);
	} else {
		/* Nobody wants it now, and it would be told again and again. */
		event_del(&transport->read_event);
		transport->read_armed = false;
	}
}

/* A RST rather than a FIN: the peer shall not take what it got for all. */
static void
reset_on_close(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Closes the socket, and tells everybody who waits. */
static void
close_now(struct aw_transport *transport)
{
	if (transport->fd < 0)
		return;
	transport->closing = true;
	transport->queued = false;
	if (transport->read_armed)
		event_del(&transport->read_event);
	bufferevent_setcb(transport->bufferevent, NULL, NULL, NULL, NULL);
	bufferevent_free(transport->bufferevent);
	transport->bufferevent = NULL;
	if (transport->aborting)
		reset_on_close(transport->fd);
	close(transport->fd);
	transport->fd = -1;
	if (transport->read_waiter != NULL)
		aw_task_wake(transport->read_waiter, 0);
	aw_waiters_wake_all(&transport->drain_waiters, 0);
	aw_waiters_wake_all(&transport->close_waiters, 0);
	if (transport->closed != NULL)
		transport->closed(transport);
}

static void
lose(struct aw_transport *transport, int error)
{
	if (transport->error == 0)
		transport->error = error;
	close_now(transport);
}

/* The queue has fallen to the low water mark or below. */
static void
on_output(struct bufferevent *bufferevent, void *arg)
{
	struct aw_transport *transport = arg;

	aw_waiters_wake_all(&transport->drain_waiters, 0);
	if (evbuffer_get_length(bufferevent_get_output(bufferevent)) > 0)
		return;
	transport->queued = false;
	if (transport->closing)
		close_now(transport);
	else if (transport->eof_wanted)
		(void)shutdown(transport->fd, SHUT_WR);
}

static void
on_output_error(struct bufferevent *bufferevent, short what, void *arg)
{
	int error = EVUTIL_SOCKET_ERROR();

	(void)bufferevent, (void)what;
	lose(arg, error > 0 ? -error : -EPIPE);
}

int
aw_transport_init(struct aw_transport *transport, aw_loop *loop, int fd,
    const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	struct bufferevent *bufferevent;

	bufferevent = bufferevent_socket_new(loop->base, fd, 0);
	if (bufferevent == NULL)
		return -ENOMEM;
	transport->loop = loop;
	transport->fd = fd;
	transport->closed = closed;
	transport->bufferevent = bufferevent;
	transport->high_water = options->high_water != 0 ?
	    options->high_water : DEFAULT_HIGH_WATER;
	transport->low_water = options->low_water != 0 ?
	    options->low_water : transport->high_water / 4;
	/* The peer may have sent already. */
	transport->readable = true;
	event_assign(&transport->read_event, loop->base, fd,
	    EV_READ | EV_PERSIST, on_readable, transport);
	bufferevent_setcb(bufferevent, NULL, on_output, on_output_error,
	    transport);
	bufferevent_setwatermark(bufferevent, EV_WRITE, transport->low_water, 0);
	bufferevent_set_max_single_write(bufferevent, LARGEST_WRITE);
	return 0;
}

ssize_t
aw_transport_receive(struct aw_transport *transport, void *buffer, size_t size)
{
	ssize_t n;

	if (transport->fd < 0 || transport->closing)
		return transport->error;
	if (!transport->readable)
		return -EAGAIN;
	transport->readable = false;
	n = recv(transport->fd, buffer, size, 0);
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EINTR)
		return -EAGAIN;
	lose(transport, -errno);
	return transport->error;
}

int
aw_transport_wait_readable(struct aw_transport *transport, struct task *task)
{
	int err;

	if (transport->read_waiter != NULL)
		return -EBUSY;
	if (!transport->read_armed) {
		if (event_add(&transport->read_event, NULL) < 0)
			return -ENOMEM;
		transport->read_armed = true;
	}
	transport->read_waiter = task;
	err = aw_task_park(task, "data to read");
	transport->read_waiter = NULL;
	return err;
}

/* Sends what the kernel takes; returns how much that is, or an error. */
static ssize_t
send_now(struct aw_transport *transport, const void *data, size_t size)
{
	ssize_t n;

	n = send(transport->fd, data, size, MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	return n < 0 ? -errno : n;
}

/* Gives the bufferevent what the kernel did not take.  0 or -ENOMEM. */
static int
queue(struct aw_transport *transport, const void *data, size_t size)
{
	struct bufferevent *bufferevent = transport->bufferevent;

	transport->queued = true;
	if (bufferevent_write(bufferevent, data, size) < 0)
		return -ENOMEM;
	/* It does not say so if it could not wait for the socket. */
	return event_pending(&bufferevent->ev_write, EV_WRITE, NULL) ? 0 :
	    -ENOMEM;
}

void
aw_transport_write(struct aw_transport *transport, const void *data,
    size_t size)
{
	ssize_t n = 0;

	if (transport->closing || transport->eof_wanted || size == 0)
		return;
	if (!transport->queued) {
		n = send_now(transport, data, size);
		if (n < 0) {
			lose(transport, (int)n);
			return;
		}
		if ((size_t)n == size)
			return;
	}
	if (queue(transport, (const char *)data + n, size - (size_t)n) < 0)
		lose(transport, -ENOMEM);
}

size_t
aw_transport_queue_size(const struct aw_transport *transport)
{
	if (!transport->queued)
		return 0;
	return evbuffer_get_length(
	    bufferevent_get_output(transport->bufferevent));
}

/* What a writer is told once the socket is closed. */
static int
lost_error(const struct aw_transport *transport)
{
	return transport->error != 0 ? transport->error : -ECONNRESET;
}

int
aw_transport_drain(struct aw_transport *transport)
{
	struct task *task;
	int err;

	if (transport->fd < 0)
		return lost_error(transport);
	if (!transport->queued ||
	    aw_transport_queue_size(transport) <= transport->high_water)
		return 0;
	task = aw_task_current();
	if (task == NULL)
		return AW_ENOTASK;
	err = aw_waiters_wait(&transport->drain_waiters, task,
	    "the write queue to drain");
	if (err == 0 && transport->fd < 0)
		err = lost_error(transport);
	return err;
}

void
aw_transport_write_eof(struct aw_transport *transport)
{
	if (transport->closing || transport->eof_wanted)
		return;
	transport->eof_wanted = true;
	if (!transport->queued)
		(void)shutdown(transport->fd, SHUT_WR);
}

void
aw_transport_close(struct aw_transport *transport)
{
	if (transport->closing)
		return;
	transport->closing = true;
	if (!transport->queued)
		close_now(transport);
	else if (transport->read_waiter != NULL)
		aw_task_wake(transport->read_waiter, 0);
}

void
aw_transport_abort(struct aw_transport *transport)
{
	transport->aborting = true;
	if (transport->error == 0 && transport->queued)
		transport->error = -ECONNABORTED;
	close_now(transport);
}

int
aw_transport_wait_closed(struct aw_transport *transport)
{
	struct task *task = aw_task_current();
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	if (transport->fd >= 0)
		err = aw_waiters_wait(&transport->close_waiters, task,
		    "a connection to close");
	return err < 0 ? err : transport->error;
}
