/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS on the command line of a client: the options, and what they ask for.
 */
#ifndef COMMON_TLS_OPTIONS_H
#define COMMON_TLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <await.h>

#include "common/options.h"

/* All zero is no TLS.  The strings are the command line's. */
struct tls_options {
	bool enabled;
	bool insecure;           /* the server's certificate is not verified */
	const char *ca;          /* a file or a folder; NULL: the system's */
	const char *server_name; /* NULL: the host that is connected to */
	const char *certificate;
	const char *key;         /* NULL: in the certificate's file */
	aw_tls_version minimum;
	aw_tls_version maximum;
	const char *alpn;        /* names, separated by commas */
};

option_handler tls_options_store_version; /* aw_tls_version */
option_handler tls_options_store_alpn;    /* const char *: not copied */

/*
 * The rows for a program's table; base is the offset of its struct tls_options
 * in the program's struct.
 */
#define TLS_OPTIONS_ROWS(base) \
	{ .name = "tls", \
	    .help = "speak TLS", \
	    .handle = options_store_true, \
	    .offset = (base) + offsetof(struct tls_options, enabled) }, \
	{ .name = "ca", .argument = "PATH", \
	    .help = "trust the authorities of a file, or of a folder that " \
	    "openssl rehash has been at, instead of the system's", \
	    .handle = options_store_string, \
	    .offset = (base) + offsetof(struct tls_options, ca) }, \
	{ .name = "insecure", \
	    .help = "take any certificate, and so whoever answers", \
	    .handle = options_store_true, \
	    .offset = (base) + offsetof(struct tls_options, insecure) }, \
	{ .name = "servername", .argument = "NAME", \
	    .help = "ask for this server and expect its certificate, not " \
	    "that of ADDRESS", \
	    .handle = options_store_string, \
	    .offset = (base) + offsetof(struct tls_options, server_name) }, \
	{ .name = "cert", .argument = "FILE", \
	    .help = "show this certificate to a server that asks for one", \
	    .handle = options_store_string, \
	    .offset = (base) + offsetof(struct tls_options, certificate) }, \
	{ .name = "key", .argument = "FILE", \
	    .help = "the certificate's key, if it is not in the same file", \
	    .handle = options_store_string, \
	    .offset = (base) + offsetof(struct tls_options, key) }, \
	{ .name = "tls-min", .argument = "V", \
	    .help = "speak TLS 1.2 or 1.3 at least (default 1.2)", \
	    .handle = tls_options_store_version, \
	    .offset = (base) + offsetof(struct tls_options, minimum) }, \
	{ .name = "tls-max", .argument = "V", \
	    .help = "speak TLS 1.2 or 1.3 at most (default 1.3)", \
	    .handle = tls_options_store_version, \
	    .offset = (base) + offsetof(struct tls_options, maximum) }, \
	{ .name = "alpn", .argument = "NAMES", \
	    .help = "offer these protocols, the preferred one first, " \
	    "separated by commas", \
	    .handle = tls_options_store_alpn, \
	    .offset = (base) + offsetof(struct tls_options, alpn) }

/*
 * Whether the options go together.  host is what is connected to, or NULL for a
 * Unix socket.  Returns 0, or -EINVAL, and error then holds the line to print,
 * without the program's name and without a line end.
 */
int tls_options_check(const struct tls_options *options, const char *host,
    char *error, size_t error_size);

/*
 * Makes the context that the options ask for, as aw_tls_context_new does, which
 * also has the results; it reads files.  AW_TLS_TEXT_SIZE is enough for error.
 */
int tls_options_context(const struct tls_options *options,
    aw_tls_context **context, char *error, size_t error_size);

/* "1.2", "1.3", or NULL for the default. */
const char *tls_options_version_text(aw_tls_version version);

#endif
