/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which clients' certificates are accepted, beyond that an authority vouches
 * for them.
 */
#ifndef ECHOD_TLS_CLIENTS_H
#define ECHOD_TLS_CLIENTS_H

#include "common/string_list.h"

#include <openssl/ssl.h>
#include <stdbool.h>

/*
 * Has the SSL_CTX, which keeps a copy, accept only certificates that are for
 * one of the names; none is all.  Does nothing if it asks for none.  Returns 0
 * or -ENOMEM.
 */
int tls_clients_attach(const struct string_list *names, SSL_CTX *ssl_ctx);

/* Whether the certificate is for one of them. */
bool tls_client_is_named(X509 *certificate, const struct string_list *names);

/*
 * Why the client's certificate was refused, and whose it is; NULL if it was
 * not, or memory was short.  It goes with the SSL.
 */
const char *tls_clients_refusal(const SSL *ssl);

#endif
