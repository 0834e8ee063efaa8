/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One setting: a row that says its name, type, bounds and default, and the
 * functions that read, print and clear its value in a struct of the program's.
 */
#ifndef COMMON_SETTING_H
#define COMMON_SETTING_H

#include "addresses.h"
#include "string_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum setting_scope {
	SETTING_GLOBAL,
	SETTING_SECTION,
};

enum setting_type {
	SETTING_INTEGER,   /* int */
	SETTING_SIZE,      /* size_t, in bytes */
	SETTING_DURATION,  /* double, in seconds */
	SETTING_BOOLEAN,   /* bool */
	SETTING_MODE,      /* mode_t, permission bits */
	SETTING_STRING,    /* char *, allocated; NULL is "" */
	/* struct address_list; one "" is an empty one if that is the default */
	SETTING_ADDRESSES,
	SETTING_STRINGS,   /* struct string_list; one "" is an empty list */
};

/* What a text has to do with files. */
enum setting_path {
	SETTING_NO_PATH,
	SETTING_READ,   /* it is the path of a file that is read */
	SETTING_MADE,   /* of one that is made, and removed at the end */
	SETTING_LOGGED, /* as log_target_parse takes it */
};

struct setting {
	enum setting_scope scope;
	const char *name;
	/* SETTING_FIELD fills these in from the struct that holds the value. */
	enum setting_type type;
	size_t offset;
	/* The default, as it would be written; of a list with ", " between. */
	const char *value;
	/* Bounds in the setting's own notation, for numbers. */
	const char *lowest;
	const char *highest;
	/* A word that stands for the number 0, which need not be in bounds. */
	const char *zero;
	/* For an integer that is one of some words, its value the index. */
	const char *const *choices;
	/* For a string that has a notation: whether it is that, and which. */
	bool (*is_good)(const char *text);
	const char *expected;
	/* For a string, or strings.  (Addresses may be paths in any case.) */
	enum setting_path path;
	/* Whether a running program can take up a new value. */
	bool reload;
	/* A sentence without a full stop. */
	const char *help;
};

/* The type follows from the field, so the two can't disagree. */
#define SETTING_FIELD(structure, field) \
	.type = _Generic(((structure *)0)->field, \
	    int: SETTING_INTEGER, \
	    size_t: SETTING_SIZE, \
	    double: SETTING_DURATION, \
	    bool: SETTING_BOOLEAN, \
	    mode_t: SETTING_MODE, \
	    char *: SETTING_STRING, \
	    struct address_list: SETTING_ADDRESSES, \
	    struct string_list: SETTING_STRINGS), \
	.offset = offsetof(structure, field)

/*
 * Checks the texts and stores the value in the struct at values, in place of
 * the one before.  All but lists take exactly one text.  Returns 0, or
 * -EINVAL, -ERANGE or -ENOMEM; error then says what was expected, without the
 * setting's name, and the value is as it was.
 */
int setting_store(const struct setting *setting, void *values,
    const char *const *texts, size_t count, char *error, size_t error_size);

/* Stores the default into a struct that is all zero. */
int setting_store_default(const struct setting *setting, void *values,
    char *error, size_t error_size);

/* Prints the value as setting_store, and the configuration file, read it. */
void setting_print(const struct setting *setting, const void *values,
    FILE *file);

/* Frees what the value holds and makes it zero. */
void setting_clear(const struct setting *setting, void *values);

#endif
