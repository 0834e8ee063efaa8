/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Certificates that are verified, or refused: the server's by the client, and
 * the client's by the server.
 */
#include <errno.h>
#include <string.h>

#include "net/tls_watched.h"

/* A certificate of the server's that the client does not take. */
static void
check_certificate(const char *certificate, const char *words)
{
	aw_tls_options options = { .certificate = certificate };
	struct tls_server server;

	tls_watched_start(&server, &options);
	tls_watched_refuse(&server, NULL, AW_ETLSVERIFY, words);
	tls_watched_check(&server, AW_TLS_ALERT, AW_ETLSALERT);
	tls_stop_server(&server);
}

NET_TEST(a_client_takes_no_certificate_that_it_can_not_verify)
{
	check_certificate(TLS_STRANGER, "unable to get local issuer");
	check_certificate(TLS_EXPIRED, "certificate has expired");
	check_certificate(TLS_NAMED, "certificate of localhost can't be "
	    "verified: hostname mismatch");
}

NET_TEST(the_name_may_be_an_address)
{
	aw_connection_options options = { .server_hostname = "127.0.0.1" };
	struct tls_server server;
	struct net_pair pair;
	char name[32];

	tls_watched_start(&server, NULL);
	ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
	/* The server is not told of it. */
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "server_name",
	    name, sizeof(name)), -ENOENT);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	options.server_hostname = "127.0.0.2";
	tls_watched_refuse(&server, &options, AW_ETLSVERIFY,
	    "IP address mismatch");
	tls_stop_server(&server);
}

NET_TEST(the_name_is_the_host_if_there_is_no_other)
{
	aw_connection_options options = { .tls = tls_client_context(NULL) };
	struct tls_server server;
	struct net_pair pair;
	char name[32];

	tls_watched_start(&server, NULL);
	ck_assert_int_eq(aw_open_connection("localhost", server.port, &options,
	    &pair.reader, &pair.writer), 0);
	ck_assert_int_gt(aw_writer_get_extra_info(pair.writer, "server_name",
	    name, sizeof(name)), 0);
	ck_assert_str_eq(name, "localhost");
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

NET_TEST(a_client_that_checks_needs_a_name)
{
	aw_connection_options options = { .server_hostname = "" };
	struct tls_server server;

	tls_watched_start(&server, NULL);
	tls_watched_refuse(&server, &options, -EINVAL, "server_hostname");
	ck_assert_uint_eq(tls_watched.count, 0);
	tls_stop_server(&server);
}

NET_TEST(a_client_can_do_without_checks)
{
	static const aw_tls_options no_checks[] = {
		{ .no_check_hostname = true },
		{ .verify = AW_TLS_VERIFY_NONE },
	};
	aw_tls_options named = { .certificate = TLS_NAMED };
	aw_connection_options options;
	struct tls_server server;
	struct net_pair pair;
	char text[128];
	size_t i;

	tls_watched_start(&server, &named);
	for (i = 0; i < 2; i++) {
		options = (aw_connection_options){
			.tls = tls_client_context(&no_checks[i]),
			.server_hostname = i == 0 ? "localhost" : "",
		};
		ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
		ck_assert_int_gt(aw_writer_get_extra_info(pair.writer,
		    "verify_result", text, sizeof(text)), 0);
		ck_assert_str_eq(text, "ok");
		ck_assert_int_eq(tls_disconnect(&pair), 0);
		aw_tls_context_unref(options.tls);
	}
	tls_stop_server(&server);
}

/* What a client says of a server that it does not insist on. */
NET_TEST(a_certificate_that_is_not_verified_can_still_be_asked_about)
{
	aw_tls_options stranger = { .certificate = TLS_STRANGER };
	aw_tls_options trusting = { .verify = AW_TLS_VERIFY_NONE };
	aw_connection_options options = {
		.tls = tls_client_context(&trusting),
	};
	struct tls_server server;
	struct net_pair pair;
	char text[128];

	tls_watched_start(&server, &stranger);
	ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
	ck_assert_int_gt(aw_writer_get_extra_info(pair.writer,
	    "verify_result", text, sizeof(text)), 0);
	ck_assert(strstr(text, "unable to") != NULL);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	aw_tls_context_unref(options.tls);
	tls_stop_server(&server);
}

/* A client with that certificate, or NULL, which the server takes or not. */
static int
show_certificate(const struct tls_server *server, const char *certificate)
{
	aw_tls_options client = { .certificate = certificate };
	aw_connection_options options = { .tls = tls_client_context(&client) };
	struct net_pair pair;
	char byte = 'x';
	int err;

	err = tls_connect(server, &options, &pair);
	aw_tls_context_unref(options.tls);
	if (err < 0)
		return err;
	/* In TLS 1.3 a client is done before the server has looked. */
	aw_writer_write(pair.writer, &byte, 1);
	err = (int)aw_reader_readexactly(pair.reader, &byte, 1);
	if (err < 0)
		aw_writer_abort(pair.writer);
	(void)tls_disconnect(&pair);
	return err;
}

NET_TEST(a_server_may_require_certificates)
{
	aw_tls_options options = {
		.verify = AW_TLS_VERIFY_REQUIRED, .ca_file = TLS_CA,
	};
	struct tls_server server;

	tls_watched_start(&server, &options);
	ck_assert_int_eq(show_certificate(&server, NULL), AW_ETLSALERT);
	ck_assert_str_eq(aw_error_text(),
	    "the peer sent the alert \"certificate required\"");
	tls_watched_check(&server, AW_TLS_VERIFICATION, AW_ETLSVERIFY);
	ck_assert(strstr(tls_watched.text, "has no certificate") != NULL);
	tls_watched.count = 0;
	ck_assert_int_eq(show_certificate(&server, TLS_STRANGER),
	    AW_ETLSALERT);
	ck_assert_int_eq(tls_watched.reason, AW_TLS_VERIFICATION);
	ck_assert(strstr(tls_watched.text, "issuer") != NULL);
	ck_assert_uint_eq(tls_watched.handled, 0);
	ck_assert_int_eq(show_certificate(&server, TLS_CLIENT), 1);
	ck_assert_uint_eq(tls_watched.handled, 1);
	tls_stop_server(&server);
}

NET_TEST(a_server_may_ask_for_certificates)
{
	aw_tls_options options = {
		.verify = AW_TLS_VERIFY_OPTIONAL, .ca_file = TLS_CA,
	};
	struct tls_server server;

	tls_watched_start(&server, &options);
	ck_assert_int_eq(show_certificate(&server, NULL), 1);
	ck_assert_int_eq(show_certificate(&server, TLS_CLIENT), 1);
	ck_assert_int_eq(show_certificate(&server, TLS_STRANGER),
	    AW_ETLSALERT);
	ck_assert_uint_eq(tls_watched.handled, 2);
	tls_stop_server(&server);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_client_takes_no_certificate_that_it_can_not_verify,
		the_name_may_be_an_address,
		the_name_is_the_host_if_there_is_no_other,
		a_client_that_checks_needs_a_name,
		a_client_can_do_without_checks,
		a_certificate_that_is_not_verified_can_still_be_asked_about,
		a_server_may_require_certificates,
		a_server_may_ask_for_certificates,
	};

	return NET_MAIN("tls_verification", tests);
}
