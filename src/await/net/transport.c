/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The life of a transport, and its protocol.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/connection.h"
#include "net/tls.h"

#define DEFAULT_HIGH_WATER (64 * 1024)

static const aw_protocol no_protocol;

static void
tell_lost(struct aw_transport *transport)
{
	transport->told = AW_TOLD_LOST;
	aw_remnant_remove(&transport->remnant);
	if (transport->protocol->connection_lost != NULL)
		transport->protocol->connection_lost(transport,
		    transport->error, transport->arg);
	if (transport->tls != NULL)
		aw_tls_lost(transport);
	if (transport->closed != NULL)
		transport->closed(transport);
}

/* A stream watches when its reader first waits, others at once. */
void
aw_transport_begin_reading(struct aw_transport *transport)
{
	if (transport->protocol == &aw_stream_protocol)
		return;
	transport->readable = false;
	if (aw_transport_watch(transport) < 0)
		aw_transport_lose(transport, -ENOMEM);
	else if (transport->tls != NULL)
		aw_tls_resume(transport->tls);
}

static void
tell(struct aw_ready *ready)
{
	struct aw_transport *transport =
	    aw_container_of(ready, struct aw_transport, ready);

	transport->in_ring = false;
	if (transport->told == AW_TOLD_MADE) {
		tell_lost(transport);
		return;
	}
	transport->told = AW_TOLD_MADE;
	if (transport->protocol->connection_made != NULL)
		transport->protocol->connection_made(transport,
		    transport->arg);
	if (transport->fd >= 0)
		aw_transport_begin_reading(transport);
	else
		aw_transport_tell(transport);
}

void
aw_transport_tell(struct aw_transport *transport)
{
	if (transport->in_ring)
		return;
	transport->in_ring = true;
	transport->ready.run = tell;
	aw_loop_ready(transport->loop, &transport->ready);
}

static void
remember_peer(struct aw_transport *transport, const struct sockaddr *peer)
{
	if (peer == NULL)
		return;
	if (peer->sa_family == AF_INET)
		memcpy(&transport->peer, peer, sizeof(transport->peer.in));
	else if (peer->sa_family == AF_INET6)
		memcpy(&transport->peer, peer, sizeof(transport->peer.in6));
}

void
aw_transport_set_marks(struct aw_transport *transport, size_t high, size_t low)
{
	transport->high_water = high != 0 ? high : DEFAULT_HIGH_WATER;
	transport->low_water = low != 0 ? low : transport->high_water / 4;
	if (transport->low_water > transport->high_water)
		transport->low_water = transport->high_water;
}

void
aw_transport_init_common(struct aw_transport *transport, aw_loop *loop, int fd,
    const aw_connection_options *options, void (*closed)(struct aw_transport *))
{
	transport->loop = loop;
	transport->fd = fd;
	transport->closed = closed;
	aw_transport_set_marks(transport, options != NULL ? options->high_water : 0,
	    options != NULL ? options->low_water : 0);
	if (options != NULL) {
		transport->output_limit = options->output_limit;
		transport->write_timeout = (float)options->write_timeout;
	}
	/* The peer may have sent already. */
	transport->readable = true;
}

void
aw_transport_init(struct aw_transport *transport, aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    void (*closed)(struct aw_transport *))
{
	aw_transport_init_common(transport, loop, fd, options, closed);
	remember_peer(transport, peer);
}

/* A RST rather than a FIN: the peer shall not take what it got for all. */
static void
reset_on_close(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void
aw_transport_close_now(struct aw_transport *transport)
{
	if (transport->fd < 0)
		return;
	transport->closing = true;
	transport->queued = false;
	aw_transport_unwatch(transport);
	aw_transport_free_queue(transport);
	if (transport->aborting && transport->pipe == NULL)
		reset_on_close(transport->fd);
	close(transport->fd);
	transport->fd = -1;
	if (transport->tls != NULL)
		aw_tls_closed(transport);
	aw_transport_tell(transport);
}

void
aw_transport_lose(struct aw_transport *transport, int error)
{
	if (transport->error == 0)
		transport->error = error;
	aw_transport_close_now(transport);
}

void
aw_transport_close(struct aw_transport *transport)
{
	if (transport->closing)
		return;
	transport->closing = true;
	if (transport->tls != NULL) {
		aw_tls_close(transport);
		return;
	}
	if (!transport->queued) {
		aw_transport_close_now(transport);
		return;
	}
	aw_transport_unwatch(transport);
	if (transport->protocol == &aw_stream_protocol)
		aw_stream_on_readable(transport, transport->arg);
}

void
aw_transport_abort(struct aw_transport *transport)
{
	transport->aborting = true;
	if (transport->error == 0 && transport->queued)
		transport->error = -ECONNABORTED;
	aw_transport_close_now(transport);
}

bool
aw_transport_is_closing(const struct aw_transport *transport)
{
	return transport->closing;
}

static void
close_remnant(struct aw_remnant *remnant)
{
	aw_transport_abort(aw_container_of(remnant, struct aw_transport,
	    remnant));
}

void
aw_transport_disown(struct aw_transport *transport)
{
	aw_remnant_add(transport->loop, &transport->remnant, close_remnant);
}

void
aw_transport_set_protocol(struct aw_transport *transport,
    const aw_protocol *protocol, void *arg)
{
	if (protocol == NULL)
		protocol = &no_protocol;
	if (transport->tls != NULL && aw_tls_is_reading(transport->tls)) {
		aw_tls_change_protocol(transport->tls, protocol, arg);
		return;
	}
	transport->protocol = protocol;
	transport->arg = arg;
	/* Before connection_made, that is what starts it. */
	if (transport->told != AW_TOLD_MADE || transport->fd < 0 ||
	    transport->closing)
		return;
	/* What the old one left in the kernel, the new one is told of. */
	aw_transport_unwatch(transport);
	aw_transport_begin_reading(transport);
	if (transport->protocol == &aw_stream_protocol)
		transport->readable = transport->pipe == NULL;
}

const aw_protocol *
aw_transport_get_protocol(const struct aw_transport *transport, void **arg)
{
	const struct aw_tls *tls = transport->tls;

	if (tls != NULL && !aw_tls_is_reading(tls))
		tls = NULL;
	if (arg != NULL)
		*arg = tls != NULL ? tls->arg : transport->arg;
	return tls != NULL ? tls->protocol : transport->protocol;
}

void
aw_transport_get_write_buffer_limits(const struct aw_transport *transport,
    size_t *high, size_t *low)
{
	if (high != NULL)
		*high = transport->high_water;
	if (low != NULL)
		*low = transport->low_water;
}
