/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Certificates are read, contexts made and replaced, and clients shake hands,
 * while something runs out: nothing leaks, and what was there stays.
 */
#include "echod/configuration.h"
#include "echod/tls.h"
#include "echod/tls_clients.h"

#include "../common/certificates.h"
#include "../common/shortage.h"
#include "common/log.h"
#include "common/tls_names.h"
#include "tls_fixture.h"
#include "unit.h"

#include <errno.h>

static const char text[] =
    "tls = yes\n"
    "tls_certificate = { one, wild, other }\n"
    "tls_ocsp_staple = { staple }\n"
    "tls_client_certificate = required\n"
    "tls_client_ca = ca\n"
    "tls_client_names = { nobody, alice }\n"
    "tls_alpn = { echo, other }\n";

static struct listener items[3];
static struct listeners listeners = { .items = &items[0], .count = 1 };
static SSL_CTX *client_ctx;
static SSL_SESSION *session;

static void
start(void)
{
	tls_fixture_make();
	tls_fixture_staple("staple", "one", true, 5);
	tls_fixture_load(text);
	for (size_t i = 0; i < 3; i++)
		items[i] = (struct listener){
			.name = tls_fixture_report.settings->sections[0].name,
			.settings = config_listener(tls_fixture_report.settings,
			    0),
		};
	/* There would be a line for each call. */
	atomic_store(&log_threshold, -1);
}

static void
stop(void)
{
	tls_fixture_unload();
	tls_fixture_remove();
}

static void
note(const char *message, void *arg)
{
	(void)arg;
	shortage_must(message[0] != '\0');
}

static int
check(void)
{
	return tls_check_files(tls_fixture_report.settings, note, note, NULL);
}

START_TEST(files_are_checked)
{
	start();
	shortage_each(check);
	stop();
}
END_TEST

static int
open_and_close(void)
{
	struct listeners opened = { .items = &items[1], .count = 1 };
	int err = tls_open(&opened, tls_fixture_report.settings, NULL);

	shortage_must((items[1].context == NULL) == (err < 0));
	tls_close(&opened);
	return err;
}

START_TEST(contexts_are_made)
{
	start();
	shortage_each(open_and_close);
	stop();
}
END_TEST

static void
must_open(void)
{
	start();
	ck_assert_int_eq(tls_open(&listeners, tls_fixture_report.settings,
	    NULL), 0);
}

static int
reload(void)
{
	struct listeners next = { .items = &items[2], .count = 1 };
	int err = tls_open(&next, tls_fixture_report.settings, &listeners);

	shortage_must(items[0].context != NULL && items[0].tls != NULL);
	if (err == 0)
		shortage_must(items[2].context != items[0].context &&
		    items[2].tls == items[0].tls);
	else
		shortage_must(items[2].context == NULL && items[2].tls == NULL);
	tls_close(&next);
	return err;
}

START_TEST(contexts_are_replaced_or_stay)
{
	must_open();
	shortage_each(reload);
	tls_close(&listeners);
	stop();
}
END_TEST

static X509 *wild;

static int
add_names(void)
{
	struct tls_names names = { .count = 0 };
	int err = tls_names_add(&names, wild, 0);

	if (err == 0)
		shortage_must(names.count == 1 &&
		    strcmp(names.items[0].name, "*.wild.test") == 0);
	tls_names_clear(&names);
	return err;
}

START_TEST(names_are_read_or_not)
{
	start();
	wild = certificate_read("wild");
	shortage_each(add_names);
	X509_free(wild);
	stop();
}
END_TEST

/* -------------------------------------------------------------- handshakes */

static void
make_client(const char *certificate)
{
	client_ctx = SSL_CTX_new(TLS_client_method());
	ck_assert_int_eq(SSL_CTX_load_verify_file(client_ctx, "ca"), 1);
	SSL_CTX_set_verify(client_ctx, SSL_VERIFY_PEER, NULL);
	ck_assert_int_eq(SSL_CTX_use_certificate_file(client_ctx, certificate,
	    SSL_FILETYPE_PEM), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(client_ctx, certificate,
	    SSL_FILETYPE_PEM), 1);
	session = NULL;
}

/* Both ends, as far as they get: 0 if both are done. */
static int
shake(SSL *client, SSL *server)
{
	char byte;

	for (int i = 0; i < 20; i++) {
		int done = (SSL_do_handshake(client) == 1) +
		    (SSL_do_handshake(server) == 1);

		if (done < 2)
			continue;
		(void)SSL_read(client, &byte, 1);
		return 0;
	}
	return -EPROTO;
}

static int
connect_both(SSL *client, SSL *server)
{
	BIO *one, *other;
	int err;

	if (client == NULL || server == NULL ||
	    BIO_new_bio_pair(&one, 65536, &other, 65536) != 1)
		return -ENOMEM;
	SSL_set_bio(client, one, one);
	SSL_set_bio(server, other, other);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	if (SSL_set_tlsext_host_name(client, "a.wild.test") != 1 ||
	    SSL_set_tlsext_status_type(client, TLSEXT_STATUSTYPE_ocsp) != 1 ||
	    (session != NULL && SSL_set_session(client, session) != 1))
		return -ENOMEM;
	err = shake(client, server);
	if (err == 0 && session == NULL)
		session = SSL_get1_session(client);
	return err;
}

static int
handshake(bool refused)
{
	SSL *client = SSL_new(client_ctx);
	SSL *server = SSL_new(aw_tls_context_get_ssl_ctx(items[0].context));
	int err = connect_both(client, server);
	const char *why = server != NULL ? tls_clients_refusal(server) : NULL;

	if (refused)
		shortage_must(err < 0);
	if (why != NULL)
		shortage_must(strstr(why, "certificate is refused: ") != NULL);
	SSL_free(client);
	SSL_free(server);
	return refused ? 0 : err;
}

static int
let_in(void)
{
	return handshake(false);
}

static int
keep_out(void)
{
	return handshake(true);
}

static void
each_handshake(const char *certificate, int (*scenario)(void))
{
	must_open();
	make_client(certificate);
	shortage_each(scenario);
	SSL_SESSION_free(session);
	SSL_CTX_free(client_ctx);
	tls_close(&listeners);
	stop();
}

START_TEST(clients_are_let_in)
{
	each_handshake("alice", let_in);
}
END_TEST

START_TEST(clients_are_refused)
{
	each_handshake("wild", keep_out);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { files_are_checked, contexts_are_made,
	    contexts_are_replaced_or_stay, names_are_read_or_not,
	    clients_are_let_in, clients_are_refused };

	shortage_init();
	return UNIT_RUN("tls_shortage", tests);
}
