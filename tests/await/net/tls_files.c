/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "net/tls_files.h"

#define DAY 86400

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

/* What a certificate is to say. */
struct wish {
	const char *name;
	const char *alternative; /* subjectAltName, or NULL */
	bool authority;
	long from, until; /* days from today */
};

static long serial = 1;

static void
add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void
set_name(X509 *certificate, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(certificate);

	ck_assert_int_eq(X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC,
	    (const unsigned char *)"tests", -1, -1, 0), 1);
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(subject, "CN",
	    MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0), 1);
}

/* Signed by the issuer, or by itself. */
static struct identity
make(const struct wish *wish, const struct identity *issuer)
{
	struct identity made;

	made.key = EVP_EC_gen("P-256");
	made.certificate = X509_new();
	ck_assert_ptr_nonnull(made.key);
	ck_assert_ptr_nonnull(made.certificate);
	if (issuer == NULL)
		issuer = &made;
	X509_set_version(made.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), serial++);
	X509_gmtime_adj(X509_getm_notBefore(made.certificate),
	    wish->from * DAY);
	X509_gmtime_adj(X509_getm_notAfter(made.certificate),
	    wish->until * DAY);
	set_name(made.certificate, wish->name);
	X509_set_issuer_name(made.certificate,
	    X509_get_subject_name(issuer->certificate));
	X509_set_pubkey(made.certificate, made.key);
	add_extension(made.certificate, issuer->certificate,
	    NID_basic_constraints, wish->authority ? "critical,CA:TRUE" :
	    "CA:FALSE");
	add_extension(made.certificate, issuer->certificate,
	    NID_subject_key_identifier, "hash");
	if (wish->alternative != NULL)
		add_extension(made.certificate, issuer->certificate,
		    NID_subject_alt_name, wish->alternative);
	ck_assert_int_ne(X509_sign(made.certificate, issuer->key,
	    EVP_sha256()), 0);
	return made;
}

static void
save(const char *path, const struct identity *identity)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(PEM_write_X509(file, identity->certificate), 1);
	ck_assert_int_eq(PEM_write_PrivateKey(file, identity->key, NULL, NULL,
	    0, NULL, NULL), 1);
	ck_assert_int_eq(fclose(file), 0);
}

static void
drop(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

static void
make_one(const char *path, const struct wish *wish,
    const struct identity *issuer)
{
	struct identity made = make(wish, issuer);

	save(path, &made);
	drop(&made);
}

#define HERE "DNS:localhost,IP:127.0.0.1"

void
tls_make_files(void)
{
	static const struct wish authority = { "authority", NULL, true, -9, 9 };
	static const struct wish other = { "other", NULL, true, -9, 9 };
	static const struct wish server = { "server", HERE, false, -9, 9 };
	static const struct wish named =
	    { "named", "DNS:named.test", false, -9, 9 };
	static const struct wish expired = { "expired", HERE, false, -9, -1 };
	static const struct wish client = { "client", NULL, false, -9, 9 };
	struct identity ca, other_ca;

	if (access(TLS_STRANGER, R_OK) == 0)
		return;
	ca = make(&authority, NULL);
	other_ca = make(&other, NULL);
	save(TLS_CA, &ca);
	save(TLS_OTHER_CA, &other_ca);
	make_one(TLS_SERVER, &server, &ca);
	make_one(TLS_NAMED, &named, &ca);
	make_one(TLS_EXPIRED, &expired, &ca);
	make_one(TLS_CLIENT, &client, &ca);
	make_one(TLS_STRANGER, &server, &other_ca);
	drop(&ca);
	drop(&other_ca);
}
