/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_check.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

/* The longest name that ALPN can tell. */
#define LONGEST_PROTOCOL 255

static void
check_files(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	size_t count = values->tls_certificate.count;

	if (count == 0)
		tls_report_error(report, "tls_certificate", "expected a file; "
		    "a listener that speaks TLS needs a certificate");
	if (values->tls_key.count != 0 && values->tls_key.count != count)
		tls_report_error(report, "tls_key", "expected none or as many "
		    "as there are certificates, %zu, not %zu", count,
		    values->tls_key.count);
	if (values->tls_ocsp_staple.count > count)
		tls_report_error(report, "tls_ocsp_staple", "expected at most "
		    "as many as there are certificates, %zu, not %zu", count,
		    values->tls_ocsp_staple.count);
}

static void
check_clients(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);

	if (values->tls_client_certificate != CLIENT_CERTIFICATE_OFF &&
	    values->tls_client_ca == NULL)
		tls_report_error(report, "tls_client_ca", "expected a file; "
		    "clients' certificates must come from an authority");
	if (values->tls_client_certificate == CLIENT_CERTIFICATE_OFF &&
	    values->tls_client_names.count > 0)
		tls_report_error(report, "tls_client_names", "clients have "
		    "names if tls_client_certificate is 'wanted' or "
		    "'required'");
}

static void
check_names(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	const struct string_list *alpn = &values->tls_alpn;

	for (size_t i = 0; i < alpn->count; i++)
		if (alpn->items[i][0] == '\0' ||
		    strlen(alpn->items[i]) > LONGEST_PROTOCOL)
			tls_report_error(report, "tls_alpn", "'%s' is no "
			    "protocol's name; expected 1 to %d bytes",
			    alpn->items[i], LONGEST_PROTOCOL);
	for (size_t i = 0; i < values->tls_client_names.count; i++)
		if (values->tls_client_names.items[i][0] == '\0')
			tls_report_error(report, "tls_client_names",
			    "a name is empty");
}

static void
check_list(struct tls_report *report, const char *setting, const char *text,
    int (*set)(SSL_CTX *ssl_ctx, const char *text))
{
	SSL_CTX *ssl_ctx;

	if (text == NULL)
		return;
	ssl_ctx = SSL_CTX_new(TLS_server_method());
	if (ssl_ctx == NULL)
		tls_report_error(report, setting, "out of memory");
	else if (set(ssl_ctx, text) != 1)
		tls_report_error(report, setting,
		    "OpenSSL can't make anything of '%s'", text);
	SSL_CTX_free(ssl_ctx);
	ERR_clear_error();
}

/* It is a macro of OpenSSL's. */
static int
set_groups(SSL_CTX *ssl_ctx, const char *text)
{
	return (int)SSL_CTX_set1_groups_list(ssl_ctx, text);
}

static void
check_lists(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);

	check_list(report, "tls_ciphers", values->tls_ciphers,
	    SSL_CTX_set_cipher_list);
	check_list(report, "tls_cipher_suites", values->tls_cipher_suites,
	    SSL_CTX_set_ciphersuites);
	check_list(report, "tls_groups", values->tls_groups, set_groups);
}

void
tls_check(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);

	if (!values->tls)
		return;
	check_files(report);
	check_clients(report);
	check_names(report);
	if (values->tls_maximum_version < values->tls_minimum_version)
		tls_report_error(report, "tls_maximum_version",
		    "it is below tls_minimum_version");
	check_lists(report);
}
