/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "certificates.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>

#define DAY 86400

static long serial = 1;

static FILE *
open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	ck_assert_msg(file != NULL, "%s can't be opened", path);
	return file;
}

X509 *
certificate_read(const char *path)
{
	FILE *file = open_file(path, "r");
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);

	fclose(file);
	ck_assert_msg(certificate != NULL, "%s has no certificate", path);
	return certificate;
}

static EVP_PKEY *
read_key(const char *path)
{
	FILE *file = open_file(path, "r");
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

	fclose(file);
	ck_assert_msg(key != NULL, "%s has no key", path);
	return key;
}

static void
extend(X509 *certificate, X509 *issuer, int nid, const char *value)
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
add_entry(X509 *certificate, const char *kind, const char *value)
{
	if (value != NULL)
		ck_assert_int_eq(X509_NAME_add_entry_by_txt(
		    X509_get_subject_name(certificate), kind, MBSTRING_ASC,
		    (const unsigned char *)value, -1, -1, 0), 1);
}

static void
describe(X509 *certificate, const struct certificate_wish *wish)
{
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
	X509_gmtime_adj(X509_getm_notBefore(certificate),
	    (wish->from != 0 ? wish->from : -9) * DAY);
	X509_gmtime_adj(X509_getm_notAfter(certificate),
	    (wish->until != 0 ? wish->until : 9) * DAY);
	add_entry(certificate, "O", wish->organization);
	add_entry(certificate, "CN", wish->name);
}

static void
write_files(const struct certificate_wish *wish, X509 *certificate,
    X509 *issuer, EVP_PKEY *key)
{
	FILE *file = open_file(wish->path, "w");

	ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
	if (wish->with_chain)
		ck_assert_int_eq(PEM_write_X509(file, issuer), 1);
	if (wish->key_path != NULL) {
		fclose(file);
		file = open_file(wish->key_path, "w");
	}
	ck_assert_int_eq(fchmod(fileno(file), 0600), 0);
	ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
	    NULL), 1);
	ck_assert_int_eq(fclose(file), 0);
}

void
certificate_make(const struct certificate_wish *wish)
{
	EVP_PKEY *key = wish->edwards ? EVP_PKEY_Q_keygen(NULL, NULL,
	    "ED25519") : EVP_EC_gen("P-256");
	X509 *certificate = X509_new(), *issuer = certificate;
	EVP_PKEY *issuer_key = key;

	ck_assert_ptr_nonnull(key);
	ck_assert_ptr_nonnull(certificate);
	if (wish->issuer != NULL) {
		issuer = certificate_read(wish->issuer);
		issuer_key = read_key(wish->issuer);
	}
	describe(certificate, wish);
	X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
	X509_set_pubkey(certificate, key);
	extend(certificate, issuer, NID_basic_constraints, wish->authority ?
	    "critical,CA:TRUE" : "CA:FALSE");
	extend(certificate, issuer, NID_subject_key_identifier, "hash");
	if (wish->alternative != NULL)
		extend(certificate, issuer, NID_subject_alt_name,
		    wish->alternative);
	ck_assert_int_ne(X509_sign(certificate, issuer_key, EVP_sha256()), 0);
	write_files(wish, certificate, issuer, key);
	if (wish->issuer != NULL) {
		X509_free(issuer);
		EVP_PKEY_free(issuer_key);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
}
