/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The syntax of a settings file, read by libConfuse.
 */
#ifndef COMMON_SETTINGS_PARSE_H
#define COMMON_SETTINGS_PARSE_H

#include "settings.h"
#include "string_list.h"

#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_MESSAGE_SIZE 1024

/* Something that the file says, whether it makes sense or not. */
struct settings_entry {
	const char *path; /* its file; of one file alone it is NULL */
	int line;
	size_t section; /* the how manieth of the file; 0 outside of any */
	bool begins;    /* a section: name is its kind, value its title */
	bool follows;   /* a further value of a list */
	bool problem;   /* it can't be read; the value says why */
	char *name;
	char *value;
};

struct settings_entries {
	struct settings_entry *items;
	size_t count;
	size_t sections;
	/* Where and why parsing stopped; 0 if it came to the end. */
	int syntax_line;
	char syntax[SETTINGS_MESSAGE_SIZE];
	/* Those of the entries, and the patterns that stood for some. */
	struct string_list paths;
};

/*
 * Parses a text that settings_text_prepare has passed.  Every name is taken,
 * known or not.  Not reentrant, as libConfuse is not.  Returns 0 or -ENOMEM.
 */
int settings_parse(const struct settings_table *table, const char *text,
    struct settings_entries *entries);

/* Frees what the entries hold; they are empty then. */
void settings_entries_clear(struct settings_entries *entries);

#endif
