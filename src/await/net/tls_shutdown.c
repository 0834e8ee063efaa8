/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The end of TLS: close_notify, ours and the peer's.
 */
#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "net/connection.h"
#include "net/tls.h"

static void
on_readable(struct aw_transport *transport, void *arg)
{
	struct aw_tls *tls = transport->tls;

	(void)arg;
	transport->readable = false;
	if (tls->phase == AW_TLS_HANDSHAKE)
		aw_tls_continue_handshake(tls);
	else
		aw_tls_continue_shutdown(tls);
}

static void
on_pause_writing(struct aw_transport *transport, void *arg)
{
	struct aw_tls *tls = transport->tls;

	(void)arg;
	if (tls->protocol->pause_writing != NULL)
		tls->protocol->pause_writing(transport, tls->arg);
}

static void
on_resume_writing(struct aw_transport *transport, void *arg)
{
	struct aw_tls *tls = transport->tls;

	(void)arg;
	if (tls->protocol->resume_writing != NULL)
		tls->protocol->resume_writing(transport, tls->arg);
}

const aw_protocol aw_tls_protocol = {
	.readable = on_readable,
	.pause_writing = on_pause_writing,
	.resume_writing = on_resume_writing,
};

static void
send_close(void *arg)
{
	struct aw_tls *tls = arg, *outer = aw_tls_claim(tls);

	ERR_clear_error();
	/* After an error OpenSSL has sent an alert instead. */
	(void)SSL_shutdown(tls->ssl);
	aw_tls_resign(tls, outer);
	ERR_clear_error();
}

void
aw_tls_send_close(struct aw_tls *tls)
{
	if (tls->close_sent)
		return;
	tls->close_sent = true;
	aw_loop_call(send_close, tls);
}

bool
aw_tls_can_write_eof(const struct aw_tls *tls)
{
	/* Before, whoever is told of the end must stop writing. */
	return tls->ssl != NULL && SSL_version(tls->ssl) >= TLS1_3_VERSION;
}

void
aw_tls_write_eof(struct aw_transport *transport)
{
	struct aw_tls *tls = transport->tls;

	transport->eof_wanted = true;
	/* Otherwise when the handshake is done. */
	if (tls->phase == AW_TLS_OPEN)
		aw_tls_send_close(tls);
}

static void
on_shutdown_timeout(struct aw_timer *timer)
{
	struct aw_tls *tls = aw_container_of(timer, struct aw_tls, timer);

	tls->timer_set = false;
	aw_tls_fail(tls, -ETIMEDOUT, AW_TLS_TIMEOUT,
	    "the peer did not end TLS within %g seconds",
	    tls->shutdown_timeout);
	aw_transport_lose(tls->transport, -ETIMEDOUT);
}

/* Throws away what still comes, and sees whether that was the end. */
static void
skip(struct aw_tls *tls)
{
	struct aw_tls *outer = aw_tls_claim(tls);
	char record[AW_TLS_RECORD];
	size_t n;
	int result;

	ERR_clear_error();
	aw_tls_enter(tls);
	tls->answering = true;
	do {
		result = SSL_read_ex(tls->ssl, record, sizeof(record), &n);
		tls->fruitless &= result != 1;
	} while (result == 1);
	tls->answering = false;
	aw_tls_resign(tls, outer);
	aw_tls_leave(tls, AW_TLS_RECORD);
	tls->more = !tls->drained;
	if (SSL_get_error(tls->ssl, result) != SSL_ERROR_WANT_READ)
		tls->peer_closed = true;
	/* There is no more to come, whatever has gone wrong. */
	if (tls->ended || tls->socket_error != 0)
		tls->peer_closed = true;
	ERR_clear_error();
}

/* The queue is empty: all that is left is to wait for the peer. */
static void
wait_for_peer(struct aw_tls *tls)
{
	struct aw_transport *transport = tls->transport;

	if (tls->peer_closed || tls->ended) {
		aw_transport_close_now(transport);
		return;
	}
	/* So that a peer sees an end that knows no close_notify. */
	if (!tls->timer_set) {
		(void)shutdown(transport->fd, SHUT_WR);
		aw_tls_set_timer(tls, tls->shutdown_timeout,
		    on_shutdown_timeout);
	}
	if (transport->fd >= 0 && !transport->read_armed &&
	    aw_transport_arm(transport) < 0)
		aw_transport_lose(transport, -ENOMEM);
}

void
aw_tls_continue_shutdown(struct aw_tls *tls)
{
	struct aw_transport *transport = tls->transport;

	if (!tls->peer_closed)
		skip(tls);
	/* It has us answer, and does not take the answers. */
	if (tls->error == AW_ETLS && transport->fd >= 0)
		aw_transport_lose(transport, AW_ETLS);
	if (transport->fd < 0)
		return;
	if (tls->peer_closed || tls->ended)
		aw_transport_unwatch(transport);
	else if (tls->more)
		aw_tls_take_turn(tls);
	if (!transport->queued)
		wait_for_peer(tls);
}

static void
run_shutdown(void *arg)
{
	aw_tls_continue_shutdown(arg);
}

void
aw_tls_close(struct aw_transport *transport)
{
	struct aw_tls *tls = transport->tls;

	if (tls->phase == AW_TLS_HANDSHAKE) {
		aw_transport_close_now(transport);
		return;
	}
	aw_tls_send_close(tls);
	if (transport->fd < 0)
		return;
	tls->phase = AW_TLS_SHUTDOWN;
	/* Of aw_reader_feed_eof; the peer's end comes after what it let in. */
	tls->limited = false;
	aw_tls_swap_protocol(tls);
	(void)aw_transport_choose_watch(transport);
	transport->readable = false;
	if (tls->protocol == &aw_stream_protocol)
		aw_reader_wake(aw_stream_reader(tls->arg));
	aw_loop_call(run_shutdown, tls);
}

void
aw_tls_flushed(struct aw_transport *transport)
{
	if (transport->tls->phase == AW_TLS_SHUTDOWN)
		aw_tls_continue_shutdown(transport->tls);
}
