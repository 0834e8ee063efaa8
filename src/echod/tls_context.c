/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_context.h"

#include "tls_certificates.h"
#include "tls_clients.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------- the options */

static const aw_tls_verify verify[] = {
	[CLIENT_CERTIFICATE_OFF] = AW_TLS_VERIFY_NONE,
	[CLIENT_CERTIFICATE_WANTED] = AW_TLS_VERIFY_OPTIONAL,
	[CLIENT_CERTIFICATE_REQUIRED] = AW_TLS_VERIFY_REQUIRED,
};

static const aw_tls_version versions[] = {
	[TLS_PROTOCOL_1_2] = AW_TLS_VERSION_1_2,
	[TLS_PROTOCOL_1_3] = AW_TLS_VERSION_1_3,
};

/* The list with NULL at its end; NULL if memory is short. */
static const char **
terminate(const struct string_list *list)
{
	const char **items = calloc(list->count + 1, sizeof(*items));

	for (size_t i = 0; items != NULL && i < list->count; i++)
		items[i] = list->items[i];
	return items;
}

/* A context without certificates. */
static aw_tls_context *
make_bare(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	const char **alpn = terminate(&values->tls_alpn);
	const aw_tls_options options = {
		.server = true,
		.ca_file = values->tls_client_ca,
		.verify = verify[values->tls_client_certificate],
		.minimum_version = versions[values->tls_minimum_version],
		.maximum_version = versions[values->tls_maximum_version],
		.ciphers = values->tls_ciphers,
		.cipher_suites = values->tls_cipher_suites,
		.groups = values->tls_groups,
		.alpn = alpn,
		.alpn_required = true,
		.no_tickets = !values->tls_tickets,
	};
	aw_tls_context *context = NULL;
	char text[AW_TLS_TEXT_SIZE] = "out of memory";

	/* All that can be wrong still is the file of the authorities. */
	if (alpn == NULL || aw_tls_context_new(&options, &context, text,
	    sizeof(text)) < 0)
		tls_report_error(report, "tls_client_ca", "%s", text);
	free(alpn);
	return context;
}

/* ------------------------------------------ which sessions are resumed here */

static bool
add_text(EVP_MD_CTX *digest, const char *text)
{
	/* With its end, so that no two lists look the same. */
	return EVP_DigestUpdate(digest, text, strlen(text) + 1) == 1;
}

static bool
add_file(EVP_MD_CTX *digest, const char *path)
{
	char buffer[4096];
	bool good = true;
	size_t length;
	FILE *file;

	file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (good && (length = fread(buffer, 1, sizeof(buffer), file)) > 0)
		good = EVP_DigestUpdate(digest, buffer, length) == 1;
	good &= ferror(file) == 0;
	fclose(file);
	return good;
}

static bool
add_all(EVP_MD_CTX *digest, const struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	const char *kind = values->tls_client_certificate ==
	    CLIENT_CERTIFICATE_REQUIRED ? "required" : "";
	bool good;

	good = add_text(digest, report->section->name);
	if (values->tls_client_certificate == CLIENT_CERTIFICATE_OFF)
		return good;
	good = good && add_text(digest, kind) &&
	    add_file(digest, values->tls_client_ca);
	for (size_t i = 0; good && i < values->tls_client_names.count; i++)
		good = add_text(digest, values->tls_client_names.items[i]);
	return good;
}

/*
 * A resumed client shows no certificate again, so a session is good only where
 * the same is asked of clients as when it began.
 */
static bool
set_session_context(SSL_CTX *ssl_ctx, const struct tls_report *report)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	unsigned size = 0;
	bool good;

	good = digest != NULL &&
	    EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
	    add_all(digest, report) &&
	    EVP_DigestFinal_ex(digest, hash, &size) == 1 &&
	    SSL_CTX_set_session_id_context(ssl_ctx, hash, size) == 1;
	EVP_MD_CTX_free(digest);
	return good;
}

/* ---------------------------------------------------------------- the whole */

static bool
set_up(SSL_CTX *ssl_ctx, struct tls_report *report,
    struct tls_tickets *tickets)
{
	const struct listener_settings *values = tls_report_values(report);

	if (set_session_context(ssl_ctx, report) &&
	    (tickets == NULL || tls_tickets_attach(tickets,
	    values->tls_ticket_interval, ssl_ctx) == 0) &&
	    tls_clients_attach(&values->tls_client_names, ssl_ctx) == 0)
		return true;
	tls_report_error(report, "tls", "out of memory");
	return false;
}

aw_tls_context *
tls_context_new(struct tls_report *report, struct tls_tickets *tickets)
{
	struct tls_certificates *certificates = tls_certificates_read(report);
	aw_tls_context *context = make_bare(report);
	SSL_CTX *ssl_ctx;

	if (certificates == NULL || context == NULL)
		goto fail;
	ssl_ctx = aw_tls_context_get_ssl_ctx(context);
	if (!set_up(ssl_ctx, report, tickets) ||
	    tls_certificates_attach(certificates, ssl_ctx, report) < 0)
		goto fail;
	return context;
fail:
	tls_certificates_free(certificates);
	aw_tls_context_unref(context);
	return NULL;
}
