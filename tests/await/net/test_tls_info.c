/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is known of a TLS connection, and what the two ends agree on.
 */
#include <errno.h>
#include <openssl/pem.h>
#include <string.h>

#include "net/tls_peer.h"

static void
check_text(aw_writer *writer, const char *name, const char *expected)
{
	char text[256] = "";
	int n = aw_writer_get_extra_info(writer, name, text, sizeof(text));

	ck_assert_msg(n == (int)strlen(expected) + 1, "%s: %d, \"%s\"", name,
	    n, text);
	ck_assert_str_eq(text, expected);
}

static int
check_client(aw_reader *reader, aw_writer *writer, void *arg)
{
	(void)arg;
	check_text(writer, "subject", "CN=client,O=tests");
	check_text(writer, "issuer", "CN=authority,O=tests");
	check_text(writer, "server_name", "localhost");
	check_text(writer, "verify_result", "ok");
	return tls_echo(reader, writer, NULL);
}

NET_TEST(both_ends_know_of_each_other)
{
	aw_tls_options both = {
		.certificate = TLS_CLIENT, .groups = "P-256",
		.cipher_suites = "TLS_AES_128_GCM_SHA256",
	};
	aw_tls_options options = {
		.verify = AW_TLS_VERIFY_REQUIRED, .ca_file = TLS_CA,
	};
	aw_connection_options connection = { .tls = tls_client_context(&both) };
	struct tls_server server;
	struct net_pair pair;
	aw_tls_context *context;
	int bits;
	bool reused;
	SSL *ssl;

	tls_start_server(&server, check_client, NULL,
	    tls_server_context(&options), NULL);
	ck_assert_int_eq(tls_connect(&server, &connection, &pair), 0);
	tls_check_echo(&pair, "hello");
	check_text(pair.writer, "ssl_version", "TLSv1.3");
	check_text(pair.writer, "cipher", "TLS_AES_128_GCM_SHA256");
	check_text(pair.writer, "group", "prime256v1");
	check_text(pair.writer, "subject", "CN=server,O=tests");
	check_text(pair.writer, "server_name", "localhost");
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "cipher_bits",
	    &bits, sizeof(bits)), sizeof(bits));
	ck_assert_int_eq(bits, 128);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer,
	    "session_reused", &reused, sizeof(reused)), sizeof(reused));
	ck_assert(!reused);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "ssl_object",
	    &ssl, sizeof(ssl)), sizeof(ssl));
	ck_assert_str_eq(SSL_get_version(ssl), "TLSv1.3");
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "ssl_context",
	    &context, sizeof(context)), sizeof(context));
	ck_assert_ptr_eq(context, connection.tls);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "tls_error",
	    &context, sizeof(context)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "alpn",
	    &context, sizeof(context)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "unheard of",
	    &context, sizeof(context)), -ENOENT);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
	aw_tls_context_unref(connection.tls);
}

NET_TEST(calls_of_the_programs_own_read_nothing)
{
	struct tls_link link;
	char text[4];
	int result;
	SSL *ssl;

	tls_link_init(&link, false, 0, NULL);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer,
	    "ssl_object", &ssl, sizeof(ssl)), sizeof(ssl));
	tls_peer_write(&link.peer, "abcd", 4);
	result = SSL_read(ssl, text, sizeof(text));
	ck_assert_int_le(result, 0);
	ck_assert_int_eq(SSL_get_error(ssl, result), SSL_ERROR_WANT_READ);
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 4), 4);
	ck_assert_int_eq(memcmp(text, "abcd", 4), 0);
	tls_link_free(&link);
}

NET_TEST(certificates_can_be_had)
{
	unsigned char der[4096];
	const unsigned char *start = der;
	char pem[4096];
	struct tls_link link;
	X509 *one, *other;
	BIO *bio;
	int n;

	tls_link_init(&link, false, 0, NULL);
	n = aw_writer_get_extra_info(link.pair.writer, "peercert", der,
	    sizeof(der));
	ck_assert_int_gt(n, 0);
	one = d2i_X509(NULL, &start, n);
	ck_assert_ptr_nonnull(one);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer, "peercert",
	    der, (size_t)n - 1), -ENOSPC);
	n = aw_writer_get_extra_info(link.pair.writer, "peercert_pem", pem,
	    sizeof(pem));
	ck_assert_int_eq(n, (int)strlen(pem) + 1);
	bio = BIO_new_mem_buf(pem, -1);
	other = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_int_eq(X509_cmp(one, other), 0);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer,
	    "peercert_pem", pem, (size_t)n - 1), -ENOSPC);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer, "subject",
	    pem, 3), -ENOSPC);
	BIO_free(bio);
	X509_free(one);
	X509_free(other);
	tls_link_free(&link);
}

/* A client without a certificate, as most are. */
NET_TEST(there_may_be_no_certificate)
{
	struct tls_link link;
	char text[256];

	tls_link_init(&link, true, 0, NULL);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer, "peercert",
	    text, sizeof(text)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer,
	    "peercert_pem", text, sizeof(text)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer, "subject",
	    text, sizeof(text)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(link.pair.writer,
	    "verify_result", text, sizeof(text)), -ENOENT);
	tls_link_free(&link);
}

NET_TEST(what_went_wrong_can_be_asked)
{
	struct tls_link link;
	char text[128], byte;

	tls_link_init(&link, true, 0, NULL);
	net_send_text(link.peer.fd, "this is no record at all");
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), AW_ETLS);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), AW_ETLS);
	ck_assert_int_gt(aw_writer_get_extra_info(link.pair.writer,
	    "tls_error", text, sizeof(text)), 0);
	ck_assert_str_eq(text, "wrong version number");
	tls_link_free(&link);
}

/* Who offers what, and what they settle on; NULL is nothing. */
static int
agree(const char *const *offered, const char *const *known, bool required,
    const char *expected)
{
	aw_tls_options client = { .alpn = offered };
	aw_tls_options options = { .alpn = known, .alpn_required = required };
	aw_connection_options connection = {
		.tls = tls_client_context(&client),
	};
	struct tls_server server;
	struct net_pair pair;
	char text[32];
	int err;

	tls_start_server(&server, tls_echo, NULL, tls_server_context(&options),
	    NULL);
	err = tls_connect(&server, &connection, &pair);
	if (err == 0) {
		if (expected != NULL)
			check_text(pair.writer, "alpn", expected);
		else
			ck_assert_int_eq(aw_writer_get_extra_info(pair.writer,
			    "alpn", text, sizeof(text)), -ENOENT);
		ck_assert_int_eq(tls_disconnect(&pair), 0);
	}
	tls_stop_server(&server);
	aw_tls_context_unref(connection.tls);
	return err;
}

NET_TEST(a_protocol_is_agreed_on)
{
	static const char *const one[] = { "h2", "echo", NULL };
	static const char *const two[] = { "echo", "h2", NULL };
	static const char *const three[] = { "other", NULL };

	ck_assert_int_eq(agree(one, two, false, "echo"), 0);
	ck_assert_int_eq(agree(two, one, false, "h2"), 0);
	ck_assert_int_eq(agree(one, three, false, NULL), 0);
	ck_assert_int_eq(agree(one, three, true, NULL), AW_ETLSALERT);
	ck_assert_int_eq(agree(NULL, three, true, NULL), 0);
	ck_assert_int_eq(agree(one, NULL, false, NULL), 0);
}

/* Connects with the session, and takes the next one.  Was it resumed? */
static bool
resume(const struct tls_server *server, aw_tls_context *context,
    aw_tls_session *session, aw_tls_session **next)
{
	aw_connection_options options = {
		.tls = context, .tls_session = session,
	};
	struct net_pair pair;
	bool reused;
	int err;

	ck_assert_int_eq(tls_connect(server, &options, &pair), 0);
	tls_check_echo(&pair, "something");
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer,
	    "session_reused", &reused, sizeof(reused)), sizeof(reused));
	*next = NULL;
	err = aw_writer_get_tls_session(pair.writer, next);
	ck_assert_int_eq(err, *next != NULL ? 0 : -ENOENT);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	return reused;
}

static void
check_resumption(aw_tls_version version)
{
	aw_tls_options options = { .maximum_version = version };
	aw_tls_context *context = tls_client_context(&options);
	aw_tls_session *first, *second, *loaded;
	struct tls_server server;
	char bytes[8192];
	size_t size;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	ck_assert(!resume(&server, context, NULL, &first));
	ck_assert_ptr_nonnull(first);
	ck_assert(resume(&server, context, first, &second));
	aw_tls_session_free(second);
	/* As bytes, and back. */
	size = aw_tls_session_save(first, NULL, 0);
	ck_assert_uint_gt(size, 0);
	ck_assert_uint_eq(aw_tls_session_save(first, bytes, sizeof(bytes)),
	    size);
	loaded = aw_tls_session_load(bytes, size);
	ck_assert_ptr_nonnull(loaded);
	ck_assert(resume(&server, context, loaded, &second));
	aw_tls_session_free(first);
	aw_tls_session_free(second);
	aw_tls_session_free(loaded);
	ck_assert_ptr_null(aw_tls_session_load("nonsense", 8));
	tls_stop_server(&server);
	aw_tls_context_unref(context);
}

NET_TEST(sessions_are_resumed)
{
	check_resumption(AW_TLS_VERSION_1_2);
	check_resumption(AW_TLS_VERSION_1_3);
}

NET_TEST(without_tickets_nothing_is_resumed)
{
	aw_tls_options options = { .no_tickets = true };
	aw_tls_context *context = tls_client_context(NULL);
	aw_tls_session *session;
	struct tls_server server;

	tls_start_server(&server, tls_echo, NULL, tls_server_context(&options),
	    NULL);
	ck_assert(!resume(&server, context, NULL, &session));
	ck_assert_ptr_null(session);
	tls_stop_server(&server);
	aw_tls_context_unref(context);
}

NET_TEST(plain_connections_have_none_of_it)
{
	aw_tls_session *session;
	struct net_pair pair;
	char text[32];

	net_unix_pair(&pair, NULL);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "ssl_version",
	    text, sizeof(text)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_tls_session(pair.writer, &session),
	    -ENOENT);
	net_pair_free(&pair);
	aw_tls_session_free(NULL);
}

int
main(void)
{
	const TTest *const tests[] = {
		both_ends_know_of_each_other,
		calls_of_the_programs_own_read_nothing,
		certificates_can_be_had,
		there_may_be_no_certificate,
		what_went_wrong_can_be_asked,
		a_protocol_is_agreed_on,
		sessions_are_resumed,
		without_tickets_nothing_is_resumed,
		plain_connections_have_none_of_it,
	};

	return NET_MAIN("tls_info", tests);
}
