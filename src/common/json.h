/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Filling in objects of jansson without a check at each step.
 *
 * Memory that ran out shows as NULL in the object or in the value.  jansson
 * refuses that, so the functions take the address of a result that is 0 at
 * first, set it to -1 if anything failed, and only that needs to be looked at
 * in the end.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A string of any bytes.  JSON has no place for bytes that are not UTF-8, so if
 * there are any, all that are not ASCII become '?'.
 */
json_t *json_text_value(const char *text, size_t size);

/* They take the value over. */
void json_set(int *result, json_t *object, const char *key, json_t *value);
void json_append(int *result, json_t *array, json_t *value);

/* A text as json_text_value takes it, up to its NUL. */
void json_set_text(int *result, json_t *object, const char *key,
    const char *text);
/* null where the text is NULL or empty. */
void json_set_optional(int *result, json_t *object, const char *key,
    const char *text);
void json_set_count(int *result, json_t *object, const char *key,
    uint64_t count);
/* null where the number is infinite or none. */
void json_set_number(int *result, json_t *object, const char *key,
    double number);
void json_set_boolean(int *result, json_t *object, const char *key, bool flag);

struct tls_parameters;
/* What a handshake has agreed on, null what is not there. */
json_t *json_tls_value(const struct tls_parameters *tls, int *result);

/*
 * Ends the object; returns it on one line, with a line end and a NUL, for the
 * caller to free.  Numbers that are not whole get so many digits.  NULL if
 * memory was short, or result is not 0.
 */
char *json_line(json_t *object, int result, size_t digits);

#endif
