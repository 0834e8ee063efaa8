/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS of a test's own: settings, what is reported of them, handshakes in
 * memory, OCSP responses.
 */
#ifndef TESTS_ECHOD_TLS_FIXTURE_H
#define TESTS_ECHOD_TLS_FIXTURE_H

#include "echod/tls_report.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <time.h>

/*
 * A folder with an authority, "ca", and certificates of it, each with its key
 * behind it: "one" for one.test; "wild" for *.wild.test; "other" for one.test
 * with a key of another kind, Ed25519; "alice", a client; and "stranger", of
 * nobody's.
 */
void tls_fixture_make(void);
void tls_fixture_remove(void);

/*
 * Reads settings of a listener "a", the first in line 2 of the file "f".  The
 * report is ready to be used, strict, and notes in tls_fixture_reports.
 */
void tls_fixture_load(const char *settings);
void tls_fixture_unload(void);
extern struct tls_report tls_fixture_report;
extern char tls_fixture_reports[8192];

/* What a client does, and what it gets. */
struct tls_client {
	const char *server_name; /* NULL: names none */
	const char *certificate; /* file, with its key */
	const char *alpn;        /* on the wire; NULL: offers none */
	const char *signatures;  /* NULL: any */
	bool tls_1_2;
	bool asks_for_staple;
	SSL_SESSION *session; /* to resume, and then the new one */

	bool connected;
	bool resumed;
	char peer[64];     /* CN of the server's certificate */
	char protocol[16]; /* of ALPN */
	long staple_size;  /* -1: none */
};

/* Shakes hands in memory with a server of the SSL_CTX, whose result is here. */
void tls_fixture_connect(SSL_CTX *server, struct tls_client *client);

/* Writes an OCSP response about the certificate, for so many days. */
void tls_fixture_staple(const char *path, const char *certificate, bool good,
    long days);

#endif
