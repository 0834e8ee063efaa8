/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The keys that TLS session tickets are encrypted with.
 *
 * A listener has two: the current one, and the one before it, whose tickets are
 * still accepted.  All its workers share them, and they outlive a reload of the
 * certificates.  They are in memory only, and are wiped when their time is
 * over.  For any thread.
 */
#ifndef ECHOD_TLS_TICKETS_H
#define ECHOD_TLS_TICKETS_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct tls_ticket_key {
	unsigned char name[16]; /* is in the ticket */
	unsigned char cipher[32];
	unsigned char mac[32];
	bool there;
};

struct tls_tickets {
	double interval; /* in seconds, for which a key makes new tickets */
	pthread_mutex_t mutex;
	double begin;    /* of the current key's interval */
	struct tls_ticket_key current;
	struct tls_ticket_key previous;
	_Atomic uint64_t accepted; /* tickets, by either key */
	_Atomic uint64_t unknown;  /* by neither: too old, or not ours */
};

/* There are no keys yet; tls_tickets_clear follows. */
void tls_tickets_init(struct tls_tickets *tickets, double interval);
/* Has the keys live so long from now on. */
void tls_tickets_set_interval(struct tls_tickets *tickets, double interval);
/* Wipes the keys. */
void tls_tickets_clear(struct tls_tickets *tickets);

/*
 * Has the SSL_CTX, which it must outlive, use them, and tell clients how long
 * they are good with keys of that interval, which may be one to come.  Returns
 * 0 or -ENOMEM.
 */
int tls_tickets_attach(struct tls_tickets *tickets, double interval,
    SSL_CTX *ssl_ctx);

/*
 * Takes a new key if the current one's interval is over at that time, and
 * forgets what is older than two.  Done before each use; also to be called now
 * and then, so that the keys of an idle listener go in time.  Returns 0, or
 * -EIO if there are no random numbers: then there are no tickets either.
 */
int tls_tickets_rotate(struct tls_tickets *tickets, double now);

/* The time for that, in seconds: it goes on while the machine sleeps. */
double tls_tickets_now(void);

#endif
