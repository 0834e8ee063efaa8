/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The names that certificates are for, and which certificates a name finds.
 *
 * Names are compared without regard to case.  "*.example.com" stands for one
 * label: for a.example.com, but neither for example.com nor a.b.example.com.
 */
#ifndef COMMON_TLS_NAMES_H
#define COMMON_TLS_NAMES_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest name of a host. */
#define TLS_NAME_SIZE 256

/* Called with each name, until it returns non-zero. */
typedef int tls_name_visitor(const char *name, void *arg);

/*
 * Visits the names of the hosts that the certificate is for: subjectAltName's,
 * or if it has none the subject's CN.  Returns what the visitor did, 0 at the
 * end, -EINVAL if they can't be read, which may be for want of memory, or
 * -ENOMEM.
 */
int tls_names_of_server(X509 *certificate, tls_name_visitor *visit, void *arg);

/*
 * Visits the names of whom a client's certificate is for: the subject's CN,
 * and host names, mail addresses and URIs of subjectAltName.  The same results.
 */
int tls_names_of_client(X509 *certificate, tls_name_visitor *visit, void *arg);

/* Whether the pattern, with or without '*', stands for the name. */
bool tls_name_matches(const char *pattern, const char *name);

struct tls_name {
	char *name; /* in lower case */
	size_t item;
};

/* Names, each with a number.  All zero is an empty one. */
struct tls_names {
	struct tls_name *items;
	size_t count;
};

/*
 * Adds the names of a server's certificate, under a number.  Returns 0, or the
 * errors of tls_names_of_server.
 */
int tls_names_add(struct tls_names *names, X509 *certificate, size_t item);
/* To be called after the last has been added, and before the first look-up. */
void tls_names_sort(struct tls_names *names);

/*
 * What the name finds, in *first with its number of equals as the result: those
 * that have it, else those of the wildcard that stands for it.  The lower
 * numbers come first.
 */
size_t tls_names_find(const struct tls_names *names, const char *name,
    const struct tls_name **first);

/* Frees the names; it is empty then. */
void tls_names_clear(struct tls_names *names);

#endif
