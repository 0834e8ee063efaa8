/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What went wrong with TLS, as an error, a reason and a text.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/task.h"
#include "net/tls.h"
#include "net/transport.h"

static const char *const names[AW_TLS_REASONS] = {
	[AW_TLS_TIMEOUT] = "timeout",
	[AW_TLS_NOT_TLS] = "not_tls",
	[AW_TLS_CLOSED] = "closed",
	[AW_TLS_ALERT] = "alert",
	[AW_TLS_UNSUPPORTED] = "unsupported",
	[AW_TLS_VERIFICATION] = "verification",
	[AW_TLS_MALFORMED] = "malformed",
	[AW_TLS_CLOSING] = "closing",
	[AW_TLS_RESOURCES] = "resources",
};

const char *
aw_tls_reason_name(aw_tls_reason reason)
{
	return reason < AW_TLS_REASONS ? names[reason] : "unknown";
}

void
aw_tls_fail(struct aw_tls *tls, int error, aw_tls_reason reason,
    const char *format, ...)
{
	va_list arguments;

	if (tls->error != 0)
		return;
	tls->error = error;
	tls->reason = (uint8_t)reason;
	va_start(arguments, format);
	/* Without memory the error itself has to do. */
	if (vasprintf(&tls->text, format, arguments) < 0)
		tls->text = NULL;
	va_end(arguments);
}

void
aw_tls_explain(const struct aw_transport *transport)
{
	const struct aw_tls *tls = transport->tls;

	if (tls != NULL && tls->text != NULL)
		aw_set_error_text("%s", tls->text);
}

/* Why the peer's certificate was refused. */
static void
fail_verification(struct aw_tls *tls)
{
	long result = SSL_get_verify_result(tls->ssl);
	const char *name =
	    X509_VERIFY_PARAM_get0_host(SSL_get0_param(tls->ssl), 0);

	if (result == X509_V_OK) {
		aw_tls_fail(tls, AW_ETLSVERIFY, AW_TLS_VERIFICATION,
		    "the peer has no certificate, which is required");
		return;
	}
	aw_tls_fail(tls, AW_ETLSVERIFY, AW_TLS_VERIFICATION,
	    "the certificate of %s can't be verified: %s",
	    name != NULL ? name : "the peer",
	    X509_verify_cert_error_string(result));
}

/* What the reasons of libssl come from, but for the peer's alerts. */
static aw_tls_reason
classify(const struct aw_tls *tls, int reason)
{
	switch (reason) {
	case SSL_R_HTTP_REQUEST:
	case SSL_R_HTTPS_PROXY_REQUEST:
		return AW_TLS_NOT_TLS;
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_RECORD_TOO_SMALL:
	case SSL_R_BAD_RECORD_TYPE:
		/* At the very beginning. */
		return SSL_get_state(tls->ssl) == TLS_ST_BEFORE ||
		    SSL_version(tls->ssl) == 0 ||
		    SSL_get_current_cipher(tls->ssl) == NULL ?
		    AW_TLS_NOT_TLS : AW_TLS_MALFORMED;
	case SSL_R_NO_SHARED_CIPHER:
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_VERSION_TOO_LOW:
	case SSL_R_NO_PROTOCOLS_AVAILABLE:
	case SSL_R_WRONG_SSL_VERSION:
	case SSL_R_UNKNOWN_PROTOCOL:
	case SSL_R_INAPPROPRIATE_FALLBACK:
	case SSL_R_NO_SUITABLE_GROUPS:
	case SSL_R_NO_SUITABLE_KEY_SHARE:
	case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
	case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
	case SSL_R_NO_APPLICATION_PROTOCOL:
	case SSL_R_WRONG_CIPHER_RETURNED:
	case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
		return AW_TLS_UNSUPPORTED;
	default:
		return AW_TLS_MALFORMED;
	}
}

/* What OpenSSL calls the error. */
static const char *
reason_text(unsigned long code)
{
	const char *text = ERR_reason_error_string(code);

	return text != NULL ? text : "unknown error";
}

/* Alerts that OpenSSL 3.0 has no name for. */
static const struct {
	int alert;
	const char *name;
} alert_names[] = {
	{ SSL_AD_INAPPROPRIATE_FALLBACK, "inappropriate fallback" },
	{ SSL_AD_MISSING_EXTENSION, "missing extension" },
	{ SSL_AD_CERTIFICATE_REQUIRED, "certificate required" },
	{ SSL_AD_NO_APPLICATION_PROTOCOL, "no application protocol" },
};

static void
fail_by_alert(struct aw_tls *tls, int alert)
{
	const char *name = SSL_alert_desc_string_long(alert);
	size_t i;

	for (i = 0; i < sizeof(alert_names) / sizeof(alert_names[0]); i++)
		if (alert_names[i].alert == alert)
			name = alert_names[i].name;
	if (strcmp(name, "unknown") == 0)
		aw_tls_fail(tls, AW_ETLSALERT, AW_TLS_ALERT,
		    "the peer sent alert number %d", alert);
	else
		aw_tls_fail(tls, AW_ETLSALERT, AW_TLS_ALERT,
		    "the peer sent the alert \"%s\"", name);
}

static void
fail_by_code(struct aw_tls *tls, unsigned long code)
{
	int reason = ERR_GET_REASON(code);

	if (reason == ERR_R_MALLOC_FAILURE)
		aw_tls_fail(tls, -ENOMEM, AW_TLS_RESOURCES, "%s",
		    aw_strerror(-ENOMEM));
	else if (ERR_GET_LIB(code) != ERR_LIB_SSL ||
	    reason == ERR_R_INTERNAL_ERROR)
		aw_tls_fail(tls, AW_ETLS, AW_TLS_RESOURCES, "OpenSSL: %s",
		    reason_text(code));
	else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED ||
	    reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		fail_verification(tls);
	else if (reason > SSL_AD_REASON_OFFSET)
		fail_by_alert(tls, reason - SSL_AD_REASON_OFFSET);
	else
		aw_tls_fail(tls, AW_ETLS, classify(tls, reason), "%s",
		    reason_text(code));
}

/*
 * Takes the thread's errors away, and returns the one that says most.  Before a
 * handshake there were none, and that is the first of libssl's; later it is the
 * last one, as what the program has left comes first.
 */
static unsigned long
pick_code(const struct aw_tls *tls)
{
	unsigned long picked = ERR_peek_error(), code;
	bool found = false;

	while ((code = ERR_get_error()) != 0) {
		if (ERR_GET_LIB(code) != ERR_LIB_SSL &&
		    ERR_GET_REASON(code) != ERR_R_MALLOC_FAILURE)
			continue;
		if (!found || tls->phase != AW_TLS_HANDSHAKE)
			picked = code;
		found = true;
	}
	return picked;
}

void
aw_tls_fail_ssl(struct aw_tls *tls, int result)
{
	unsigned long code = pick_code(tls);

	if (tls->socket_error != 0)
		aw_tls_fail(tls, tls->socket_error, AW_TLS_CLOSED, "%s",
		    aw_strerror(tls->socket_error));
	else if (code != 0)
		fail_by_code(tls, code);
	else
		aw_tls_fail(tls, AW_ETLS, AW_TLS_RESOURCES,
		    "OpenSSL failed and does not say why (%d)",
		    SSL_get_error(tls->ssl, result));
}
