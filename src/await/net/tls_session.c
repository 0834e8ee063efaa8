/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Sessions that a client resumes: OpenSSL's own, by another name.
 */
#include <errno.h>
#include <openssl/err.h>

#include "net/connection.h"
#include "net/tls.h"

struct session_call {
	SSL_SESSION *session;
	unsigned char *data;
	const unsigned char *bytes;
	size_t size;
};

int
aw_transport_get_tls_session(aw_transport *transport, aw_tls_session **session)
{
	SSL_SESSION *found;

	if (transport->tls == NULL || !transport->tls->was_open)
		return -ENOENT;
	found = SSL_get0_session(transport->tls->ssl);
	if (found == NULL || !SSL_SESSION_is_resumable(found))
		return -ENOENT;
	if (SSL_SESSION_up_ref(found) != 1)
		return -ENOMEM;
	*session = (aw_tls_session *)found;
	return 0;
}

int
aw_writer_get_tls_session(aw_writer *writer, aw_tls_session **session)
{
	return aw_transport_get_tls_session(aw_writer_transport(writer),
	    session);
}

static void
save(void *arg)
{
	struct session_call *call = arg;
	int size = i2d_SSL_SESSION(call->session, NULL);

	if (size < 0)
		size = 0;
	if ((size_t)size <= call->size && call->data != NULL)
		(void)i2d_SSL_SESSION(call->session, &call->data);
	call->size = (size_t)size;
	ERR_clear_error();
}

size_t
aw_tls_session_save(const aw_tls_session *session, void *data, size_t size)
{
	struct session_call call = {
		.session = (SSL_SESSION *)(uintptr_t)session,
		.data = data, .size = size,
	};

	aw_loop_call(save, &call);
	return call.size;
}

static void
load(void *arg)
{
	struct session_call *call = arg;

	call->session = d2i_SSL_SESSION(NULL, &call->bytes, (long)call->size);
	ERR_clear_error();
}

aw_tls_session *
aw_tls_session_load(const void *data, size_t size)
{
	struct session_call call = { .bytes = data, .size = size };

	aw_loop_call(load, &call);
	return (aw_tls_session *)call.session;
}

void
aw_tls_session_free(aw_tls_session *session)
{
	SSL_SESSION_free((SSL_SESSION *)session);
}
