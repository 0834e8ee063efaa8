/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is known of a TLS connection.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "net/tls.h"
#include "net/transport.h"

static int
copy_text(void *value, size_t size, const char *text)
{
	return text == NULL ? -ENOENT :
	    aw_copy_info(value, size, text, strlen(text) + 1);
}

static int
get_ssl_object(const struct aw_tls *tls, void *value, size_t size)
{
	return aw_copy_info(value, size, &tls->ssl, sizeof(tls->ssl));
}

static int
get_ssl_context(const struct aw_tls *tls, void *value, size_t size)
{
	return aw_copy_info(value, size, &tls->context, sizeof(tls->context));
}

static int
get_ssl_version(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_text(value, size, SSL_get_version(tls->ssl));
}

static int
get_cipher(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_text(value, size, SSL_get_cipher_name(tls->ssl));
}

static int
get_cipher_bits(const struct aw_tls *tls, void *value, size_t size)
{
	int bits = SSL_get_cipher_bits(tls->ssl, NULL);

	return aw_copy_info(value, size, &bits, sizeof(bits));
}

static int
get_group(const struct aw_tls *tls, void *value, size_t size)
{
	int group = (int)SSL_get_negotiated_group(tls->ssl);
	const char *name = NULL;

	/* One that OpenSSL has no number of its own for comes as it is. */
	if (group != NID_undef)
		name = (group & TLSEXT_nid_unknown) != 0 ?
		    SSL_group_to_name(tls->ssl, group) : OBJ_nid2sn(group);
	return copy_text(value, size, name);
}

static int
get_alpn(const struct aw_tls *tls, void *value, size_t size)
{
	const unsigned char *name;
	unsigned length;

	SSL_get0_alpn_selected(tls->ssl, &name, &length);
	if (length == 0)
		return -ENOENT;
	if (size < (size_t)length + 1)
		return -ENOSPC;
	memcpy(value, name, length);
	((char *)value)[length] = '\0';
	return (int)length + 1;
}

static int
get_server_name(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_text(value, size,
	    SSL_get_servername(tls->ssl, TLSEXT_NAMETYPE_host_name));
}

static int
get_session_reused(const struct aw_tls *tls, void *value, size_t size)
{
	bool reused = SSL_session_reused(tls->ssl) == 1;

	return aw_copy_info(value, size, &reused, sizeof(reused));
}

static int
get_verify_result(const struct aw_tls *tls, void *value, size_t size)
{
	if (SSL_get0_peer_certificate(tls->ssl) == NULL)
		return -ENOENT;
	return copy_text(value, size, X509_verify_cert_error_string(
	    SSL_get_verify_result(tls->ssl)));
}

static int
get_peercert(const struct aw_tls *tls, void *value, size_t size)
{
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	unsigned char *end = value;
	int length;

	if (certificate == NULL)
		return -ENOENT;
	length = i2d_X509(certificate, NULL);
	if (length < 0)
		return -ENOMEM;
	return (size_t)length > size ? -ENOSPC : i2d_X509(certificate, &end);
}

/* What has been written to memory, as a string; frees that. */
static int
copy_written(BIO *bio, void *value, size_t size)
{
	char *text;
	long length = BIO_get_mem_data(bio, &text);
	int result = -ENOSPC;

	if (length <= 0) {
		result = -ENOMEM;
	} else if ((size_t)length < size) {
		memcpy(value, text, (size_t)length);
		((char *)value)[length] = '\0';
		result = (int)length + 1;
	}
	BIO_free(bio);
	return result;
}

static int
get_peercert_pem(const struct aw_tls *tls, void *value, size_t size)
{
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	BIO *bio;

	if (certificate == NULL)
		return -ENOENT;
	bio = BIO_new(BIO_s_mem());
	if (bio == NULL)
		return -ENOMEM;
	if (PEM_write_bio_X509(bio, certificate) != 1) {
		BIO_free(bio);
		return -ENOMEM;
	}
	return copy_written(bio, value, size);
}

static int
copy_name(const struct aw_tls *tls, X509_NAME *(*get)(const X509 *),
    void *value, size_t size)
{
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	BIO *bio;

	if (certificate == NULL)
		return -ENOENT;
	/* One without a name. */
	if (X509_NAME_entry_count(get(certificate)) == 0)
		return copy_text(value, size, "");
	bio = BIO_new(BIO_s_mem());
	if (bio == NULL)
		return -ENOMEM;
	if (X509_NAME_print_ex(bio, get(certificate), 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0) {
		BIO_free(bio);
		return -ENOMEM;
	}
	return copy_written(bio, value, size);
}

static int
get_subject(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_name(tls, X509_get_subject_name, value, size);
}

static int
get_issuer(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_name(tls, X509_get_issuer_name, value, size);
}

static int
get_tls_error(const struct aw_tls *tls, void *value, size_t size)
{
	return copy_text(value, size, tls->text);
}

static const struct {
	const char *name;
	/* Since when it is known. */
	enum { ATTACHED, BEGUN, DONE } since;
	int (*get)(const struct aw_tls *tls, void *value, size_t size);
} extra_info[] = {
	{ "alpn", DONE, get_alpn },
	{ "cipher", DONE, get_cipher },
	{ "cipher_bits", DONE, get_cipher_bits },
	{ "group", DONE, get_group },
	{ "issuer", BEGUN, get_issuer },
	{ "peercert", BEGUN, get_peercert },
	{ "peercert_pem", BEGUN, get_peercert_pem },
	{ "server_name", BEGUN, get_server_name },
	{ "session_reused", DONE, get_session_reused },
	{ "ssl_context", ATTACHED, get_ssl_context },
	{ "ssl_object", BEGUN, get_ssl_object },
	{ "ssl_version", DONE, get_ssl_version },
	{ "subject", BEGUN, get_subject },
	{ "tls_error", ATTACHED, get_tls_error },
	{ "verify_result", BEGUN, get_verify_result },
};

struct info_call {
	const struct aw_tls *tls;
	const char *name;
	void *value;
	size_t size;
	int result;
};

static void
get_info(void *arg)
{
	struct info_call *call = arg;
	int since = ATTACHED;
	size_t i;

	if (call->tls->ssl != NULL)
		since = call->tls->was_open ? DONE : BEGUN;
	call->result = -ENOENT;
	for (i = 0; i < sizeof(extra_info) / sizeof(extra_info[0]); i++)
		if (strcmp(extra_info[i].name, call->name) == 0 &&
		    (int)extra_info[i].since <= since)
			call->result = extra_info[i].get(call->tls,
			    call->value, call->size);
	ERR_clear_error();
}

int
aw_tls_get_extra_info(const struct aw_transport *transport, const char *name,
    void *value, size_t size)
{
	struct info_call call = {
		.tls = transport->tls, .name = name, .value = value,
		.size = size,
	};

	aw_loop_call(get_info, &call);
	return call.result;
}
