/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_explain.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>

#include "tls_verification.h"

/* Whether the server's first words were none of TLS. */
static bool
is_no_tls(const SSL *ssl)
{
	OSSL_HANDSHAKE_STATE state = SSL_get_state(ssl);

	return state == TLS_ST_BEFORE || state == TLS_ST_CW_CLNT_HELLO;
}

static SSL *
get_ssl(const aw_writer *writer)
{
	SSL *ssl;

	return aw_writer_get_extra_info(writer, "ssl_object", &ssl,
	    sizeof(ssl)) > 0 ? ssl : NULL;
}

/* Where a connection keeps the note; one for all, below 0 if there is none. */
static int note_index = -1;
static pthread_once_t note_once = PTHREAD_ONCE_INIT;

static void
make_note_index(void)
{
	note_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/* The server wants a certificate, and there is none. */
static int
on_certificate_wanted(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	(void)certificate;
	(void)key;
	(void)SSL_set_ex_data(ssl, note_index, &note_index);
	return 0;
}

int
tls_explain_prepare(aw_tls_context *context)
{
	pthread_once(&note_once, make_note_index);
	if (note_index < 0)
		return -ENOMEM;
	SSL_CTX_set_client_cert_cb(aw_tls_context_get_ssl_ctx(context),
	    on_certificate_wanted);
	return 0;
}

bool
tls_explain_lacks_certificate(const aw_writer *writer)
{
	SSL *ssl = get_ssl(writer);

	return ssl != NULL && note_index >= 0 &&
	    SSL_get_ex_data(ssl, note_index) != NULL;
}

bool
tls_explain_is_alert(const void *data, size_t size)
{
	const unsigned char *record = data;

	return size >= 7 && record[0] == SSL3_RT_ALERT &&
	    record[1] == SSL3_VERSION_MAJOR &&
	    record[2] <= (TLS1_3_VERSION & 0xff) &&
	    record[3] == 0 && record[4] == 2 &&
	    (record[5] == SSL3_AL_WARNING || record[5] == SSL3_AL_FATAL);
}

const char *
tls_explain(const aw_writer *writer, int error, const char *detail,
    const char *name, char *buffer, size_t size)
{
	SSL *ssl = get_ssl(writer);

	if (detail[0] == '\0')
		detail = aw_strerror(error);
	if (error == AW_ETLSVERIFY && ssl != NULL)
		return tls_verification_explain(ssl, name, buffer, size);
	if (error == AW_ETLS && ssl != NULL && is_no_tls(ssl))
		snprintf(buffer, size, "what answers does not speak TLS (%s)",
		    detail);
	else
		snprintf(buffer, size, "%s%s", detail,
		    tls_explain_lacks_certificate(writer) ?
		    TLS_EXPLAIN_LACK : "");
	return buffer;
}
