/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What OpenSSL reads from and writes to: one BIO for all connections of a loop.
 *
 * A write never fails: what the socket does not take is queued, and if the
 * connection is lost by it the caller sees that afterwards.  A read that was
 * short has emptied the socket, so the next one is not even tried.  The end of
 * the stream is no end here, but nothing to read yet: for OpenSSL it would
 * be an error after which nothing can be sent any more.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/tls.h"
#include "net/transport.h"

/*
 * What a peer can have us answer, to messages of TLS's own, without ever taking
 * the answers.
 */
#define MOST_ANSWERS (64 * 1024)

static void
send_bytes(struct aw_tls *tls, const char *data, size_t size)
{
	struct aw_transport *transport = tls->transport;

	if (transport->fd < 0)
		return;
	aw_transport_send(transport, data, size);
	if (!tls->answering)
		return;
	tls->answers = transport->queued ?
	    tls->answers + (uint32_t)size : 0;
	if (tls->answers > MOST_ANSWERS)
		aw_tls_fail(tls, AW_ETLS, AW_TLS_MALFORMED,
		    "the peer asks for answers and does not take them");
}

void
aw_tls_gather(struct aw_tls *tls, char *flight)
{
	tls->beginning->flight = flight;
	tls->beginning->flight_size = 0;
}

static void
flush_flight(struct aw_tls *tls)
{
	struct aw_tls_beginning *beginning = tls->beginning;
	size_t size = beginning->flight_size;

	beginning->flight_size = 0;
	if (size > 0)
		send_bytes(tls, beginning->flight, size);
}

void
aw_tls_send_flight(struct aw_tls *tls)
{
	flush_flight(tls);
	tls->beginning->flight = NULL;
}

static void
gather(struct aw_tls *tls, const char *data, size_t size)
{
	struct aw_tls_beginning *beginning = tls->beginning;

	if (size > AW_TLS_FLIGHT - beginning->flight_size)
		flush_flight(tls);
	if (size > AW_TLS_FLIGHT) {
		send_bytes(tls, data, size);
		return;
	}
	memcpy(beginning->flight + beginning->flight_size, data, size);
	beginning->flight_size += size;
}

/* Whose the call is; NULL if it does not come from here. */
static struct aw_tls *
running(BIO *bio)
{
	const aw_loop *loop = BIO_get_data(bio);

	return loop->tls_running;
}

static int
bio_write(BIO *bio, const char *data, size_t size, size_t *written)
{
	struct aw_tls *tls = running(bio);

	BIO_clear_retry_flags(bio);
	if (tls == NULL) {
		BIO_set_retry_write(bio);
		return 0;
	}
	*written = size;
	if (tls->beginning != NULL && tls->beginning->flight != NULL)
		gather(tls, data, size);
	else
		send_bytes(tls, data, size);
	return 1;
}

/* What was received before TLS began. */
static size_t
take_early(struct aw_tls *tls, void *data, size_t size)
{
	struct aw_tls_beginning *beginning = tls->beginning;
	size_t left = beginning->early_size - beginning->early_taken;

	if (size > left)
		size = left;
	memcpy(data, beginning->early + beginning->early_taken, size);
	beginning->early_taken += size;
	if (beginning->early_taken == beginning->early_size) {
		free(beginning->early);
		beginning->early = NULL;
		if (beginning->over)
			aw_tls_end_beginning(tls);
	}
	return size;
}

/* Receives at most size bytes, unless it is known that there are none. */
static size_t
receive(struct aw_tls *tls, void *data, size_t size)
{
	size_t room = size < tls->budget ? size : tls->budget;
	ssize_t n;

	/* Messages of TLS's own take long for their size. */
	if (tls->fruitless) {
		if (tls->budget < AW_TLS_BUDGET)
			return 0;
		if (room > AW_TLS_SMALL)
			room = AW_TLS_SMALL;
	}
	if (tls->limited && room > tls->limit)
		room = tls->limit;
	/* Unless it is others' turn, there is no more. */
	if (room == 0 && tls->budget > 0)
		tls->drained = true;
	if (tls->drained || room == 0 || tls->transport->fd < 0)
		return 0;
	n = aw_recv(tls->transport->fd, data, room);
	/* Behind what is there may be an end that no event will tell of. */
	tls->drained = n <= 0 || ((size_t)n < room && !tls->transport->eager);
	if (n > 0) {
		tls->budget -= (uint32_t)n;
		/* Until something comes of it; a part of a record may not. */
		tls->fruitless |= tls->answering && !tls->drained;
		if (tls->limited)
			tls->limit -= (uint32_t)n;
		return (size_t)n;
	}
	tls->transport->eager = false;
	if (n == 0)
		tls->ended = true;
	else if (n != -EAGAIN && n != -EINTR)
		tls->socket_error = (int)n;
	return 0;
}

static int
bio_read(BIO *bio, char *data, size_t size, size_t *count)
{
	struct aw_tls *tls = running(bio);

	BIO_clear_retry_flags(bio);
	*count = 0;
	if (tls == NULL)
		goto nothing;
	if (tls->beginning != NULL && tls->beginning->early != NULL)
		*count = take_early(tls, data, size);
	else
		*count = receive(tls, data, size);
	if (*count > 0)
		return 1;
nothing:
	if (tls != NULL)
		tls->starved = true;
	BIO_set_retry_read(bio);
	return 0;
}

static long
bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method;

static void
make_method(void)
{
	method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
	    "await");
	if (method == NULL)
		return;
	if (BIO_meth_set_write_ex(method, bio_write) != 1 ||
	    BIO_meth_set_read_ex(method, bio_read) != 1 ||
	    BIO_meth_set_ctrl(method, bio_control) != 1) {
		BIO_meth_free(method);
		method = NULL;
	}
}

/* Where memory is short the first time it is tried again. */
static const BIO_METHOD *
get_method(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const BIO_METHOD *result;

	pthread_mutex_lock(&lock);
	if (method == NULL)
		make_method();
	result = method;
	pthread_mutex_unlock(&lock);
	return result;
}

static void
free_bio(BIO *bio)
{
	BIO_free(bio);
}

/* 0 or -ENOMEM. */
static int
make_bio(aw_loop *loop)
{
	const BIO_METHOD *of = get_method();
	BIO *bio = of != NULL ? BIO_new(of) : NULL;

	if (bio == NULL)
		return -ENOMEM;
	BIO_set_data(bio, loop);
	BIO_set_init(bio, 1);
	loop->tls_bio = bio;
	loop->free_tls_bio = free_bio;
	return 0;
}

int
aw_tls_set_bio(struct aw_tls *tls)
{
	aw_loop *loop = tls->transport->loop;

	if (SSL_get_rbio(tls->ssl) != NULL)
		return 0;
	if (loop->tls_bio == NULL && make_bio(loop) < 0)
		return -ENOMEM;
	if (BIO_up_ref(loop->tls_bio) != 1)
		return -ENOMEM;
	SSL_set_bio(tls->ssl, loop->tls_bio, loop->tls_bio);
	return 0;
}
