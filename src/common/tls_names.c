/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_names.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------- what a certificate says */

/* A string of a certificate, unless it holds what no name does. */
static int
visit_string(const ASN1_STRING *string, tls_name_visitor *visit, void *arg)
{
	unsigned char *text = NULL;
	int length, result = 0;

	ERR_clear_error();
	length = ASN1_STRING_to_UTF8(&text, string);
	if (length < 0 &&
	    ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE)
		result = -ENOMEM;
	ERR_clear_error();
	/* One with a '\0' in it would pass for another. */
	if (length > 0 && strlen((char *)text) == (size_t)length)
		result = visit((char *)text, arg);
	OPENSSL_free(text);
	return result;
}

static int
visit_common_names(X509 *certificate, tls_name_visitor *visit, void *arg)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int i = -1, result = 0;

	while (result == 0 && (i = X509_NAME_get_index_by_NID(subject,
	    NID_commonName, i)) >= 0)
		result = visit_string(X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(subject, i)), visit, arg);
	return result;
}

static int
visit_alternatives(const GENERAL_NAMES *names, bool hosts_only,
    tls_name_visitor *visit, void *arg)
{
	int result = 0;

	for (int i = 0; result == 0 && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS || (!hosts_only &&
		    (name->type == GEN_EMAIL || name->type == GEN_URI)))
			result = visit_string(name->d.ia5, visit, arg);
	}
	return result;
}

/* 0, also if there are none; or -EINVAL, also where memory is short. */
static int
get_alternatives(X509 *certificate, GENERAL_NAMES **names)
{
	int found;

	*names = X509_get_ext_d2i(certificate, NID_subject_alt_name, &found,
	    NULL);
	return *names != NULL || found == -1 ? 0 : -EINVAL;
}

int
tls_names_of_server(X509 *certificate, tls_name_visitor *visit, void *arg)
{
	GENERAL_NAMES *names;
	int result;

	result = get_alternatives(certificate, &names);
	if (result < 0)
		return result;
	if (names == NULL)
		return visit_common_names(certificate, visit, arg);
	result = visit_alternatives(names, true, visit, arg);
	GENERAL_NAMES_free(names);
	return result;
}

int
tls_names_of_client(X509 *certificate, tls_name_visitor *visit, void *arg)
{
	GENERAL_NAMES *names;
	int result;

	result = visit_common_names(certificate, visit, arg);
	if (result != 0)
		return result;
	result = get_alternatives(certificate, &names);
	if (result < 0)
		return result;
	result = visit_alternatives(names, false, visit, arg);
	GENERAL_NAMES_free(names);
	return result;
}

bool
tls_name_matches(const char *pattern, const char *name)
{
	const char *rest;

	if (strcasecmp(pattern, name) == 0)
		return true;
	rest = strchr(name, '.');
	return strncmp(pattern, "*.", 2) == 0 && rest != NULL && rest > name &&
	    strcasecmp(pattern + 1, rest) == 0;
}

/* ------------------------------------------------------------- the look-up */

struct addition {
	struct tls_names *names;
	size_t item;
};

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

static int
add(const char *name, void *arg)
{
	const struct addition *addition = arg;
	struct tls_names *names = addition->names;
	struct tls_name *items, *last;

	items = reallocarray(names->items, names->count + 1, sizeof(*items));
	if (items == NULL)
		return -ENOMEM;
	names->items = items;
	last = &items[names->count];
	last->name = strdup(name);
	if (last->name == NULL)
		return -ENOMEM;
	lower(last->name);
	last->item = addition->item;
	names->count++;
	return 0;
}

int
tls_names_add(struct tls_names *names, X509 *certificate, size_t item)
{
	struct addition addition = { .names = names, .item = item };

	return tls_names_of_server(certificate, add, &addition);
}

static int
compare(const void *left, const void *right)
{
	const struct tls_name *one = left, *other = right;
	int order = strcmp(one->name, other->name);

	if (order != 0)
		return order;
	return (one->item > other->item) - (one->item < other->item);
}

void
tls_names_sort(struct tls_names *names)
{
	if (names->count > 0)
		qsort(names->items, names->count, sizeof(*names->items),
		    compare);
}

/* The first that is not before the name. */
static size_t
lower_bound(const struct tls_names *names, const char *name)
{
	size_t from = 0, to = names->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(names->items[middle].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static size_t
find_exactly(const struct tls_names *names, const char *name,
    const struct tls_name **first)
{
	size_t from = lower_bound(names, name), to = from;

	while (to < names->count && strcmp(names->items[to].name, name) == 0)
		to++;
	if (to > from)
		*first = &names->items[from];
	return to - from;
}

size_t
tls_names_find(const struct tls_names *names, const char *name,
    const struct tls_name **first)
{
	char text[TLS_NAME_SIZE], *rest;
	size_t length = strlen(name), count;

	/* A host's name may end in a dot, a certificate's does not. */
	if (length > 0 && name[length - 1] == '.')
		length--;
	if (length == 0 || length >= TLS_NAME_SIZE)
		return 0;
	memcpy(text, name, length);
	text[length] = '\0';
	lower(text);
	count = find_exactly(names, text, first);
	rest = strchr(text, '.');
	if (count > 0 || rest == NULL || rest == text)
		return count;
	/* The '*' takes the place of the first label. */
	*--rest = '*';
	return find_exactly(names, rest, first);
}

void
tls_names_clear(struct tls_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i].name);
	free(names->items);
	memset(names, 0, sizeof(*names));
}
