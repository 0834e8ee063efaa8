/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_verification.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "tls_time.h"

/* As many of a certificate's names are told. */
#define MOST_NAMES 6

/* Text that grows until its buffer is full. */
struct text {
	char *end;
	size_t room;
};

static void add(struct text *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct text *text, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(text->end, text->room, format, list);
	va_end(list);
	if (length < 0)
		return;
	if ((size_t)length >= text->room)
		length = (int)text->room - 1;
	text->end += length;
	text->room -= (size_t)length;
}

/* A stranger's bytes, fit for a terminal. */
static void
add_bytes(struct text *text, const unsigned char *bytes, int size)
{
	for (int i = 0; i < size; i++)
		add(text, "%c", bytes[i] > ' ' && bytes[i] < 0x7f ?
		    bytes[i] : '?');
}

static void
add_address(struct text *text, const ASN1_OCTET_STRING *address)
{
	int size = ASN1_STRING_length(address);
	char buffer[INET6_ADDRSTRLEN];

	if (inet_ntop(size == 4 ? AF_INET : AF_INET6,
	    ASN1_STRING_get0_data(address), buffer, sizeof(buffer)) != NULL)
		add(text, "%s", buffer);
}

static bool
is_server_name(const GENERAL_NAME *name)
{
	int size;

	if (name->type == GEN_DNS)
		return true;
	size = name->type == GEN_IPADD ?
	    ASN1_STRING_length(name->d.iPAddress) : 0;
	return size == 4 || size == 16;
}

static void
add_name(struct text *text, const GENERAL_NAME *name)
{
	if (name->type == GEN_IPADD)
		add_address(text, name->d.iPAddress);
	else
		add_bytes(text, ASN1_STRING_get0_data(name->d.dNSName),
		    ASN1_STRING_length(name->d.dNSName));
}

/* The names that the certificate is for.  Returns how many. */
static int
add_alternative_names(struct text *text, const X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate,
	    NID_subject_alt_name, NULL, NULL);
	int count = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (!is_server_name(name))
			continue;
		count++;
		if (count > MOST_NAMES)
			continue;
		add(text, "%s", count == 1 ? "" : ", ");
		add_name(text, name);
	}
	if (count > MOST_NAMES)
		add(text, " and %d more", count - MOST_NAMES);
	GENERAL_NAMES_free(names);
	return count;
}

/* Where there are no others, the common name counts. */
static void
add_common_name(struct text *text, const X509 *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	const ASN1_STRING *name;
	int index;

	index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (index < 0) {
		add(text, "nobody");
		return;
	}
	name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
	add_bytes(text, ASN1_STRING_get0_data(name), ASN1_STRING_length(name));
}

static void
add_mismatch(struct text *text, const X509 *certificate, const char *name)
{
	add(text, "its certificate is for ");
	if (add_alternative_names(text, certificate) == 0)
		add_common_name(text, certificate);
	add(text, ", not %s", name != NULL ? name : "it");
}

static void
add_subject(struct text *text, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long size;

	if (bio != NULL && X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_RFC2253) >= 0) {
		size = BIO_get_mem_data(bio, &bytes);
		add(text, "\"%.*s\"", (int)size, bytes);
	}
	BIO_free(bio);
}

/* The first certificate of the chain that is out of its time. */
static const X509 *
find_untimely(STACK_OF(X509) *chain, bool expired, int *index)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		const X509 *certificate = sk_X509_value(chain, i);

		*index = i;
		if (expired && X509_cmp_current_time(
		    X509_get0_notAfter(certificate)) < 0)
			return certificate;
		if (!expired && X509_cmp_current_time(
		    X509_get0_notBefore(certificate)) > 0)
			return certificate;
	}
	return NULL;
}

static void
add_untimely(struct text *text, STACK_OF(X509) *chain, bool expired)
{
	char time[TLS_TIME_TEXT_SIZE];
	const X509 *certificate;
	int index = 0;

	certificate = find_untimely(chain, expired, &index);
	if (certificate == NULL) {
		add(text, "the certificate of its authority %s",
		    expired ? "has expired" : "is not valid yet");
		return;
	}
	if (index == 0) {
		add(text, "its certificate ");
	} else {
		add(text, "the certificate of its authority ");
		add_subject(text, X509_get_subject_name(certificate));
		add(text, " ");
	}
	add(text, "%s %s", expired ? "expired on" : "is not valid before",
	    tls_time_text(expired ? X509_get0_notAfter(certificate) :
	    X509_get0_notBefore(certificate), time, sizeof(time)));
}

/* The last certificate came without who signed it. */
static void
add_unknown(struct text *text, STACK_OF(X509) *chain)
{
	const X509 *last = sk_X509_value(chain, sk_X509_num(chain) - 1);

	add(text, "its certificate is from ");
	add_subject(text, X509_get_issuer_name(last));
	add(text, ", which is not trusted here: use --ca with that "
	    "authority's certificate");
}

static void
add_reason(struct text *text, SSL *ssl, const char *name)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	long result = SSL_get_verify_result(ssl);

	if (sk_X509_num(chain) < 1) {
		add(text, "it has no certificate");
		return;
	}
	switch (result) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		add_mismatch(text, sk_X509_value(chain, 0), name);
		break;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		add_untimely(text, chain,
		    result == X509_V_ERR_CERT_HAS_EXPIRED);
		break;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		add(text, "its certificate is self-signed: use --ca with it, "
		    "if it is to be trusted");
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		add_unknown(text, chain);
		break;
	case X509_V_ERR_INVALID_PURPOSE:
		add(text, "its certificate is not for servers");
		break;
	default:
		add(text, "its certificate can't be verified: %s",
		    X509_verify_cert_error_string(result));
	}
}

const char *
tls_verification_explain(SSL *ssl, const char *name, char *buffer, size_t size)
{
	struct text text = { .end = buffer, .room = size };

	buffer[0] = '\0';
	add_reason(&text, ssl, name);
	return buffer;
}
