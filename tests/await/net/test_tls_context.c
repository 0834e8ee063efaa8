/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What TLS contexts can be made of, and what is said of the rest.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_peer.h"

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* A key of its own, encrypted with the password if there is one. */
static void
write_key(const char *path, const char *password)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(PEM_write_PrivateKey(file, key,
	    password != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
	    (void *)(uintptr_t)password), 1);
	fclose(file);
	EVP_PKEY_free(key);
}

/* What is wrong with these options, and what is said of it. */
#define ck_assert_refused(error, words, ...) \
	check_refused(&(const aw_tls_options){ __VA_ARGS__ }, error, words)

static void
check_refused(const aw_tls_options *options, int error, const char *words)
{
	char text[AW_TLS_TEXT_SIZE], few[8];
	aw_tls_context *context;

	ck_assert_int_eq(aw_tls_context_new(options, &context, text,
	    sizeof(text)), error);
	ck_assert_msg(strstr(text, words) != NULL, "\"%s\" lacks \"%s\"",
	    text, words);
	ck_assert_str_eq(aw_error_text(), text);
	/* However little room there is for it, or none. */
	ck_assert_int_eq(aw_tls_context_new(options, &context, few,
	    sizeof(few)), error);
	ck_assert_uint_eq(strlen(few), sizeof(few) - 1);
	ck_assert_int_eq(aw_tls_context_new(options, &context, NULL, 0),
	    error);
}

NET_TEST(files_that_can_not_be_read_are_named)
{
	tls_make_files();
	ck_assert_refused(-ENOENT, "no.pem: No such file",
	    .certificate = "no.pem");
	ck_assert_refused(-ENOENT, "no.key: No such file",
	    .certificate = TLS_SERVER, .key = "no.key");
	ck_assert_refused(-ENOENT, "no-ca.pem: No such file",
	    .ca_file = "no-ca.pem");
	ck_assert_refused(-ENOENT, "folder: No such file",
	    .ca_path = "folder");
}

NET_TEST(files_of_something_else_are_named)
{
	tls_make_files();
	write_file("junk.pem", "not PEM at all\n");
	ck_assert_refused(AW_ETLSCONTEXT, "junk.pem: no usable certificate",
	    .certificate = "junk.pem");
	ck_assert_refused(AW_ETLSCONTEXT, "junk.pem: no usable key",
	    .certificate = TLS_SERVER, .key = "junk.pem");
	ck_assert_refused(AW_ETLSCONTEXT, "junk.pem: no usable certificate",
	    .ca_file = "junk.pem");
}

NET_TEST(keys_have_to_fit)
{
	tls_make_files();
	write_key("other.key", NULL);
	ck_assert_refused(AW_ETLSCONTEXT,
	    "other.key: the key does not belong to the certificate in "
	    TLS_SERVER, .certificate = TLS_SERVER, .key = "other.key");
	ck_assert_refused(AW_ETLSCONTEXT, "a key without a certificate",
	    .key = "other.key");
}

/* Nobody is asked for a password at the terminal. */
NET_TEST(keys_may_need_a_password)
{
	tls_make_files();
	write_key("secret.key", "swordfish");
	ck_assert_refused(AW_ETLSCONTEXT,
	    "secret.key: the key needs a password",
	    .certificate = TLS_SERVER, .key = "secret.key");
	ck_assert_refused(AW_ETLSCONTEXT, "secret.key: no usable key",
	    .certificate = TLS_SERVER, .key = "secret.key",
	    .key_password = "wrong");
	/* With the right one it is found that the key is another's. */
	ck_assert_refused(AW_ETLSCONTEXT, "secret.key: the key does not belong",
	    .certificate = TLS_SERVER, .key = "secret.key",
	    .key_password = "swordfish");
}

NET_TEST(settings_are_checked)
{
	static const char *const empty[] = { "a", "", NULL };

	ck_assert_refused(AW_ETLSCONTEXT, "ciphers \"none\"",
	    .ciphers = "none");
	ck_assert_refused(AW_ETLSCONTEXT, "cipher suites \"none\"",
	    .cipher_suites = "none");
	ck_assert_refused(AW_ETLSCONTEXT, "groups \"none\"", .groups = "none");
	ck_assert_refused(AW_ETLSCONTEXT, "ALPN \"\"", .alpn = empty);
	ck_assert_refused(AW_ETLSCONTEXT, "below the minimum",
	    .minimum_version = AW_TLS_VERSION_1_3,
	    .maximum_version = AW_TLS_VERSION_1_2);
	ck_assert_refused(AW_ETLSCONTEXT, "no such version",
	    .maximum_version = (aw_tls_version)9);
}

NET_TEST(the_default_is_a_client_that_trusts_the_systems_authorities)
{
	aw_tls_context *context;
	SSL_CTX *ssl_ctx;

	ck_assert_int_eq(aw_tls_context_new(NULL, &context, NULL, 0), 0);
	ck_assert(!aw_tls_context_is_server(context));
	ssl_ctx = aw_tls_context_get_ssl_ctx(context);
	ck_assert_int_eq(SSL_CTX_get_verify_mode(ssl_ctx), SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
	ck_assert_int_eq(SSL_CTX_get_min_proto_version(ssl_ctx),
	    TLS1_2_VERSION);
	aw_tls_context_unref(context);
}

NET_TEST(a_context_lives_as_long_as_somebody_refers_to_it)
{
	aw_tls_context *context = tls_server_context(NULL), *same;

	same = aw_tls_context_ref(context);
	ck_assert_ptr_eq(same, context);
	aw_tls_context_unref(context);
	ck_assert(aw_tls_context_is_server(same));
	aw_tls_context_unref(same);
	ck_assert_ptr_null(aw_tls_context_ref(NULL));
	aw_tls_context_unref(NULL);
}

NET_TEST(a_context_can_be_made_of_an_ssl_ctx)
{
	SSL_CTX *ssl_ctx = SSL_CTX_new(TLS_server_method());
	struct tls_server server;
	aw_tls_context *context;
	struct net_pair pair;

	tls_make_files();
	ck_assert_int_eq(SSL_CTX_use_certificate_chain_file(ssl_ctx,
	    TLS_SERVER), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(ssl_ctx, TLS_SERVER,
	    SSL_FILETYPE_PEM), 1);
	context = aw_tls_context_new_of(ssl_ctx, true, false);
	SSL_CTX_free(ssl_ctx);
	ck_assert_ptr_eq(aw_tls_context_get_ssl_ctx(context), ssl_ctx);
	tls_start_server(&server, tls_echo, NULL, context, NULL);
	ck_assert_int_eq(tls_connect(&server, NULL, &pair), 0);
	tls_check_echo(&pair, "own");
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
}

START_TEST(a_context_can_be_made_outside_of_a_task)
{
	aw_tls_options options = { .certificate = "nowhere.pem" };
	char text[AW_TLS_TEXT_SIZE];
	aw_tls_context *context;

	ck_assert_int_eq(aw_tls_context_new(&options, &context, text,
	    sizeof(text)), -ENOENT);
	ck_assert(strstr(text, "nowhere.pem") != NULL);
	ck_assert_str_eq(aw_error_text(), "");
	ck_assert_int_eq(aw_tls_context_new(NULL, &context, NULL, 0), 0);
	aw_tls_context_unref(context);
}
END_TEST

static int
echo_once(void *context)
{
	aw_connection_options options = { .tls = context };
	struct tls_server server;
	struct net_pair pair;
	int i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
		tls_check_echo(&pair, "thread");
		ck_assert_int_eq(tls_disconnect(&pair), 0);
	}
	tls_stop_server(&server);
	return 0;
}

static void *
run_loop(void *context)
{
	aw_loop_options options = { .stack_size = 256 * 1024 };

	ck_assert_int_eq(aw_run_with(echo_once, context, &options), 0);
	return NULL;
}

START_TEST(several_threads_use_one_context)
{
	aw_tls_context *context = tls_client_context(NULL);
	pthread_t threads[3];
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run_loop,
		    context), 0);
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	aw_tls_context_unref(context);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		files_that_can_not_be_read_are_named,
		files_of_something_else_are_named,
		keys_have_to_fit,
		keys_may_need_a_password,
		settings_are_checked,
		the_default_is_a_client_that_trusts_the_systems_authorities,
		a_context_lives_as_long_as_somebody_refers_to_it,
		a_context_can_be_made_of_an_ssl_ctx,
		a_context_can_be_made_outside_of_a_task,
		several_threads_use_one_context,
	};

	return NET_MAIN("tls_context", tests);
}
