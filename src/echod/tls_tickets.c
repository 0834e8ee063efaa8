/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_tickets.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <time.h>

/* Where an SSL_CTX has its tickets. */
static int data_index = -1;
static pthread_once_t data_once = PTHREAD_ONCE_INIT;

static void
make_index(void)
{
	data_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/* --------------------------------------------------------------------- keys */

static void
forget(struct tls_ticket_key *key)
{
	OPENSSL_cleanse(key, sizeof(*key));
}

static int
make_key(struct tls_ticket_key *key)
{
	key->there = RAND_bytes(key->name, sizeof(key->name)) == 1 &&
	    RAND_priv_bytes(key->cipher, sizeof(key->cipher)) == 1 &&
	    RAND_priv_bytes(key->mac, sizeof(key->mac)) == 1;
	if (key->there)
		return 0;
	forget(key);
	return -EIO;
}

/* With the mutex. */
static int
rotate(struct tls_tickets *tickets, double now)
{
	double age = now - tickets->begin;

	if (tickets->current.there && age < tickets->interval)
		return 0;
	forget(&tickets->previous);
	if (age < 2 * tickets->interval)
		tickets->previous = tickets->current;
	/* It began when its time came, however late we are. */
	if (tickets->current.there && age < 2 * tickets->interval)
		tickets->begin += tickets->interval;
	else
		tickets->begin = now;
	return make_key(&tickets->current);
}

int
tls_tickets_rotate(struct tls_tickets *tickets, double now)
{
	int err;

	pthread_mutex_lock(&tickets->mutex);
	err = rotate(tickets, now);
	pthread_mutex_unlock(&tickets->mutex);
	return err;
}

double
tls_tickets_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
tls_tickets_init(struct tls_tickets *tickets, double interval)
{
	memset(tickets, 0, sizeof(*tickets));
	tickets->interval = interval;
	pthread_mutex_init(&tickets->mutex, NULL);
}

void
tls_tickets_set_interval(struct tls_tickets *tickets, double interval)
{
	pthread_mutex_lock(&tickets->mutex);
	tickets->interval = interval;
	pthread_mutex_unlock(&tickets->mutex);
}

void
tls_tickets_clear(struct tls_tickets *tickets)
{
	forget(&tickets->current);
	forget(&tickets->previous);
	pthread_mutex_destroy(&tickets->mutex);
}

/* --------------------------------------------------------------- their use */

/* Copies the current key.  Returns whether there is one. */
static bool
get_current(struct tls_tickets *tickets, struct tls_ticket_key *key)
{
	bool there;

	pthread_mutex_lock(&tickets->mutex);
	there = rotate(tickets, tls_tickets_now()) == 0;
	if (there)
		*key = tickets->current;
	pthread_mutex_unlock(&tickets->mutex);
	return there;
}

static bool
is_key(const struct tls_ticket_key *key, const unsigned char *name)
{
	return key->there && memcmp(key->name, name, sizeof(key->name)) == 0;
}

/* Copies the key of that name.  Returns 1, or 2 if it is the previous, or 0. */
static int
find(struct tls_tickets *tickets, const unsigned char *name,
    struct tls_ticket_key *key)
{
	int result = 0;

	pthread_mutex_lock(&tickets->mutex);
	(void)rotate(tickets, tls_tickets_now());
	if (is_key(&tickets->current, name)) {
		*key = tickets->current;
		result = 1;
	} else if (is_key(&tickets->previous, name)) {
		*key = tickets->previous;
		result = 2;
	}
	pthread_mutex_unlock(&tickets->mutex);
	atomic_fetch_add_explicit(result > 0 ? &tickets->accepted :
	    &tickets->unknown, 1, memory_order_relaxed);
	return result;
}

static bool
set_up(const struct tls_ticket_key *key, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypt)
{
	static char digest[] = "SHA256";
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY,
		    (void *)(uintptr_t)key->mac, sizeof(key->mac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    digest, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, parameters) == 1 &&
	    EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv,
	    encrypt) == 1;
}

/*
 * OpenSSL's callback.  0 is no ticket, or one that is not ours; 2 asks for a
 * new one, by the current key.
 */
static int
use_key(SSL *ssl, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypt)
{
	struct tls_tickets *tickets = SSL_CTX_get_ex_data(
	    SSL_get_SSL_CTX(ssl), data_index);
	struct tls_ticket_key key;
	int result;

	if (encrypt != 0) {
		result = get_current(tickets, &key);
		if (result == 0)
			return 0;
		memcpy(name, key.name, sizeof(key.name));
		if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(
		    EVP_aes_256_cbc())) != 1)
			result = -1;
	} else {
		result = find(tickets, name, &key);
		if (result == 0)
			return 0;
	}
	if (result > 0 && !set_up(&key, iv, cipher, mac, encrypt))
		result = -1;
	forget(&key);
	return result;
}

int
tls_tickets_attach(struct tls_tickets *tickets, double interval,
    SSL_CTX *ssl_ctx)
{
	pthread_once(&data_once, make_index);
	if (data_index < 0 ||
	    SSL_CTX_set_ex_data(ssl_ctx, data_index, tickets) != 1 ||
	    SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl_ctx, use_key) != 1)
		return -ENOMEM;
	/* No longer than by the two keys together. */
	SSL_CTX_set_timeout(ssl_ctx, (long)(2 * interval));
	return 0;
}
