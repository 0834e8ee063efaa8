/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Why TLS with a server failed, in words that say what to do about it.
 */
#ifndef COMMON_TLS_EXPLAIN_H
#define COMMON_TLS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <await.h>

#define TLS_EXPLANATION_SIZE 512

/*
 * Has the context's connections notice that a server asks for a certificate
 * which the client does not have, so that this can be told.  Returns 0 or
 * -ENOMEM.
 */
int tls_explain_prepare(aw_tls_context *context);
/* Whether that has happened on a connection. */
bool tls_explain_lacks_certificate(const aw_writer *writer);
/* What is then to be added to whatever the server's refusal looks like. */
#define TLS_EXPLAIN_LACK \
	"; the server asks for a client certificate: use --cert"

/*
 * Whether the first bytes of a server on a connection without TLS are an alert,
 * by which it refuses who does not begin with a handshake.
 */
bool tls_explain_is_alert(const void *data, size_t size);
/* What is then to be said. */
#define TLS_EXPLAIN_PLAIN "the server speaks TLS: use --tls"

/*
 * Explains the error that a client's aw_writer_start_tls has returned.  detail
 * is what aw_error_text said of it, and name whom the certificate had to be
 * for, or NULL.  The writer is still there.  Writes at most size bytes, and
 * returns buffer.
 */
const char *tls_explain(const aw_writer *writer, int error, const char *detail,
    const char *name, char *buffer, size_t size);

#endif
