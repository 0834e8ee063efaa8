/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_fixture.h"

#include "echod/configuration.h"
#include "../common/certificates.h"
#include "../common/folder.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>

struct tls_report tls_fixture_report;
char tls_fixture_reports[8192];

static struct settings *settings;

void
tls_fixture_make(void)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "ca", .name = "authority", .authority = true);
	CERTIFICATE_MAKE(.path = "one", .name = "one", .issuer = "ca",
	    .alternative = "DNS:one.test");
	CERTIFICATE_MAKE(.path = "wild", .name = "wild", .issuer = "ca",
	    .alternative = "DNS:*.wild.test");
	CERTIFICATE_MAKE(.path = "other", .name = "other", .issuer = "ca",
	    .alternative = "DNS:one.test", .edwards = true);
	CERTIFICATE_MAKE(.path = "alice", .name = "alice", .issuer = "ca");
	CERTIFICATE_MAKE(.path = "stranger", .name = "alice");
}

void
tls_fixture_remove(void)
{
	folder_remove();
}

static void
note(const char *message, void *arg)
{
	ck_assert_ptr_eq(arg, tls_fixture_reports);
	strcat(tls_fixture_reports, message);
	strcat(tls_fixture_reports, "\n");
}

static void
note_warning(const char *message, void *arg)
{
	strcat(tls_fixture_reports, "warning: ");
	note(message, arg);
}

void
tls_fixture_load(const char *text)
{
	struct arguments arguments = { .config = "f" };
	char file[4096];

	tls_fixture_reports[0] = '\0';
	snprintf(file, sizeof(file), "listener a {\n%s\n}\n", text);
	folder_write("f", file);
	settings = config_load(&arguments, note, tls_fixture_reports);
	ck_assert_msg(settings != NULL, "%s", tls_fixture_reports);
	tls_fixture_report = (struct tls_report){
		.settings = settings,
		.section = &settings->sections[0],
		.strict = true,
		.error = note,
		.warning = note_warning,
		.arg = tls_fixture_reports,
	};
}

void
tls_fixture_unload(void)
{
	settings_free(settings);
}

/* -------------------------------------------------------------- handshakes */

static SSL_CTX *
make_client(const struct tls_client *client)
{
	SSL_CTX *ssl_ctx = SSL_CTX_new(TLS_client_method());

	ck_assert_int_eq(SSL_CTX_load_verify_file(ssl_ctx, "ca"), 1);
	SSL_CTX_set_verify(ssl_ctx, SSL_VERIFY_PEER, NULL);
	if (client->tls_1_2)
		SSL_CTX_set_max_proto_version(ssl_ctx, TLS1_2_VERSION);
	if (client->certificate != NULL) {
		ck_assert_int_eq(SSL_CTX_use_certificate_file(ssl_ctx,
		    client->certificate, SSL_FILETYPE_PEM), 1);
		ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(ssl_ctx,
		    client->certificate, SSL_FILETYPE_PEM), 1);
	}
	if (client->signatures != NULL)
		ck_assert_int_eq(SSL_CTX_set1_sigalgs_list(ssl_ctx,
		    client->signatures), 1);
	if (client->alpn != NULL)
		ck_assert_int_eq(SSL_CTX_set_alpn_protos(ssl_ctx,
		    (const unsigned char *)client->alpn,
		    (unsigned)strlen(client->alpn)), 0);
	return ssl_ctx;
}

static void
set_up_client(SSL *ssl, const struct tls_client *client)
{
	SSL_set_connect_state(ssl);
	if (client->server_name != NULL)
		SSL_set_tlsext_host_name(ssl, client->server_name);
	if (client->asks_for_staple)
		SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
	if (client->session != NULL)
		SSL_set_session(ssl, client->session);
	SSL_SESSION_free(client->session);
}

static void
note_result(SSL *ssl, struct tls_client *client)
{
	const unsigned char *name;
	unsigned length;
	X509 *certificate = SSL_get0_peer_certificate(ssl);

	if (certificate != NULL)
		X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
		    NID_commonName, client->peer, sizeof(client->peer));
	SSL_get0_alpn_selected(ssl, &name, &length);
	if (length > 0)
		memcpy(client->protocol, name, length);
	client->protocol[length] = '\0';
	client->staple_size = SSL_get_tlsext_status_ocsp_resp(ssl, &name);
}

void
tls_fixture_connect(SSL_CTX *server_ctx, struct tls_client *client)
{
	SSL_CTX *client_ctx = make_client(client);
	SSL *ssl = SSL_new(client_ctx), *server = SSL_new(server_ctx);
	BIO *one, *other;
	char byte;
	int done = 0;

	ck_assert_int_eq(BIO_new_bio_pair(&one, 65536, &other, 65536), 1);
	SSL_set_bio(ssl, one, one);
	SSL_set_bio(server, other, other);
	SSL_set_accept_state(server);
	set_up_client(ssl, client);
	for (int i = 0; i < 20 && done < 2; i++)
		done = (SSL_do_handshake(ssl) == 1) +
		    (SSL_do_handshake(server) == 1);
	client->connected = done == 2;
	client->resumed = SSL_session_reused(server) == 1;
	/* The tickets of TLS 1.3, which come after the handshake. */
	(void)SSL_read(ssl, &byte, 1);
	note_result(ssl, client);
	client->session = client->connected ? SSL_get1_session(ssl) : NULL;
	SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(ssl);
	SSL_free(server);
	SSL_CTX_free(client_ctx);
}

/* ---------------------------------------------------------- OCSP responses */

static EVP_PKEY *
read_key(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

	fclose(file);
	ck_assert_ptr_nonnull(key);
	return key;
}

void
tls_fixture_staple(const char *path, const char *certificate, bool good,
    long days)
{
	X509 *authority = certificate_read("ca");
	X509 *about = certificate_read(certificate);
	EVP_PKEY *key = read_key("ca");
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	ASN1_TIME *from = X509_gmtime_adj(NULL, -9 * 86400);
	ASN1_TIME *until = X509_gmtime_adj(NULL, days * 86400);
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, about, authority);
	OCSP_RESPONSE *response;
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(OCSP_basic_add1_status(basic, id, good ?
	    V_OCSP_CERTSTATUS_GOOD : V_OCSP_CERTSTATUS_REVOKED, 0, from, from,
	    until));
	ck_assert_int_eq(OCSP_basic_sign(basic, authority, key, EVP_sha256(),
	    NULL, 0), 1);
	response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	ck_assert_int_eq(ASN1_i2d_fp((i2d_of_void *)i2d_OCSP_RESPONSE, file,
	    response), 1);
	fclose(file);
	OCSP_RESPONSE_free(response);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	OCSP_BASICRESP_free(basic);
	EVP_PKEY_free(key);
	X509_free(about);
	X509_free(authority);
}
