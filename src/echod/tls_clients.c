/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_clients.h"

#include "common/tls_names.h"

#include <errno.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many of a certificate's names are told, and so much of each. */
#define MOST_NAMES 6
#define LONGEST_NAME 100
#define LONGEST_SUBJECT 300

/* Where an SSL_CTX has the names, and an SSL why its client is refused. */
static int data_index = -1, refusal_index = -1;
static pthread_once_t data_once = PTHREAD_ONCE_INIT;

static void
free_copy(struct string_list *names)
{
	if (names == NULL)
		return;
	string_list_clear(names);
	free(names);
}

static void
free_with_context(void *parent, void *data, CRYPTO_EX_DATA *all, int index,
    long argl, void *argp)
{
	(void)parent;
	(void)all;
	(void)index;
	(void)argl;
	(void)argp;
	free_copy(data);
}

static void
free_refusal(void *parent, void *text, CRYPTO_EX_DATA *all, int index,
    long argl, void *argp)
{
	(void)parent;
	(void)all;
	(void)index;
	(void)argl;
	(void)argp;
	free(text);
}

static void
make_indexes(void)
{
	data_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL,
	    free_with_context);
	refusal_index = SSL_get_ex_new_index(0, NULL, NULL, NULL,
	    free_refusal);
}

static struct string_list *
copy(const struct string_list *names)
{
	struct string_list *made = calloc(1, sizeof(*made));

	for (size_t i = 0; made != NULL && i < names->count; i++)
		if (string_list_add(made, names->items[i]) < 0) {
			free_copy(made);
			return NULL;
		}
	return made;
}

static int
compare(const char *name, void *arg)
{
	const struct string_list *names = arg;

	for (size_t i = 0; i < names->count; i++)
		if (tls_name_matches(names->items[i], name))
			return 1;
	return 0;
}

bool
tls_client_is_named(X509 *certificate, const struct string_list *names)
{
	return tls_names_of_client(certificate, compare,
	    (void *)(uintptr_t)names) == 1;
}

/* ----------------------------------------------- why a client is refused */

struct description {
	FILE *file;
	int names;
};

/* A stranger's bytes; what could end the quotation is left out. */
static void
print_quoted(FILE *file, const char *text, size_t length, size_t most)
{
	fputc('"', file);
	for (size_t i = 0; i < length && i < most; i++)
		fputc(text[i] >= ' ' && text[i] != '"' && text[i] < 0x7f ?
		    text[i] : '?', file);
	fputs(length > most ? "...\"" : "\"", file);
}

static int
print_name(const char *name, void *arg)
{
	struct description *description = arg;

	if (description->names++ < MOST_NAMES) {
		fputs(description->names == 1 ? ", for " : ", ",
		    description->file);
		print_quoted(description->file, name, strlen(name),
		    LONGEST_NAME);
	}
	return 0;
}

static void
print_subject(FILE *file, X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long length;

	if (bio == NULL || X509_NAME_print_ex(bio,
	    X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0)
		goto out;
	length = BIO_get_mem_data(bio, &text);
	print_quoted(file, text, length > 0 ? (size_t)length : 0,
	    LONGEST_SUBJECT);
out:
	BIO_free(bio);
}

static void
print_refusal(FILE *file, X509_STORE_CTX *store, const char *reason)
{
	struct description description = { .file = file };
	X509 *certificate = X509_STORE_CTX_get0_cert(store);
	int depth = X509_STORE_CTX_get_error_depth(store);

	fprintf(file, "the client's certificate is refused: %s", reason);
	if (depth > 0)
		fprintf(file, " (of the authority %d above it)", depth);
	fputs("; it is ", file);
	print_subject(file, certificate);
	tls_names_of_client(certificate, print_name, &description);
	if (description.names > MOST_NAMES)
		fprintf(file, " and %d more", description.names - MOST_NAMES);
}

/* Where memory is short, what OpenSSL says of it has to do. */
static void
keep_refusal(SSL *ssl, X509_STORE_CTX *store, const char *reason)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (file == NULL)
		return;
	print_refusal(file, store, reason);
	if (fclose(file) != 0 || SSL_get_ex_data(ssl, refusal_index) != NULL ||
	    SSL_set_ex_data(ssl, refusal_index, text) != 1)
		free(text);
}

const char *
tls_clients_refusal(const SSL *ssl)
{
	return refusal_index >= 0 ? SSL_get_ex_data(ssl, refusal_index) : NULL;
}

/* -------------------------------------------------------- the verification */

/*
 * OpenSSL's callback, for each certificate of the chain; the client's own is
 * the last.  Returns whether to go on.
 */
static int
verify(int good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct string_list *names = SSL_CTX_get_ex_data(
	    SSL_get_SSL_CTX(ssl), data_index);

	if (good == 0) {
		keep_refusal(ssl, store, X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(store)));
		return 0;
	}
	if (X509_STORE_CTX_get_error_depth(store) > 0 || names->count == 0 ||
	    tls_client_is_named(X509_STORE_CTX_get_current_cert(store), names))
		return 1;
	keep_refusal(ssl, store, "none of its names is in tls_client_names");
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

int
tls_clients_attach(const struct string_list *names, SSL_CTX *ssl_ctx)
{
	int mode = SSL_CTX_get_verify_mode(ssl_ctx);
	struct string_list *own;

	if (mode == SSL_VERIFY_NONE)
		return 0;
	pthread_once(&data_once, make_indexes);
	own = copy(names);
	if (own == NULL || data_index < 0 || refusal_index < 0 ||
	    SSL_CTX_set_ex_data(ssl_ctx, data_index, own) != 1) {
		free_copy(own);
		return -ENOMEM;
	}
	SSL_CTX_set_verify(ssl_ctx, mode, verify);
	return 0;
}
