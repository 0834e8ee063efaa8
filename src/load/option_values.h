/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The options in force, as rows of one table, for reports.
 */
#ifndef LOAD_OPTION_VALUES_H
#define LOAD_OPTION_VALUES_H

#include <stddef.h>

#include "load/options.h"

/* Enough for the text of any option but the paths, which are cut. */
#define OPTION_VALUE_SIZE 4096

enum option_value_kind {
	VALUE_TEXT,       /* an array of char */
	VALUE_STRING,     /* const char *, or NULL */
	VALUE_INTEGER,    /* int64_t */
	VALUE_SIZE,       /* uint64_t */
	VALUE_SEED,       /* uint64_t, and more than what JSON's readers take */
	VALUE_REAL,       /* double */
	VALUE_BOOLEAN,
	VALUE_CHOICE,     /* int, an index of choices */
	VALUE_VERSION,    /* aw_tls_version */
	VALUE_RATE,       /* struct rate_plan */
	VALUE_SIZES,      /* struct sizes */
	VALUE_OBJECTIVES, /* struct objective_list */
};

struct option_value {
	const char *name; /* as on the command line, without dashes */
	enum option_value_kind kind;
	size_t offset;    /* in struct load_options */
	const char *const *choices;
};

extern const struct option_value option_values[];
extern const size_t option_values_count;

/* Where the option's value is. */
const void *option_value_at(const struct option_value *value,
    const struct load_options *options);

/*
 * The value as the command line would have it.  Returns buffer or the option's
 * own text, or NULL if there is none.
 */
const char *option_value_text(const struct option_value *value,
    const struct load_options *options, char *buffer, size_t size);

#endif
