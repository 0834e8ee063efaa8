/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The handshake of TLS.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <openssl/err.h>

#include "net/connection.h"
#include "net/tls.h"

/* Sends what was written before. */
static void
send_backlog(struct aw_tls *tls)
{
	struct evbuffer *backlog = tls->beginning->backlog;
	struct iovec piece;

	tls->beginning->backlog = NULL;
	while (tls->transport->fd >= 0 &&
	    evbuffer_peek(backlog, -1, NULL, &piece, 1) > 0) {
		aw_tls_write(tls->transport, &piece, 1);
		evbuffer_drain(backlog, piece.iov_len);
	}
	evbuffer_free(backlog);
}

static void
finish_handshake(struct aw_tls *tls)
{
	struct aw_transport *transport = tls->transport;
	bool eof_wanted = transport->eof_wanted;

	aw_tls_stop_timer(tls);
	aw_tls_restore_protocol(tls);
	tls->phase = AW_TLS_OPEN;
	tls->was_open = true;
	/* The first bytes may have come with the end of the handshake. */
	tls->more = !tls->drained || SSL_has_pending(tls->ssl) == 1;
	transport->readable = tls->more && !transport->read_paused;
	if (transport->read_paused)
		aw_transport_unwatch(transport);
	else
		(void)aw_transport_choose_watch(transport);
	transport->eof_wanted = false;
	if (tls->beginning->backlog != NULL)
		send_backlog(tls);
	if (eof_wanted)
		aw_transport_write_eof(transport);
	aw_waiters_wake_all(&tls->beginning->waiters, 0);
	aw_tls_end_beginning(tls);
	if (transport->told == AW_TOLD_NOTHING)
		aw_transport_tell(transport);
	else if (transport->fd >= 0)
		aw_transport_begin_reading(transport);
}

/* The handshake has failed; what OpenSSL had to say has been sent. */
static void
lose(struct aw_tls *tls)
{
	aw_transport_lose(tls->transport, tls->error);
}

/*
 * RFC 8446, section 5: who sends records of no known type is told so.  OpenSSL
 * leaves that out where the first one looks like no TLS at all; but a client
 * that only lacks TLS can tell by it what is wrong.
 */
static void
refuse_stranger(struct aw_tls *tls)
{
	static const unsigned char alert[] = {
		SSL3_RT_ALERT, TLS1_2_VERSION_MAJOR, TLS1_2_VERSION_MINOR,
		0, 2, SSL3_AL_FATAL, SSL_AD_UNEXPECTED_MESSAGE,
	};

	/* The error stays that one, even if this can't be sent. */
	tls->transport->error = tls->error;
	aw_transport_send(tls->transport, alert, sizeof(alert));
}

/* Waits for what comes next. */
static void
wait_for_peer(struct aw_tls *tls)
{
	struct aw_transport *transport = tls->transport;

	if (!transport->read_armed && aw_transport_arm(transport) < 0)
		aw_transport_lose(transport, -ENOMEM);
}

/* silent: OpenSSL had nothing to say. */
static void
go_on(struct aw_tls *tls, int result, bool silent)
{
	struct aw_transport *transport = tls->transport;

	if (transport->fd < 0)
		return;
	if (result == 1) {
		finish_handshake(tls);
		return;
	}
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		if (tls->socket_error != 0)
			aw_tls_fail_ssl(tls, result);
		else if (tls->ended)
			aw_tls_fail(tls, -ECONNRESET, AW_TLS_CLOSED, "the peer "
			    "closed the connection during the TLS handshake");
		break;
	case SSL_ERROR_ZERO_RETURN:
		aw_tls_fail(tls, -ECONNRESET, AW_TLS_CLOSED, "the peer "
		    "ended the connection during the TLS handshake");
		break;
	default:
		aw_tls_fail_ssl(tls, result);
		if (silent && tls->reason == AW_TLS_NOT_TLS &&
		    SSL_is_server(tls->ssl))
			refuse_stranger(tls);
	}
	if (tls->error != 0)
		lose(tls);
	else if (!tls->drained)
		aw_tls_take_turn(tls);
	else
		wait_for_peer(tls);
}

void
aw_tls_continue_handshake(struct aw_tls *tls)
{
	char flight[AW_TLS_FLIGHT];
	struct aw_tls *outer;
	bool silent;
	int result;

	if ((tls->ssl == NULL && aw_tls_make_ssl(tls) < 0) ||
	    aw_tls_set_bio(tls) < 0) {
		aw_tls_fail(tls, -ENOMEM, AW_TLS_RESOURCES, "%s",
		    aw_strerror(-ENOMEM));
		lose(tls);
		return;
	}
	ERR_clear_error();
	aw_tls_enter(tls);
	aw_tls_gather(tls, flight);
	outer = aw_tls_claim(tls);
	result = SSL_do_handshake(tls->ssl);
	aw_tls_resign(tls, outer);
	silent = tls->beginning->flight_size == 0;
	aw_tls_send_flight(tls);
	/* For a turn, if there is more than it may have at once. */
	tls->more = !tls->drained;
	aw_tls_leave(tls, AW_TLS_RECORD);
	go_on(tls, result, silent);
	ERR_clear_error();
}

static void
on_handshake_timeout(struct aw_timer *timer)
{
	struct aw_tls *tls = aw_container_of(timer, struct aw_tls, timer);

	tls->timer_set = false;
	aw_tls_fail(tls, -ETIMEDOUT, AW_TLS_TIMEOUT,
	    "the TLS handshake took longer than %g seconds",
	    tls->beginning->timeout);
	lose(tls);
}

static void
begin(void *arg)
{
	struct aw_tls *tls = arg;

	if (tls->transport->fd < 0)
		return;
	tls->transport->readable = tls->transport->more = false;
	(void)aw_transport_choose_watch(tls->transport);
	aw_tls_set_timer(tls, tls->beginning->timeout, on_handshake_timeout);
	if (tls->transport->fd < 0)
		return;
	/* A server is spoken to first. */
	if (tls->ssl == NULL && tls->beginning->early == NULL)
		wait_for_peer(tls);
	else
		aw_tls_continue_handshake(tls);
}

void
aw_tls_begin(struct aw_transport *transport)
{
	aw_loop_call(begin, transport->tls);
}

int
aw_tls_handshake(struct aw_transport *transport)
{
	struct aw_tls *tls = transport->tls;
	int err = 0;

	aw_tls_begin(transport);
	if (tls->phase == AW_TLS_HANDSHAKE && transport->fd >= 0)
		err = aw_waiters_wait(&tls->beginning->waiters,
		    aw_task_current(), "a TLS handshake");
	else if (!tls->was_open)
		err = transport->error != 0 ? transport->error : -ECONNABORTED;
	if (err < 0 && err != -ECANCELED)
		aw_tls_explain(transport);
	return err;
}
