/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_certificates.h"

#include "../common/certificates.h"
#include "unit.h"
#include "tls_fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

static SSL_CTX *ssl_ctx;
static struct tls_client client;

static void
start(const char *settings)
{
	struct tls_certificates *certificates;

	tls_fixture_make();
	tls_fixture_staple("staple", "wild", true, 2);
	tls_fixture_load(settings);
	certificates = tls_certificates_read(&tls_fixture_report);
	ck_assert_str_eq(tls_fixture_reports, "");
	ck_assert_ptr_nonnull(certificates);
	ssl_ctx = SSL_CTX_new(TLS_server_method());
	ck_assert_int_eq(tls_certificates_attach(certificates, ssl_ctx,
	    &tls_fixture_report), 0);
}

static void
stop(void)
{
	SSL_CTX_free(ssl_ctx);
	tls_fixture_unload();
	tls_fixture_remove();
}

static void
connect_to(const char *server_name)
{
	client.server_name = server_name;
	client.session = NULL;
	tls_fixture_connect(ssl_ctx, &client);
	SSL_SESSION_free(client.session);
	ck_assert(client.connected);
}

static void
assert_gets(const char *server_name, const char *peer)
{
	for (int old = 0; old < 2; old++) {
		client.tls_1_2 = old == 1;
		connect_to(server_name);
		ck_assert_str_eq(client.peer, peer);
	}
}

START_TEST(their_time)
{
	const time_t now = time(NULL);

	start("tls = yes\ntls_certificate = { alice, one }");
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_gt(tls_certificates_not_after(ssl_ctx, i), now);
	ck_assert_int_eq(tls_certificates_not_after(ssl_ctx, 2), -1);
	stop();
}
END_TEST

START_TEST(chosen_by_name)
{
	start("tls = yes\ntls_certificate = { alice, one, wild }");
	assert_gets(NULL, "alice");
	assert_gets("nobody.test", "alice");
	assert_gets("one.test", "one");
	assert_gets("ONE.test", "one");
	assert_gets("x.wild.test", "wild");
	assert_gets("wild.test", "alice");
	assert_gets("x.y.wild.test", "alice");
	stop();
}
END_TEST

/* Of two for the same name the client's algorithms choose. */
START_TEST(chosen_by_kind_of_key)
{
	start("tls = yes\ntls_certificate = { alice, one, other }");
	client.signatures = "ed25519";
	connect_to("one.test");
	ck_assert_str_eq(client.peer, "other");
	client.signatures = "ECDSA+SHA256";
	connect_to("one.test");
	ck_assert_str_eq(client.peer, "one");
	stop();
}
END_TEST

START_TEST(first_has_two_kinds)
{
	start("tls = yes\ntls_certificate = { one, other, wild }");
	client.signatures = "ed25519";
	connect_to(NULL);
	ck_assert_str_eq(client.peer, "other");
	connect_to("one.test");
	ck_assert_str_eq(client.peer, "other");
	client.signatures = "ECDSA+SHA256";
	connect_to(NULL);
	ck_assert_str_eq(client.peer, "one");
	connect_to("x.wild.test");
	ck_assert_str_eq(client.peer, "wild");
	stop();
}
END_TEST

START_TEST(staples)
{
	struct stat status;

	start("tls = yes\ntls_certificate = { one, wild }\n"
	    "tls_ocsp_staple = { \"\", staple }");
	ck_assert_int_eq(stat("staple", &status), 0);
	client.asks_for_staple = true;
	connect_to("x.wild.test");
	ck_assert_int_eq(client.staple_size, status.st_size);
	connect_to("one.test");
	ck_assert_int_eq(client.staple_size, -1);
	client.asks_for_staple = false;
	connect_to("x.wild.test");
	ck_assert_int_eq(client.staple_size, -1);
	stop();
}
END_TEST

static void
assert_says(const char *settings, const char *expected)
{
	struct tls_certificates *certificates;

	tls_fixture_load(settings);
	certificates = tls_certificates_read(&tls_fixture_report);
	ck_assert_str_eq(tls_fixture_reports, expected);
	ck_assert_int_eq(certificates == NULL, tls_fixture_report.errors > 0);
	tls_certificates_free(certificates);
	tls_fixture_unload();
}

START_TEST(all_errors_at_once)
{
	tls_fixture_make();
	assert_says("tls = yes\ntls_certificate = { one, none, f, wild }\n"
	    "tls_key = {\none, none, f,\nother }\n"
	    "tls_ocsp_staple = { f }",
	    "f:7: listener \"a\": tls_ocsp_staple: f: expected a successful "
	    "OCSP response in DER form\n"
	    "f:3: listener \"a\": tls_certificate: "
	    "none: No such file or directory\n"
	    "f:3: listener \"a\": tls_certificate: "
	    "f: there is no certificate in PEM form\n"
	    "f:5: listener \"a\": tls_key: "
	    "other: the key does not belong to the certificate\n");
	tls_fixture_remove();
}
END_TEST

START_TEST(keys_that_others_may_read)
{
	tls_fixture_make();
	ck_assert_int_eq(chmod("one", 0644), 0);
	assert_says("tls = yes\ntls_certificate = one",
	    "warning: f:3: listener \"a\": tls_certificate: one: others than "
	    "its owner may use the key (mode 0644); `chmod 600` takes that "
	    "away\n");
	tls_fixture_remove();
}
END_TEST

START_TEST(expired)
{
	tls_fixture_make();
	CERTIFICATE_MAKE(.path = "old", .name = "old", .until = -1);
	tls_fixture_load("tls = yes\ntls_certificate = old");
	ck_assert_ptr_null(tls_certificates_read(&tls_fixture_report));
	ck_assert_ptr_nonnull(strstr(tls_fixture_reports, "f:3: listener "
	    "\"a\": tls_certificate: old: the certificate of 'old' expired "
	    "on "));
	tls_fixture_unload();
	tls_fixture_remove();
}
END_TEST

/* Where it must go on, one can do with it. */
START_TEST(expired_at_the_start)
{
	struct tls_certificates *certificates;

	tls_fixture_make();
	CERTIFICATE_MAKE(.path = "old", .name = "old", .until = -1);
	tls_fixture_load("tls = yes\ntls_certificate = old");
	tls_fixture_report.strict = false;
	certificates = tls_certificates_read(&tls_fixture_report);
	ck_assert_ptr_nonnull(certificates);
	ck_assert_ptr_nonnull(strstr(tls_fixture_reports, "warning: f:3: "
	    "listener \"a\": tls_certificate: old: the certificate of 'old' "
	    "expired on "));
	tls_certificates_free(certificates);
	tls_fixture_unload();
	tls_fixture_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { their_time, chosen_by_name,
	    chosen_by_kind_of_key,
	    first_has_two_kinds, staples, all_errors_at_once,
	    keys_that_others_may_read, expired, expired_at_the_start };

	return UNIT_RUN("tls_certificates", tests);
}
