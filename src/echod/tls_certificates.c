/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_certificates.h"

#include "common/tls_names.h"
#include "common/tls_pair.h"
#include "tls_staple.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ERROR_SIZE 512

struct item {
	struct tls_pair pair;
	struct tls_staple staple;
};

struct tls_certificates {
	struct item *items;
	size_t count;
	struct tls_names names;
	/* Of the names: those that the SSL_CTX itself has. */
	const struct tls_name *usual;
	size_t usual_count;
};

static int data_index = -1;
static pthread_once_t data_once = PTHREAD_ONCE_INIT;

void
tls_certificates_free(struct tls_certificates *certificates)
{
	if (certificates == NULL)
		return;
	for (size_t i = 0; i < certificates->count; i++) {
		tls_pair_clear(&certificates->items[i].pair);
		tls_staple_clear(&certificates->items[i].staple);
	}
	free(certificates->items);
	tls_names_clear(&certificates->names);
	free(certificates);
}

/* The SSL_CTX goes, and with it the last connection that may need them. */
static void
free_with_context(void *parent, void *data, CRYPTO_EX_DATA *all, int index,
    long argl, void *argp)
{
	(void)parent;
	(void)all;
	(void)index;
	(void)argl;
	(void)argp;
	tls_certificates_free(data);
}

static void
make_index(void)
{
	data_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL,
	    free_with_context);
}

/* ---------------------------------------------------------------- the files */

static void
read_key(struct item *item, const char *path, const char *setting,
    struct tls_report *report)
{
	char error[ERROR_SIZE];

	if (tls_pair_read_key(&item->pair, path, error, sizeof(error)) < 0)
		tls_report_error(report, setting, "%s", error);
	else if (tls_key_check_mode(path, error, sizeof(error)) < 0)
		tls_report_warning(report, setting, "%s", error);
}

static void
read_staple(struct item *item, const char *path, time_t now,
    struct tls_report *report)
{
	char error[ERROR_SIZE];
	int err;

	err = tls_staple_read(&item->staple, path, &item->pair, now, error,
	    sizeof(error));
	if (err == -EKEYEXPIRED || err == -EKEYREVOKED)
		tls_report_doubt(report, "tls_ocsp_staple", "%s", error);
	else if (err < 0)
		tls_report_error(report, "tls_ocsp_staple", "%s", error);
}

static void
read_item(struct tls_certificates *certificates, size_t i,
    struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	const char *path = values->tls_certificate.items[i];
	const struct string_list *staples = &values->tls_ocsp_staple;
	struct item *item = &certificates->items[i];
	char error[ERROR_SIZE];
	time_t now = time(NULL);

	if (tls_pair_read_certificate(&item->pair, path, error,
	    sizeof(error)) < 0) {
		tls_report_error(report, "tls_certificate", "%s", error);
		return;
	}
	if (tls_pair_check_time(&item->pair, now, error, sizeof(error)) < 0)
		tls_report_doubt(report, "tls_certificate", "%s: %s", path,
		    error);
	if (tls_names_add(&certificates->names, item->pair.certificate, i) < 0)
		tls_report_error(report, "tls_certificate",
		    "%s: its names can't be read", path);
	if (values->tls_key.count > i)
		read_key(item, values->tls_key.items[i], "tls_key", report);
	else
		read_key(item, path, "tls_certificate", report);
	if (staples->count > i && *staples->items[i] != '\0')
		read_staple(item, staples->items[i], now, report);
}

static int
add_name(const char *name, void *arg)
{
	snprintf(arg, TLS_NAME_SIZE, "%s", name);
	return 1;
}

/* What clients get that name no server, or none that we know. */
static void
choose_usual(struct tls_certificates *certificates)
{
	char name[TLS_NAME_SIZE] = "";

	tls_names_of_server(certificates->items[0].pair.certificate, add_name,
	    name);
	certificates->usual_count = tls_names_find(&certificates->names, name,
	    &certificates->usual);
	/* Somebody else's name is no reason to give up the first. */
	if (certificates->usual_count > 0 && certificates->usual->item != 0)
		certificates->usual_count = 0;
}

struct tls_certificates *
tls_certificates_read(struct tls_report *report)
{
	const struct listener_settings *values = tls_report_values(report);
	size_t count = values->tls_certificate.count, before = report->errors;
	struct tls_certificates *certificates;

	certificates = calloc(1, sizeof(*certificates));
	if (certificates == NULL)
		goto no_memory;
	certificates->items = calloc(count, sizeof(*certificates->items));
	if (certificates->items == NULL)
		goto no_memory;
	certificates->count = count;
	for (size_t i = 0; i < count; i++)
		read_item(certificates, i, report);
	if (report->errors > before)
		goto fail;
	tls_names_sort(&certificates->names);
	choose_usual(certificates);
	return certificates;
no_memory:
	tls_report_error(report, "tls_certificate", "out of memory");
fail:
	tls_certificates_free(certificates);
	return NULL;
}

/* --------------------------------------------------------------- the choice */

static struct tls_certificates *
of_ssl(const SSL *ssl)
{
	return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), data_index);
}

/* How many there are for the client's name for the server. */
static size_t
find(const struct tls_certificates *certificates, const SSL *ssl,
    const struct tls_name **first)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	return name != NULL ?
	    tls_names_find(&certificates->names, name, first) : 0;
}

static bool
is_usual(const struct tls_certificates *certificates,
    const struct tls_name *first, size_t count)
{
	if (certificates->usual_count == 0)
		return count == 1 && first->item == 0;
	if (count != certificates->usual_count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (first[i].item != certificates->usual[i].item)
			return false;
	return true;
}

/* OpenSSL's callback: gives the connection its certificates.  0 is an error. */
static int
choose(SSL *ssl, void *arg)
{
	const struct tls_certificates *certificates = of_ssl(ssl);
	const struct tls_name *first;
	size_t count = find(certificates, ssl, &first);
	int result = 1;

	(void)arg;
	if (count == 0 || is_usual(certificates, first, count))
		return 1;
	SSL_certs_clear(ssl);
	/* Of two with keys of a kind the first one counts. */
	for (size_t i = count; i-- > 0 && result == 1;) {
		const struct tls_pair *pair =
		    &certificates->items[first[i].item].pair;

		result = SSL_use_cert_and_key(ssl, pair->certificate,
		    pair->key, pair->chain, 1);
	}
	return result;
}

/* OpenSSL's callback: whether the client is told that the name counted. */
static int
acknowledge_name(SSL *ssl, int *alert, void *arg)
{
	const struct tls_name *first;

	(void)alert;
	(void)arg;
	return find(of_ssl(ssl), ssl, &first) > 0 ? SSL_TLSEXT_ERR_OK :
	    SSL_TLSEXT_ERR_NOACK;
}

static const struct tls_staple *
find_staple(const struct tls_certificates *certificates, const SSL *ssl)
{
	const X509 *certificate = SSL_get_certificate(ssl);

	for (size_t i = 0; i < certificates->count; i++)
		if (certificates->items[i].pair.certificate == certificate)
			return &certificates->items[i].staple;
	return NULL;
}

/* OpenSSL's callback, for a client that asks for an OCSP response. */
static int
staple(SSL *ssl, void *arg)
{
	const struct tls_staple *found = find_staple(of_ssl(ssl), ssl);
	unsigned char *copy;

	(void)arg;
	if (found == NULL || found->data == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	copy = OPENSSL_memdup(found->data, found->size);
	if (copy == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)found->size);
	return SSL_TLSEXT_ERR_OK;
}

/* ---------------------------------------------------------- the SSL_CTX's */

static bool
use(const struct tls_certificates *certificates, size_t item, SSL_CTX *ssl_ctx,
    struct tls_report *report)
{
	const struct tls_pair *pair = &certificates->items[item].pair;
	const char *reason;

	if (SSL_CTX_use_cert_and_key(ssl_ctx, pair->certificate, pair->key,
	    pair->chain, 1) == 1)
		return true;
	reason = ERR_reason_error_string(ERR_peek_last_error());
	tls_report_error(report, "tls_certificate", "%s: OpenSSL does not take "
	    "it: %s", tls_report_values(report)->tls_certificate.items[item],
	    reason != NULL ? reason : "unknown error");
	ERR_clear_error();
	return false;
}

/* Each is tried once, so that none is found bad by the first client. */
static bool
use_all(const struct tls_certificates *certificates, SSL_CTX *ssl_ctx,
    struct tls_report *report)
{
	bool good = true;

	for (size_t i = certificates->count; i-- > 1;)
		good &= use(certificates, i, ssl_ctx, report);
	return good;
}

static bool
use_usual(const struct tls_certificates *certificates, SSL_CTX *ssl_ctx,
    struct tls_report *report)
{
	bool good = true;

	for (size_t i = certificates->usual_count; i-- > 1 && good;)
		good = use(certificates, certificates->usual[i].item, ssl_ctx,
		    report);
	return good && use(certificates, 0, ssl_ctx, report);
}

static SSL_CTX *
scratch(struct tls_report *report)
{
	SSL_CTX *ssl_ctx = SSL_CTX_new(TLS_server_method());

	if (ssl_ctx == NULL)
		tls_report_error(report, "tls_certificate", "out of memory");
	return ssl_ctx;
}

int
tls_certificates_attach(struct tls_certificates *certificates,
    SSL_CTX *ssl_ctx, struct tls_report *report)
{
	SSL_CTX *other = scratch(report);
	bool good;

	if (other == NULL)
		return -EINVAL;
	good = use_all(certificates, other, report);
	SSL_CTX_free(other);
	if (!good || !use_usual(certificates, ssl_ctx, report))
		return -EINVAL;
	pthread_once(&data_once, make_index);
	if (data_index < 0 ||
	    SSL_CTX_set_ex_data(ssl_ctx, data_index, certificates) != 1) {
		tls_report_error(report, "tls_certificate", "out of memory");
		return -EINVAL;
	}
	SSL_CTX_set_cert_cb(ssl_ctx, choose, NULL);
	SSL_CTX_set_tlsext_servername_callback(ssl_ctx, acknowledge_name);
	SSL_CTX_set_tlsext_status_cb(ssl_ctx, staple);
	return 0;
}

time_t
tls_certificates_not_after(const SSL_CTX *ssl_ctx, size_t place)
{
	const struct tls_certificates *certificates =
	    SSL_CTX_get_ex_data(ssl_ctx, data_index);
	struct tm time;

	if (certificates == NULL || place >= certificates->count ||
	    ASN1_TIME_to_tm(X509_get0_notAfter(
	    certificates->items[place].pair.certificate), &time) != 1)
		return -1;
	return timegm(&time);
}
