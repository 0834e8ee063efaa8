/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Why a client did not believe a server's certificate.
 */
#ifndef COMMON_TLS_VERIFICATION_H
#define COMMON_TLS_VERIFICATION_H

#include <openssl/ssl.h>
#include <stddef.h>

/*
 * Explains a handshake that failed by the server's certificate.  name is whom
 * that had to be for, or NULL.  Writes at most size bytes, and returns buffer.
 */
const char *tls_verification_explain(SSL *ssl, const char *name, char *buffer,
    size_t size);

#endif
