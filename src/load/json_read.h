/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reading values of jansson without a check at each step.
 *
 * The first that is missing, of another type or out of bounds is told, with the
 * file, the way to it and what was expected; what is read after it is 0, and
 * only the reader's result needs to be looked at in the end.
 */
#ifndef LOAD_JSON_READ_H
#define LOAD_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_reader {
	const char *file; /* its name, for the error */
	char *error;
	size_t error_size;
	int result;       /* 0; or -EINVAL or -ENOMEM, the first error */
};

/* A value, and the way to it. */
struct json_place {
	struct json_reader *reader;
	const struct json_place *outer; /* NULL: it is all of the file */
	const char *name;               /* in the outer one, an object, or... */
	size_t index;                   /* ...where it is in an array */
	json_t *value;                  /* NULL after an error */
};

/* Tells what was expected at the place, unless there was an error before. */
void json_read_fail(const struct json_place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same if there is no memory for what is read. */
void json_read_no_memory(const struct json_place *place);

/* A member; there is an error if it is missing or of another type. */
struct json_place json_read_object(const struct json_place *outer,
    const char *name);
struct json_place json_read_array(const struct json_place *outer,
    const char *name);
/* An element of an array, which has to be an object. */
struct json_place json_read_element(const struct json_place *array,
    size_t index);
size_t json_read_size(const struct json_place *array);
/* A member of any type. */
struct json_place json_read_member(const struct json_place *outer,
    const char *name);

/* Any number; null is 0. */
double json_read_number(const struct json_place *outer, const char *name);
/* A number that is not negative. */
double json_read_amount(const struct json_place *outer, const char *name);
/* A whole number that is not negative. */
uint64_t json_read_count(const struct json_place *outer, const char *name);
bool json_read_boolean(const struct json_place *outer, const char *name);
/*
 * A text without NULs, which is the document's own; null, and an error, are "".
 */
const char *json_read_text(const struct json_place *outer, const char *name);
/* Which of the names the text is, or 0 after an error. */
size_t json_read_choice(const struct json_place *outer, const char *name,
    const char *const *names, size_t count);

#endif
