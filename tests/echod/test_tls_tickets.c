/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_tickets.h"

#include "unit.h"

#include <string.h>

static struct tls_tickets tickets;
static struct tls_ticket_key first, second;

static void
start(void)
{
	tls_tickets_init(&tickets, 10);
	ck_assert(!tickets.current.there);
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1000), 0);
	ck_assert(tickets.current.there);
	ck_assert(!tickets.previous.there);
	first = tickets.current;
}

static bool
is_same(const struct tls_ticket_key *one, const struct tls_ticket_key *other)
{
	return memcmp(one, other, sizeof(*one)) == 0;
}

static bool
is_wiped(const struct tls_ticket_key *key)
{
	static const struct tls_ticket_key empty;

	return is_same(key, &empty);
}

START_TEST(a_key_for_each_interval)
{
	start();
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1009), 0);
	ck_assert(is_same(&tickets.current, &first));
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1010), 0);
	ck_assert(!is_same(&tickets.current, &first));
	ck_assert(is_same(&tickets.previous, &first));
	second = tickets.current;
	/* They are different in all of their parts. */
	ck_assert_int_ne(memcmp(first.name, second.name, 16), 0);
	ck_assert_int_ne(memcmp(first.cipher, second.cipher, 32), 0);
	ck_assert_int_ne(memcmp(first.mac, second.mac, 32), 0);
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1020), 0);
	ck_assert(is_same(&tickets.previous, &second));
	tls_tickets_clear(&tickets);
	ck_assert(is_wiped(&tickets.current));
	ck_assert(is_wiped(&tickets.previous));
}
END_TEST

/* The intervals follow each other, whenever somebody comes. */
START_TEST(late_rotation)
{
	start();
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1015), 0);
	ck_assert(is_same(&tickets.previous, &first));
	second = tickets.current;
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1020), 0);
	ck_assert(is_same(&tickets.previous, &second));
	tls_tickets_clear(&tickets);
}
END_TEST

START_TEST(nothing_is_left_after_two_intervals)
{
	start();
	ck_assert_int_eq(tls_tickets_rotate(&tickets, 1020), 0);
	ck_assert(!is_same(&tickets.current, &first));
	ck_assert(is_wiped(&tickets.previous));
	tls_tickets_clear(&tickets);
}
END_TEST

/* ------------------------------------------------- what OpenSSL makes of it */

static SSL_CTX *
make_context(const SSL_METHOD *method)
{
	SSL_CTX *ssl_ctx = SSL_CTX_new(method);

	ck_assert_ptr_nonnull(ssl_ctx);
	/* Without certificates. */
	ck_assert_int_eq(SSL_CTX_set_cipher_list(ssl_ctx,
	    "AECDH-AES128-SHA@SECLEVEL=0"), 1);
	SSL_CTX_set_security_level(ssl_ctx, 0);
	SSL_CTX_set_max_proto_version(ssl_ctx, TLS1_2_VERSION);
	return ssl_ctx;
}

/* A handshake in memory; with *session to resume, and *session from it. */
static bool
shake_hands(SSL_CTX *server_ctx, SSL_SESSION **session)
{
	SSL_CTX *client_ctx = make_context(TLS_client_method());
	SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
	BIO *one, *other;
	bool reused;
	int done = 0;

	ck_assert_int_eq(BIO_new_bio_pair(&one, 0, &other, 0), 1);
	SSL_set_bio(client, one, one);
	SSL_set_bio(server, other, other);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	if (*session != NULL)
		SSL_set_session(client, *session);
	SSL_SESSION_free(*session);
	for (int i = 0; i < 100 && done < 2; i++)
		done = (SSL_do_handshake(client) == 1) +
		    (SSL_do_handshake(server) == 1);
	ck_assert_int_eq(done, 2);
	*session = SSL_get1_session(client);
	reused = SSL_session_reused(server) == 1;
	SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(client_ctx);
	return reused;
}

/* Two contexts, as before and after a reload, share the keys. */
START_TEST(sessions_are_resumed_while_a_key_is_there)
{
	SSL_CTX *before = make_context(TLS_server_method());
	SSL_CTX *after = make_context(TLS_server_method());
	SSL_SESSION *session = NULL;

	tls_tickets_init(&tickets, 3600);
	ck_assert_int_eq(tls_tickets_attach(&tickets, 3600, before), 0);
	ck_assert_int_eq(tls_tickets_attach(&tickets, 3600, after), 0);
	ck_assert_int_eq(SSL_CTX_get_timeout(before), 7200);
	ck_assert(!shake_hands(before, &session));
	ck_assert(shake_hands(before, &session));
	ck_assert(shake_hands(after, &session));
	ck_assert_uint_eq(atomic_load(&tickets.accepted), 2);
	/* By the previous key: good, and a ticket by the new one comes. */
	tickets.begin -= 3600;
	ck_assert(shake_hands(after, &session));
	ck_assert(tickets.previous.there);
	tickets.begin -= 3600;
	ck_assert(shake_hands(after, &session));
	ck_assert_uint_eq(atomic_load(&tickets.unknown), 0);
	tickets.begin -= 7200;
	ck_assert(!shake_hands(after, &session));
	ck_assert_uint_eq(atomic_load(&tickets.unknown), 1);
	SSL_SESSION_free(session);
	SSL_CTX_free(before);
	SSL_CTX_free(after);
	tls_tickets_clear(&tickets);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_key_for_each_interval, late_rotation,
	    nothing_is_left_after_two_intervals,
	    sessions_are_resumed_while_a_key_is_there };

	return UNIT_RUN("tls_tickets", tests);
}
