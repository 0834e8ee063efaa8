/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS of a server: its context, and handshakes that fail.
 */
#include "net/server.h"
#include "net/tls.h"
#include "net/transport.h"

void
aw_server_set_tls(aw_server *server, aw_tls_context *context)
{
	aw_tls_context *old = server->options.connection.tls;

	server->options.connection.tls = aw_tls_context_ref(context);
	aw_tls_context_unref(old);
}

uint64_t
aw_server_tls_failure_count(const aw_server *server, aw_tls_reason reason)
{
	return reason < AW_TLS_REASONS ? server->tls_failures[reason] : 0;
}

void
aw_server_see_tls(aw_server *server, struct aw_transport *transport)
{
	const struct aw_tls *tls = transport->tls;
	aw_tls_failure failure;

	if (tls == NULL || tls->was_open)
		return;
	failure.reason = (aw_tls_reason)tls->reason;
	failure.error = tls->error;
	failure.text = tls->text != NULL ? tls->text :
	    aw_strerror(tls->error);
	failure.transport = transport;
	server->tls_failures[failure.reason]++;
	if (server->options.tls_failed != NULL)
		server->options.tls_failed(server, &failure,
		    server->options.tls_failed_arg);
}
