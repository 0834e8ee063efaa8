/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The certificates of a listener, and which of them a client gets: by the name
 * that it calls the server, those that have that name, else those of a
 * wildcard, else the first; of several with keys of different kinds OpenSSL
 * chooses.
 */
#ifndef ECHOD_TLS_CERTIFICATES_H
#define ECHOD_TLS_CERTIFICATES_H

#include "tls_report.h"

#include <openssl/ssl.h>
#include <stddef.h>
#include <time.h>

struct tls_certificates;

/*
 * Reads certificates, keys and OCSP responses, and reports all that is wrong.
 * NULL if there were errors; otherwise the caller's, for attach or free.
 */
struct tls_certificates *tls_certificates_read(struct tls_report *report);

/*
 * Gives them to the SSL_CTX, which frees them with itself.  If it fails, which
 * is reported, they stay the caller's, and the SSL_CTX is not to be used.
 * Returns 0 or -EINVAL.
 */
int tls_certificates_attach(struct tls_certificates *certificates,
    SSL_CTX *ssl_ctx, struct tls_report *report);

/*
 * Until when a certificate of an SSL_CTX is valid, by its place in the
 * settings: seconds since the epoch; -1 if there is none in that place.  In any
 * thread.
 */
time_t tls_certificates_not_after(const SSL_CTX *ssl_ctx, size_t place);

/* NULL is fine. */
void tls_certificates_free(struct tls_certificates *certificates);

#endif
