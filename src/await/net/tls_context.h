/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Inside a TLS context.
 */
#ifndef AWAIT_NET_TLS_CONTEXT_H
#define AWAIT_NET_TLS_CONTEXT_H

#include "await.h"

#include <openssl/ssl.h>

struct aw_tls_context {
	SSL_CTX *ssl_ctx;
	unsigned references; /* atomic */
	bool server;
	bool check_hostname;
	bool alpn_required;
	/* What a server chooses from, as ALPN has it on the wire. */
	unsigned char *alpn;
	unsigned alpn_size;
};

/* A context around the SSL_CTX, of which it takes a reference; or NULL. */
aw_tls_context *aw_tls_context_wrap(SSL_CTX *ssl_ctx, bool server,
    bool check_hostname);

/* A context that is being made of options, and where to say what is wrong. */
struct aw_tls_setup {
	const aw_tls_options *options;
	aw_tls_context *context;
	SSL_CTX *ssl_ctx;
	bool password_wanted;
	char *text;
	size_t size;
};

/*
 * Says what is wrong; formats like printf.  What OpenSSL has to say is added.
 * Returns the error, or -ENOMEM if memory was short.
 */
int aw_tls_complain(struct aw_tls_setup *setup, int error, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* What the options say of files; 0 or an error. */
AW_MUST_CHECK int aw_tls_load_files(struct aw_tls_setup *setup);

#endif
