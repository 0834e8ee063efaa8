/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Certificates and keys for tests, made when they are needed, in the folder
 * that the test runs in.
 */
#ifndef TESTS_AWAIT_NET_TLS_FILES_H
#define TESTS_AWAIT_NET_TLS_FILES_H

/* An authority, and another one that nobody trusts. */
#define TLS_CA "ca.pem"
#define TLS_OTHER_CA "other-ca.pem"
/* Each is a certificate of the first, and its key behind it in the file. */
#define TLS_SERVER "server.pem"   /* for localhost and 127.0.0.1 */
#define TLS_NAMED "named.pem"     /* for named.test */
#define TLS_EXPIRED "expired.pem" /* for localhost, until yesterday */
#define TLS_CLIENT "client.pem"   /* its subject is CN=client,O=tests */
/* Of the other authority, for localhost. */
#define TLS_STRANGER "stranger.pem"

/* Makes all of these, unless they are there. */
void tls_make_files(void);

#endif
