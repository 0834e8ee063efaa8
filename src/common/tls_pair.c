/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_pair.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens the file; otherwise NULL, with the error. */
static BIO *
open_file(const char *path, int *err, char *error, size_t error_size)
{
	BIO *bio;

	ERR_clear_error();
	errno = 0;
	bio = BIO_new_file(path, "r");
	*err = 0;
	if (bio == NULL) {
		*err = errno > 0 ? -errno : -ENOMEM;
		snprintf(error, error_size, "%s: %s", path, strerror(-*err));
	}
	ERR_clear_error();
	return bio;
}

/* What OpenSSL found wrong with a file; takes its errors away. */
static int
complain(const char *path, const char *problem, char *error, size_t error_size)
{
	unsigned long code = ERR_peek_error();
	const char *reason = NULL;
	int err = -EINVAL;

	if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		err = -ENOMEM;
	/* That nothing was found is what the problem says already. */
	if (code != 0 && ERR_GET_LIB(code) != ERR_LIB_OSSL_DECODER &&
	    !(ERR_GET_LIB(code) == ERR_LIB_PEM &&
	    ERR_GET_REASON(code) == PEM_R_NO_START_LINE))
		reason = ERR_reason_error_string(code);
	snprintf(error, error_size, "%s: %s%s%s", path, problem,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "");
	ERR_clear_error();
	return err;
}

/* ------------------------------------------------------------ certificates */

/* Reads what follows the first certificate. */
static int
read_chain(struct tls_pair *pair, BIO *bio)
{
	unsigned long code;
	X509 *next;

	pair->chain = sk_X509_new_null();
	if (pair->chain == NULL)
		return -ENOMEM;
	while ((next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(pair->chain, next) <= 0) {
			X509_free(next);
			return -ENOMEM;
		}
	code = ERR_peek_last_error();
	if (ERR_GET_LIB(code) != ERR_LIB_PEM ||
	    ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
		return -EINVAL;
	ERR_clear_error();
	return 0;
}

/* Whether each certificate is by the one that follows. */
static bool
chain_is_in_order(const struct tls_pair *pair)
{
	X509 *certificate = pair->certificate, *issuer;
	bool good = true;

	for (int i = 0; good && i < sk_X509_num(pair->chain); i++) {
		issuer = sk_X509_value(pair->chain, i);
		good = X509_check_issued(issuer, certificate) == X509_V_OK;
		certificate = issuer;
	}
	ERR_clear_error();
	return good;
}

int
tls_pair_read_certificate(struct tls_pair *pair, const char *path,
    char *error, size_t error_size)
{
	BIO *bio;
	int err;

	bio = open_file(path, &err, error, error_size);
	if (bio == NULL)
		return err;
	pair->certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	if (pair->certificate == NULL)
		err = complain(path, "there is no certificate in PEM form",
		    error, error_size);
	else if (read_chain(pair, bio) < 0)
		err = complain(path, "a certificate after the first can't be "
		    "read", error, error_size);
	else if (!chain_is_in_order(pair))
		err = complain(path, "the certificates are not in order; "
		    "expected the server's own, then that which issued it, "
		    "and so on", error, error_size);
	BIO_free(bio);
	if (err < 0)
		tls_pair_clear(pair);
	return err;
}

static int
complain_of_time(X509 *certificate, const ASN1_TIME *when, const char *problem,
    char *error, size_t error_size)
{
	char name[128] = "", text[64] = "";
	struct tm tm;

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
	    NID_commonName, name, sizeof(name));
	if (ASN1_TIME_to_tm(when, &tm) == 1)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	snprintf(error, error_size, "the certificate of '%s' %s %s", name,
	    problem, text);
	return -EKEYEXPIRED;
}

static int
check_one_time(X509 *certificate, time_t when, char *error, size_t error_size)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate);
	const ASN1_TIME *until = X509_get0_notAfter(certificate);

	if (X509_cmp_time(until, &when) < 0)
		return complain_of_time(certificate, until, "expired on",
		    error, error_size);
	if (X509_cmp_time(from, &when) > 0)
		return complain_of_time(certificate, from, "is not valid "
		    "before", error, error_size);
	return 0;
}

int
tls_pair_check_time(const struct tls_pair *pair, time_t when, char *error,
    size_t error_size)
{
	int err = check_one_time(pair->certificate, when, error, error_size);

	for (int i = 0; err == 0 && i < sk_X509_num(pair->chain); i++)
		err = check_one_time(sk_X509_value(pair->chain, i), when,
		    error, error_size);
	return err;
}

/* --------------------------------------------------------------------- keys */

/* Instead of asking at the terminal. */
static int
refuse_password(char *buffer, int size, int writing, void *arg)
{
	bool *wanted = arg;

	(void)buffer;
	(void)size;
	(void)writing;
	*wanted = true;
	return -1;
}

int
tls_pair_read_key(struct tls_pair *pair, const char *path, char *error,
    size_t error_size)
{
	bool password_wanted = false;
	BIO *bio;
	int err;

	bio = open_file(path, &err, error, error_size);
	if (bio == NULL)
		return err;
	pair->key = PEM_read_bio_PrivateKey(bio, NULL, refuse_password,
	    &password_wanted);
	BIO_free(bio);
	if (pair->key == NULL && password_wanted) {
		ERR_clear_error();
		return complain(path, "the key needs a password, for which "
		    "nobody can be asked; `openssl pkey` takes it away", error,
		    error_size);
	}
	if (pair->key == NULL)
		return complain(path, "there is no key in PEM form", error,
		    error_size);
	if (X509_check_private_key(pair->certificate, pair->key) == 1)
		return 0;
	ERR_clear_error();
	EVP_PKEY_free(pair->key);
	pair->key = NULL;
	return complain(path, "the key does not belong to the certificate",
	    error, error_size);
}

int
tls_key_check_mode(const char *path, char *error, size_t error_size)
{
	mode_t others = S_IRWXG | S_IRWXO;
	struct stat status;

	if (stat(path, &status) < 0)
		return 0;
	if (status.st_uid == 0 && (geteuid() != 0 || status.st_gid != 0))
		others = S_IRWXO | S_IWGRP;
	if (!S_ISREG(status.st_mode) || (status.st_mode & others) == 0)
		return 0;
	snprintf(error, error_size, "%s: others than its owner may use the "
	    "key (mode %04o); `chmod 600` takes that away", path,
	    (unsigned)status.st_mode & 07777);
	return -EPERM;
}

void
tls_pair_clear(struct tls_pair *pair)
{
	X509_free(pair->certificate);
	sk_X509_pop_free(pair->chain, X509_free);
	EVP_PKEY_free(pair->key);
	memset(pair, 0, sizeof(*pair));
}
