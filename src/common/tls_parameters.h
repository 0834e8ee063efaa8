/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a client and a server have agreed on by TLS, as text.
 */
#ifndef COMMON_TLS_PARAMETERS_H
#define COMMON_TLS_PARAMETERS_H

#include <stdbool.h>

#include <await.h>

/* What is not there is "". */
struct tls_parameters {
	char version[32];     /* "TLSv1.3" */
	char cipher[64];
	char group[64];       /* of the key exchange */
	char alpn[256];
	char server_name[256];
	char subject[512];    /* of the peer's certificate, as its issuer */
	char issuer[512];
	char expires[32];     /* "2027-01-31T23:59:59Z" */
	char verified[128];   /* "ok", or why it is not */
	bool resumed;
};

/* Asks a connection whose handshake is done.  A text too long is cut. */
void tls_parameters_read(const aw_writer *writer,
    struct tls_parameters *parameters);

#endif
