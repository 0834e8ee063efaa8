/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS on connections that are open already.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/connection.h"
#include "net/tls.h"

const aw_connection_options *
aw_tls_name_host(const aw_connection_options *options, const char *host,
    aw_connection_options *named)
{
	if (options == NULL || options->tls == NULL ||
	    options->server_hostname != NULL)
		return options;
	*named = *options;
	named->server_hostname = host;
	return named;
}

/* What the reader of a stream has is the beginning of the peer's TLS. */
static int
take_received(struct aw_transport *transport)
{
	aw_reader *reader;
	struct aw_tls *tls = transport->tls;
	struct aw_tls_beginning *beginning = tls->beginning;

	if (tls->protocol != &aw_stream_protocol)
		return 0;
	reader = aw_stream_reader(tls->arg);
	if (reader->length == 0)
		return 0;
	beginning->early = malloc(reader->length);
	if (beginning->early == NULL)
		return -ENOMEM;
	memcpy(beginning->early, reader->start, reader->length);
	beginning->early_size = reader->length;
	aw_reader_take(reader, reader->length);
	return 0;
}

/* Whether TLS can begin. */
static int
check(const struct aw_transport *transport)
{
	if (transport->pipe != NULL)
		return -EINVAL;
	if (transport->tls != NULL || transport->fd < 0 ||
	    transport->closing || transport->eof_wanted ||
	    transport->read_ended || transport->error != 0 ||
	    transport->told != AW_TOLD_MADE)
		return AW_EINVALIDSTATE;
	if (transport->protocol == &aw_stream_protocol) {
		if (aw_stream_reader(transport->arg)->waiter != NULL)
			return -EBUSY;
		if (aw_stream_reader(transport->arg)->eof)
			return AW_EINVALIDSTATE;
	}
	return 0;
}

int
aw_transport_start_tls(struct aw_transport *transport, aw_tls_context *context,
    const aw_connection_options *options)
{
	aw_connection_options with_tls = { .limit = 0 };
	int err;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	err = check(transport);
	if (err < 0)
		return err;
	if (options != NULL)
		with_tls = *options;
	with_tls.tls = context;
	err = aw_tls_attach(transport, &with_tls);
	if (err < 0)
		return err;
	err = take_received(transport);
	if (err < 0)
		aw_transport_lose(transport, err);
	err = aw_tls_handshake(transport);
	if (err == -ECANCELED)
		aw_transport_abort(transport);
	return err;
}

int
aw_writer_start_tls(aw_writer *writer, aw_tls_context *context,
    const aw_connection_options *options)
{
	int err = aw_writer_drain(writer);

	return err < 0 ? err : aw_transport_start_tls(
	    aw_writer_transport(writer), context, options);
}
