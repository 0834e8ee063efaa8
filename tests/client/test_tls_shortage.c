/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS of the client while something runs out: sessions are kept or not, and the
 * file of the last one stays; errors have a text.
 */
#include <errno.h>
#include <openssl/ssl.h>

#include "client/session_file.h"
#include "client/tls.h"
#include "common/certificates.h"
#include "common/folder.h"
#include "common/shortage.h"
#include "common/tls_verification.h"
#include "session.h"
#include "unit.h"

static struct client_options options = {
	.quiet = true,
	.address = { .host = "localhost" },
	.resume = "session",
	.tls = {
		.enabled = true,
		.ca = "ca",
		.certificate = "one",
		.alpn = "echo,other",
		.server_name = "localhost",
	},
};

static SSL_SESSION *session;

static void
start(void)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "ca", .name = "ca", .authority = true);
	CERTIFICATE_MAKE(.path = "one", .name = "one", .issuer = "ca");
	session = make_session((const unsigned char *)"key", 3);
	ck_assert_int_eq(session_file_save("session", &options.tls,
	    "localhost", (aw_tls_session *)session), 0);
}

static void
stop(void)
{
	SSL_SESSION_free(session);
	folder_remove();
}

static int
load(void)
{
	aw_tls_session *loaded = NULL;
	char error[256] = "";
	int err = session_file_load("session", &options.tls, "localhost",
	    &loaded, error, sizeof(error));

	shortage_must((err == 0) == (loaded != NULL));
	shortage_must((err == 0) == (error[0] == '\0'));
	aw_tls_session_free(loaded);
	return err;
}

START_TEST(sessions_are_loaded)
{
	start();
	shortage_each(load);
	stop();
}
END_TEST

static int
save(void)
{
	return session_file_save("session", &options.tls, "localhost",
	    (aw_tls_session *)session);
}

START_TEST(sessions_are_saved_or_stay)
{
	start();
	shortage_each(save);
	ck_assert_int_eq(load(), 0);
	stop();
}
END_TEST

static int
init(void)
{
	char error[AW_TLS_TEXT_SIZE] = "";
	struct client_tls tls;
	int err = client_tls_init(&tls, &options, error, sizeof(error));

	if (err < 0) {
		shortage_must(error[0] != '\0');
		return err;
	}
	/* Without the session a new one is begun. */
	shortage_must(tls.context != NULL);
	client_tls_free(&tls);
	return 0;
}

START_TEST(contexts_are_made)
{
	start();
	shortage_each(init);
	stop();
}
END_TEST

/* ------------------------------------------------- a server that is refused */

static SSL *client, *server;

static void
meet_stranger(void)
{
	SSL_CTX *client_ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX *server_ctx = SSL_CTX_new(TLS_server_method());
	BIO *one, *other;

	SSL_CTX_set_verify(client_ctx, SSL_VERIFY_PEER, NULL);
	ck_assert_int_eq(SSL_CTX_use_certificate_file(server_ctx, "one",
	    SSL_FILETYPE_PEM), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(server_ctx, "one",
	    SSL_FILETYPE_PEM), 1);
	client = SSL_new(client_ctx);
	server = SSL_new(server_ctx);
	SSL_CTX_free(client_ctx);
	SSL_CTX_free(server_ctx);
	ck_assert_int_eq(BIO_new_bio_pair(&one, 65536, &other, 65536), 1);
	SSL_set_bio(client, one, one);
	SSL_set_bio(server, other, other);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	for (int i = 0; i < 5; i++) {
		(void)SSL_do_handshake(client);
		(void)SSL_do_handshake(server);
	}
	ck_assert_int_ne(SSL_get_verify_result(client), X509_V_OK);
}

static int
explain(void)
{
	char text[512];

	tls_verification_explain(client, "localhost", text, sizeof(text));
	shortage_must(strstr(text, "its certificate is from ") == text);
	return 0;
}

START_TEST(refusals_are_explained)
{
	start();
	meet_stranger();
	shortage_each(explain);
	SSL_free(client);
	SSL_free(server);
	stop();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { sessions_are_loaded,
	    sessions_are_saved_or_stay, contexts_are_made,
	    refusals_are_explained };

	shortage_init();
	return UNIT_RUN("tls_shortage", tests);
}
