/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tls_parameters.h"

json_t *
json_text_value(const char *text, size_t size)
{
	json_t *value = json_stringn(text, size);
	char *copy;

	if (value != NULL)
		return value;
	copy = malloc(size + 1);
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	value = json_stringn(copy, size);
	free(copy);
	return value;
}

void
json_set(int *result, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		*result = -1;
}

void
json_append(int *result, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		*result = -1;
}

void
json_set_text(int *result, json_t *object, const char *key, const char *text)
{
	json_set(result, object, key, json_text_value(text, strlen(text)));
}

void
json_set_optional(int *result, json_t *object, const char *key,
    const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_set_text(result, object, key, text);
	else
		json_set(result, object, key, json_null());
}

void
json_set_count(int *result, json_t *object, const char *key, uint64_t count)
{
	json_set(result, object, key, json_integer((json_int_t)count));
}

void
json_set_number(int *result, json_t *object, const char *key, double number)
{
	json_set(result, object, key, isfinite(number) ? json_real(number) :
	    json_null());
}

void
json_set_boolean(int *result, json_t *object, const char *key, bool flag)
{
	json_set(result, object, key, json_boolean(flag));
}

json_t *
json_tls_value(const struct tls_parameters *tls, int *result)
{
	json_t *object = json_object();

	json_set_optional(result, object, "version", tls->version);
	json_set_optional(result, object, "cipher", tls->cipher);
	json_set_optional(result, object, "group", tls->group);
	json_set_optional(result, object, "alpn", tls->alpn);
	json_set_optional(result, object, "server_name", tls->server_name);
	json_set_optional(result, object, "subject", tls->subject);
	json_set_optional(result, object, "issuer", tls->issuer);
	json_set_optional(result, object, "expires", tls->expires);
	json_set_optional(result, object, "verified", tls->verified);
	json_set_boolean(result, object, "resumed", tls->resumed);
	return object;
}

char *
json_line(json_t *object, int result, size_t digits)
{
	char *text = NULL;
	char *line = NULL;
	size_t length;

	if (result == 0)
		text = json_dumps(object, JSON_REAL_PRECISION(digits));
	json_decref(object);
	if (text == NULL)
		return NULL;
	length = strlen(text);
	line = realloc(text, length + 2);
	if (line == NULL)
		free(text);
	else
		memcpy(line + length, "\n", 2);
	return line;
}
