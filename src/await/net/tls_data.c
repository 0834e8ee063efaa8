/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The bytes that a TLS connection is for.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/ioctl.h>

#include "net/connection.h"
#include "net/tls.h"

/* What a record has beside its data; messages of a handshake are longer. */
#define MOST_OVERHEAD 64

struct receive_call {
	struct aw_tls *tls;
	char *buffer;
	size_t size;
	ssize_t result;
};

/* After the end of what the peer sends, writing goes on. */
static bool
is_broken(const struct aw_tls *tls)
{
	return tls->error != 0 && tls->error != AW_ETLSTRUNCATED;
}

/*
 * The stream was cut off: there was a FIN, but no close_notify.  The peer may
 * still read, so what is queued is sent.
 */
static int
truncate_stream(struct aw_tls *tls)
{
	struct aw_transport *transport = tls->transport;

	aw_tls_fail(tls, AW_ETLSTRUNCATED, AW_TLS_CLOSED,
	    "the peer closed the connection without the end of TLS");
	if (transport->error == 0)
		transport->error = AW_ETLSTRUNCATED;
	transport->read_ended = true;
	transport->readable = true;
	aw_transport_unwatch(transport);
	/* Others see the error themselves. */
	if (transport->protocol->readable == NULL)
		aw_transport_close(transport);
	return AW_ETLSTRUNCATED;
}

/* Whether the peer's close_notify has come, and not another alert. */
static bool
has_ended(const SSL *ssl)
{
	return (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0 &&
	    strcmp(SSL_state_string(ssl), "SSLERR") != 0;
}

/*
 * Why SSL_read gave nothing: 0 at the end, -EAGAIN, or an error.  SSL_get_error
 * would take for the call's what the program may have left among the thread's
 * errors, and to see before each call that there are none takes 206
 * instructions.
 */
static int
check_read(struct aw_tls *tls, int result)
{
	if (tls->starved && SSL_want_read(tls->ssl) && tls->socket_error == 0)
		return tls->ended ? AW_ETLSTRUNCATED : -EAGAIN;
	if (has_ended(tls->ssl)) {
		tls->peer_closed = true;
		return 0;
	}
	aw_tls_fail_ssl(tls, result);
	return tls->error;
}

/* As the last thing of a receive: the connection is lost, or cut off. */
static ssize_t
end_with(struct aw_tls *tls, int error)
{
	if (error == AW_ETLSTRUNCATED)
		return truncate_stream(tls);
	aw_transport_lose(tls->transport, error);
	return tls->transport->error;
}

/* Reads until the buffer is full or there is no more: what came, or why not. */
static ssize_t
read_records(struct aw_tls *tls, char *buffer, size_t size)
{
	struct aw_tls *outer = aw_tls_claim(tls);
	size_t total = 0, n;
	int result, why;

	for (;;) {
		result = SSL_read_ex(tls->ssl, buffer + total, size - total,
		    &n);
		if (result != 1)
			break;
		total += n;
		tls->fruitless = 4 * total < AW_TLS_BUDGET - tls->budget;
		tls->more = SSL_has_pending(tls->ssl) == 1;
		if (total == size || (tls->drained && !tls->more &&
		    !tls->ended && tls->socket_error == 0))
			goto full;
	}
	aw_tls_resign(tls, outer);
	why = check_read(tls, result);
	if (total > 0) {
		/* The rest of the story is for the next call. */
		tls->more = why != -EAGAIN || !tls->drained;
		return (ssize_t)total;
	}
	tls->more = why == -EAGAIN && !tls->drained;
	return why;
full:
	aw_tls_resign(tls, outer);
	tls->more |= !tls->drained || tls->ended || tls->socket_error != 0;
	return (ssize_t)total;
}

/*
 * For a message of the handshake's, such as a session to resume, OpenSSL makes
 * itself a buffer to write an answer, and keeps it if there is none.
 */
static void
leave_after(struct aw_tls *tls, size_t received, ssize_t delivered)
{
	size_t data = delivered > 0 ? (size_t)delivered : 0;

	aw_tls_leave(tls, received);
	if (__builtin_expect(received > data + MOST_OVERHEAD, 0) &&
	    tls->place == 0)
		aw_tls_release_buffers(tls);
}

static void
receive(void *arg)
{
	struct receive_call *call = arg;
	struct aw_tls *tls = call->tls;
	struct aw_transport *transport = tls->transport;

	/* What went wrong behind what the last call returned. */
	if (is_broken(tls)) {
		call->result = end_with(tls, tls->error);
		return;
	}
	aw_tls_enter(tls);
	tls->answering = true;
	call->result = read_records(tls, call->buffer, call->size);
	tls->answering = false;
	leave_after(tls, AW_TLS_BUDGET - tls->budget, call->result);
	if (transport->fd < 0) {
		/* It was lost by an answer. */
		if (call->result <= 0)
			call->result = aw_transport_lost_error(transport);
	} else if (call->result < 0 && call->result != -EAGAIN) {
		call->result = end_with(tls, (int)call->result);
	} else if (transport->protocol == &aw_stream_protocol) {
		/* Its reader gives others their turn. */
		transport->more = tls->more;
	} else if (tls->more) {
		aw_tls_take_turn(tls);
	}
}

ssize_t
aw_tls_receive(struct aw_transport *transport, void *buffer, size_t size)
{
	struct receive_call call = {
		.tls = transport->tls, .buffer = buffer, .size = size,
	};

	aw_loop_call(receive, &call);
	if (call.result < 0 && call.result != -EAGAIN)
		aw_tls_explain(transport);
	return call.result;
}

struct write_call {
	struct aw_tls *tls;
	const struct iovec *pieces;
	size_t count;
};

static void
write_bytes(struct aw_tls *tls, const void *data, size_t size)
{
	struct aw_tls *outer;
	size_t written;
	int result;

	if (size == 0 || tls->transport->fd < 0 || is_broken(tls))
		return;
	outer = aw_tls_claim(tls);
	result = SSL_write_ex(tls->ssl, data, size, &written);
	aw_tls_resign(tls, outer);
	if (result != 1)
		aw_tls_fail_ssl(tls, result);
}

/* Small pieces share a record. */
static void
write_pieces(struct aw_tls *tls, const struct iovec *pieces, size_t count)
{
	char record[AW_TLS_RECORD];
	size_t i, size = 0;

	for (i = 0; i < count; i++) {
		if (pieces[i].iov_len > sizeof(record) - size) {
			write_bytes(tls, record, size);
			size = 0;
		}
		if (pieces[i].iov_len > sizeof(record)) {
			write_bytes(tls, pieces[i].iov_base,
			    pieces[i].iov_len);
		} else if (pieces[i].iov_len > 0) {
			memcpy(record + size, pieces[i].iov_base,
			    pieces[i].iov_len);
			size += pieces[i].iov_len;
		}
	}
	write_bytes(tls, record, size);
}

static void
write_now(void *arg)
{
	const struct write_call *call = arg;
	struct aw_tls *tls = call->tls;

	if (call->count == 1)
		write_bytes(tls, call->pieces[0].iov_base,
		    call->pieces[0].iov_len);
	else
		write_pieces(tls, call->pieces, call->count);
	/* Several pieces, or a large one, fill records. */
	aw_tls_leave(tls, call->count == 1 ? call->pieces[0].iov_len :
	    AW_TLS_RECORD);
	if (is_broken(tls))
		aw_transport_lose(tls->transport, tls->error);
}

/* Keeps it for after the handshake. */
static void
keep(struct aw_tls *tls, const struct iovec *pieces, size_t count)
{
	struct aw_tls_beginning *beginning = tls->beginning;
	size_t i;

	if (beginning->backlog == NULL)
		beginning->backlog = evbuffer_new();
	for (i = 0; i < count; i++)
		if (beginning->backlog == NULL ||
		    evbuffer_add(beginning->backlog, pieces[i].iov_base,
		    pieces[i].iov_len) < 0) {
			aw_transport_lose(tls->transport, -ENOMEM);
			return;
		}
}

void
aw_tls_write(struct aw_transport *transport, const struct iovec *pieces,
    size_t count)
{
	struct aw_tls *tls = transport->tls;
	struct write_call call = {
		.tls = tls, .pieces = pieces, .count = count,
	};

	if (__builtin_expect(tls->phase == AW_TLS_HANDSHAKE, 0))
		keep(tls, pieces, count);
	else
		aw_loop_call(write_now, &call);
	/* Otherwise nothing waits to be sent. */
	if (__builtin_expect(transport->queued ||
	    tls->phase == AW_TLS_HANDSHAKE, 0) && transport->fd >= 0)
		aw_transport_pause_writing(transport);
}

size_t
aw_tls_backlog(const struct aw_tls *tls)
{
	return tls->beginning != NULL && tls->beginning->backlog != NULL ?
	    evbuffer_get_length(tls->beginning->backlog) : 0;
}

void
aw_tls_limit(struct aw_transport *transport)
{
	int received = 0;

	(void)ioctl(transport->fd, FIONREAD, &received);
	transport->tls->limited = true;
	transport->tls->limit = (uint32_t)received;
}

size_t
aw_tls_pending(const struct aw_tls *tls)
{
	return tls->ssl != NULL && SSL_has_pending(tls->ssl) == 1 ?
	    2 * AW_TLS_RECORD : 0;
}
