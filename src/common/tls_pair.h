/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A certificate and its key, from PEM files, and what can be wrong with them.
 *
 * Nobody is ever asked for a password.
 */
#ifndef COMMON_TLS_PAIR_H
#define COMMON_TLS_PAIR_H

#include <openssl/x509.h>
#include <stddef.h>
#include <time.h>

/* All zero is an empty one. */
struct tls_pair {
	X509 *certificate;
	STACK_OF(X509) *chain; /* those that lead to its authority */
	EVP_PKEY *key;
};

/*
 * Reads the certificate, and those that follow it in the file.  Returns 0;
 * -errno of a file that can't be read; -EINVAL for what is no certificate, or
 * a chain in a wrong order; or -ENOMEM.  error then names the file and says
 * what is wrong.
 */
int tls_pair_read_certificate(struct tls_pair *pair, const char *path,
    char *error, size_t error_size);

/*
 * Reads the key, and checks it against the certificate, which has been read.
 * Returns the same errors, -EINVAL also for a key that needs a password or is
 * of another certificate.
 */
int tls_pair_read_key(struct tls_pair *pair, const char *path, char *error,
    size_t error_size);

/*
 * Whether the certificate and its chain are valid at that time: 0, or
 * -EKEYEXPIRED if the time of one is over or has not begun, with a text in
 * error.
 */
int tls_pair_check_time(const struct tls_pair *pair, time_t when, char *error,
    size_t error_size);

/*
 * Whether nobody but its owner may read the file of a key: 0, or -EPERM with a
 * text in error.  A group may read it if root owns it, and either we are not
 * root or the group isn't root's: that is how a daemon without privileges is
 * given one, and root may have it checked.  What can't be read at all is 0.
 */
int tls_key_check_mode(const char *path, char *error, size_t error_size);

/* Frees what it holds, and leaves an empty one. */
void tls_pair_clear(struct tls_pair *pair);

#endif
