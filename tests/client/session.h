/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A TLS session as a server would have given it.
 */
#ifndef TESTS_CLIENT_SESSION_H
#define TESTS_CLIENT_SESSION_H

#include <check.h>
#include <openssl/ssl.h>

/* One of TLS 1.3 with that key; OpenSSL's own type, to be freed. */
static inline SSL_SESSION *
make_session(const unsigned char *key, size_t size)
{
	static const unsigned char suite[] = { 0x13, 0x01 };
	SSL_SESSION *session = SSL_SESSION_new();
	SSL_CTX *ssl_ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ssl_ctx);

	ck_assert_ptr_nonnull(session);
	ck_assert_ptr_nonnull(ssl);
	ck_assert_int_eq(SSL_SESSION_set_cipher(session,
	    SSL_CIPHER_find(ssl, suite)), 1);
	ck_assert_int_eq(SSL_SESSION_set_protocol_version(session,
	    TLS1_3_VERSION), 1);
	ck_assert_int_eq(SSL_SESSION_set1_master_key(session, key, size), 1);
	SSL_free(ssl);
	SSL_CTX_free(ssl_ctx);
	return session;
}

#endif
