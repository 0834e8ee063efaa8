/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_context.h"

#include "unit.h"
#include "tls_fixture.h"

#include <string.h>

#define ONE "tls = yes\ntls_certificate = one\n"
#define MUTUAL ONE "tls_client_ca = ca\ntls_client_certificate = "

static struct tls_tickets tickets;
static aw_tls_context *context;
static struct tls_client client;

static void
make(const char *settings)
{
	tls_fixture_load(settings);
	context = tls_context_new(&tls_fixture_report, &tickets);
	ck_assert_msg(context != NULL, "%s", tls_fixture_reports);
	/* It outlives what it was made of. */
	tls_fixture_unload();
}

static void
start(const char *settings)
{
	tls_fixture_make();
	tls_tickets_init(&tickets, 3600);
	make(settings);
}

static void
stop(void)
{
	SSL_SESSION_free(client.session);
	aw_tls_context_unref(context);
	tls_tickets_clear(&tickets);
	tls_fixture_remove();
}

static void
try(void)
{
	tls_fixture_connect(aw_tls_context_get_ssl_ctx(context), &client);
}

static bool
connects(void)
{
	SSL_SESSION_free(client.session);
	client.session = NULL;
	try();
	return client.connected;
}

/* With an SSL object of TLS 1.3 the client learns it later. */
static bool
lets_in(const char *certificate)
{
	client.certificate = certificate;
	client.tls_1_2 = true;
	if (!connects())
		return false;
	client.tls_1_2 = false;
	return connects();
}

START_TEST(versions)
{
	start(ONE);
	ck_assert(connects());
	client.tls_1_2 = true;
	ck_assert(connects());
	aw_tls_context_unref(context);
	make(ONE "tls_minimum_version = 1.3\n");
	ck_assert(!connects());
	client.tls_1_2 = false;
	ck_assert(connects());
	stop();
}
END_TEST

START_TEST(clients_with_certificates)
{
	start(MUTUAL "required\n");
	ck_assert(lets_in("alice"));
	ck_assert(!lets_in("stranger"));
	ck_assert(!lets_in(NULL));
	aw_tls_context_unref(context);
	make(MUTUAL "wanted\n");
	ck_assert(lets_in("alice"));
	ck_assert(!lets_in("stranger"));
	ck_assert(lets_in(NULL));
	stop();
}
END_TEST

START_TEST(clients_with_names)
{
	start(MUTUAL "required\ntls_client_names = { bob, \"*.test\" }\n");
	ck_assert(!lets_in("alice"));
	ck_assert(lets_in("one"));
	aw_tls_context_unref(context);
	make(MUTUAL "required\ntls_client_names = alice\n");
	ck_assert(lets_in("alice"));
	ck_assert(!lets_in("one"));
	stop();
}
END_TEST

START_TEST(protocols)
{
	start(ONE "tls_alpn = { echo, other }\n");
	client.alpn = "\5other\4echo";
	ck_assert(connects());
	ck_assert_str_eq(client.protocol, "echo");
	client.alpn = "\2h2";
	ck_assert(!connects());
	client.alpn = NULL;
	ck_assert(connects());
	ck_assert_str_eq(client.protocol, "");
	stop();
}
END_TEST

START_TEST(sessions_outlive_a_reload)
{
	for (int old = 0; old < 2; old++) {
		client.tls_1_2 = old == 1;
		start(ONE);
		ck_assert(connects());
		ck_assert(!client.resumed);
		aw_tls_context_unref(context);
		make(ONE);
		try();
		ck_assert(client.resumed);
		stop();
		client.session = NULL;
	}
}
END_TEST

/* The certificate that was good then might not be now. */
START_TEST(sessions_of_other_clients_are_not_resumed)
{
	start(ONE);
	client.certificate = "alice";
	ck_assert(connects());
	aw_tls_context_unref(context);
	make(MUTUAL "required\n");
	try();
	ck_assert(client.connected);
	ck_assert(!client.resumed);
	aw_tls_context_unref(context);
	make(MUTUAL "required\ntls_client_names = alice\n");
	try();
	ck_assert(client.connected);
	ck_assert(!client.resumed);
	aw_tls_context_unref(context);
	make(MUTUAL "required\ntls_client_names = alice\n");
	try();
	ck_assert(client.resumed);
	stop();
}
END_TEST

START_TEST(no_tickets)
{
	start(ONE "tls_tickets = no\n");
	for (int old = 0; old < 2; old++) {
		client.tls_1_2 = old == 1;
		ck_assert(connects());
		try();
		ck_assert(client.connected);
		ck_assert(!client.resumed);
	}
	ck_assert(!tickets.current.there);
	stop();
}
END_TEST

START_TEST(errors)
{
	tls_fixture_make();
	tls_fixture_load(ONE "tls_client_certificate = wanted\n"
	    "tls_client_ca = none\n");
	ck_assert_ptr_null(tls_context_new(&tls_fixture_report, NULL));
	ck_assert_str_eq(tls_fixture_reports, "f:5: listener \"a\": "
	    "tls_client_ca: none: No such file or directory\n");
	tls_fixture_unload();
	tls_fixture_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { versions, clients_with_certificates,
	    clients_with_names, protocols, sessions_outlive_a_reload,
	    sessions_of_other_clients_are_not_resumed, no_tickets, errors };

	return UNIT_RUN_FORKED("tls_context", tests);
}
