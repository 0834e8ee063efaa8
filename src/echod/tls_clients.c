/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_clients.h"

#include "common/tls_names.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

static int data_index = -1;
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
make_index(void)
{
	data_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL,
	    free_with_context);
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

/*
 * OpenSSL's callback, for each certificate of the chain; the client's own is
 * the last.  Returns whether to go on.
 */
static int
verify(int good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct string_list *names = SSL_CTX_get_ex_data(
	    SSL_get_SSL_CTX(ssl), data_index);

	if (good == 0 || X509_STORE_CTX_get_error_depth(store) > 0)
		return good;
	if (tls_client_is_named(X509_STORE_CTX_get_current_cert(store), names))
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
	return 0;
}

int
tls_clients_attach(const struct string_list *names, SSL_CTX *ssl_ctx)
{
	struct string_list *own;

	if (names->count == 0)
		return 0;
	pthread_once(&data_once, make_index);
	own = copy(names);
	if (own == NULL || data_index < 0 ||
	    SSL_CTX_set_ex_data(ssl_ctx, data_index, own) != 1) {
		free_copy(own);
		return -ENOMEM;
	}
	SSL_CTX_set_verify(ssl_ctx, SSL_CTX_get_verify_mode(ssl_ctx), verify);
	return 0;
}
