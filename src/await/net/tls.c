/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The life of TLS on a transport.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>

#include "net/connection.h"
#include "net/tls.h"
#include "net/tls_context.h"

/* What the program is told by while a handshake fails that it knows not of. */
static const aw_protocol no_protocol;

void
aw_tls_swap_protocol(struct aw_tls *tls)
{
	tls->protocol = tls->transport->protocol;
	tls->arg = tls->transport->arg;
	tls->transport->protocol = &aw_tls_protocol;
}

void
aw_tls_restore_protocol(struct aw_tls *tls)
{
	if (tls->transport->protocol != &aw_tls_protocol)
		return;
	tls->transport->protocol = tls->protocol;
	tls->transport->arg = tls->arg;
}

void
aw_tls_change_protocol(struct aw_tls *tls, const aw_protocol *protocol,
    void *arg)
{
	struct aw_transport *transport = tls->transport;
	bool armed = transport->read_armed;

	tls->protocol = protocol;
	tls->arg = arg;
	/* Not all are told of the same events. */
	aw_transport_unwatch(transport);
	if (armed && aw_transport_arm(transport) < 0)
		aw_transport_lose(transport, -ENOMEM);
}

bool
aw_tls_is_reading(const struct aw_tls *tls)
{
	return tls->transport->protocol == &aw_tls_protocol;
}

void
aw_tls_set_timer(struct aw_tls *tls, double seconds,
    void (*due)(struct aw_timer *timer))
{
	tls->timer.due = due;
	tls->timer.when = aw_loop_now() + aw_nanoseconds(seconds);
	if (aw_loop_add_timer(tls->transport->loop, &tls->timer) < 0)
		aw_transport_lose(tls->transport, -ENOMEM);
	else
		tls->timer_set = true;
}

void
aw_tls_stop_timer(struct aw_tls *tls)
{
	if (tls->timer_set)
		aw_loop_remove_timer(tls->transport->loop, &tls->timer);
	tls->timer_set = false;
}

static void
run_turn(struct aw_ready *ready)
{
	struct aw_tls *tls = aw_container_of(ready, struct aw_tls, turn);
	struct aw_transport *transport = tls->transport;

	tls->in_ring = false;
	if (!tls->more || transport->fd < 0)
		return;
	if (aw_tls_is_reading(tls) || transport->protocol->readable == NULL) {
		if (aw_tls_is_reading(tls) || (!transport->read_paused &&
		    !transport->read_ended && !transport->closing))
			aw_transport_on_readable(transport);
	} else if (!transport->readable && !transport->read_paused) {
		transport->readable = true;
		/* The event itself has nothing to do with it. */
		if (transport->protocol == &aw_stream_protocol)
			aw_reader_wake(aw_stream_reader(transport->arg));
		else
			transport->protocol->readable(transport,
			    transport->arg);
	}
}

void
aw_tls_take_turn(struct aw_tls *tls)
{
	if (tls->in_ring)
		return;
	tls->in_ring = true;
	tls->turn.run = run_turn;
	aw_loop_ready(tls->transport->loop, &tls->turn);
}

void
aw_tls_resume(struct aw_tls *tls)
{
	if (tls->more)
		aw_tls_take_turn(tls);
}

static void
free_beginning(struct aw_tls *tls)
{
	struct aw_tls_beginning *beginning = tls->beginning;

	if (beginning->backlog != NULL)
		evbuffer_free(beginning->backlog);
	free(beginning->early);
	free(beginning);
	tls->beginning = NULL;
}

void
aw_tls_end_beginning(struct aw_tls *tls)
{
	tls->beginning->over = true;
	if (tls->beginning->early == NULL)
		free_beginning(tls);
}

void
aw_tls_free(struct aw_tls *tls)
{
	SSL_free(tls->ssl);
	aw_tls_context_unref(tls->context);
	if (tls->beginning != NULL)
		free_beginning(tls);
	free(tls->text);
	free(tls);
}

static void
run_free(void *arg)
{
	aw_tls_free(arg);
}

static void
free_of(struct aw_transport *transport)
{
	struct aw_tls *tls = transport->tls;

	transport->tls = NULL;
	aw_loop_call(run_free, tls);
}

void
aw_tls_release(struct aw_transport *transport)
{
	if (transport->tls == NULL)
		return;
	/* Until then it may be in the ready ring. */
	if (transport->told == AW_TOLD_LOST)
		free_of(transport);
	else
		transport->tls->released = true;
}

void
aw_tls_lost(struct aw_transport *transport)
{
	if (transport->tls->released)
		free_of(transport);
}

void
aw_tls_closed(struct aw_transport *transport)
{
	struct aw_tls *tls = transport->tls;
	int error = transport->error != 0 ? transport->error : -ECONNABORTED;

	aw_tls_stop_timer(tls);
	aw_tls_restore_protocol(tls);
	aw_tls_leave_place(tls);
	tls->more = false;
	if (tls->phase != AW_TLS_HANDSHAKE)
		return;
	tls->phase = AW_TLS_SHUTDOWN;
	aw_tls_fail(tls, error, AW_TLS_CLOSING,
	    "the connection was closed during the TLS handshake");
	if (transport->told == AW_TOLD_NOTHING) {
		transport->told = AW_TOLD_MADE;
		if (!tls->tells_failure)
			transport->protocol = &no_protocol;
	}
	aw_waiters_wake_all(&tls->beginning->waiters, error);
}
