/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Certificates and keys for tests, made when they are needed.
 */
#ifndef TESTS_COMMON_CERTIFICATES_H
#define TESTS_COMMON_CERTIFICATES_H

#include <openssl/x509.h>
#include <stdbool.h>

/* What a certificate is to say. */
struct certificate_wish {
	const char *path;        /* of the file */
	const char *key_path;    /* NULL: the key is behind the certificate */
	const char *name;        /* CN; NULL: no name at all */
	const char *organization; /* O; NULL is none */
	const char *alternative; /* subjectAltName; NULL is none */
	const char *issuer;      /* file with certificate and key; NULL: self */
	bool authority;
	bool edwards;            /* a key on Ed25519, not on P-256 */
	long from, until;        /* days from today; until 0 is 9 */
	bool with_chain;         /* the issuer's certificate follows */
};

/* Makes it in the current folder; the key's file is its owner's alone. */
void certificate_make(const struct certificate_wish *wish);

#define CERTIFICATE_MAKE(...) \
	certificate_make(&(const struct certificate_wish){ __VA_ARGS__ })

/* The first certificate of a file; the caller frees it. */
X509 *certificate_read(const char *path);

#endif
