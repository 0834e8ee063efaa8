/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
	const struct settings_table *table;
	settings_on_change *on_change;
	void *arg;
	const char *section;
	int err;
};

/* The value as a file would have it, to be freed; NULL: no memory. */
static char *
text_of(const struct setting *row, const void *values)
{
	char *text = NULL;
	size_t size, name = strlen(row->name) + strlen(" = ");
	FILE *file = open_memstream(&text, &size);
	bool good;

	if (file == NULL)
		return NULL;
	setting_print(row, values, file);
	good = ferror(file) == 0;
	if (fclose(file) != 0 || !good || size <= name) {
		free(text);
		return NULL;
	}
	/* Without the name, and the end of the line. */
	memmove(text, text + name, size - name);
	text[size - name - 1] = '\0';
	return text;
}

static void
compare_row(struct comparison *comparison, const struct setting *row,
    const void *before, const void *after)
{
	struct settings_change change = {
		.section = comparison->section,
		.row = row,
	};
	char *one = text_of(row, before), *other = text_of(row, after);

	change.before = one;
	change.after = other;
	if (one == NULL || other == NULL)
		comparison->err = -ENOMEM;
	else if (strcmp(one, other) != 0)
		comparison->on_change(&change, comparison->arg);
	free(one);
	free(other);
}

static void
compare_values(struct comparison *comparison, enum setting_scope scope,
    const void *before, const void *after)
{
	const struct settings_table *table = comparison->table;

	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == scope)
			compare_row(comparison, &table->rows[i], before,
			    after);
}

static void
note_change(const struct settings_change *change, void *arg)
{
	bool *same = arg;

	(void)change;
	*same = false;
}

bool
settings_same_values(const struct settings_table *table, const void *one,
    const void *other)
{
	bool same = true;
	struct comparison comparison = {
		.table = table,
		.on_change = note_change,
		.arg = &same,
	};

	compare_values(&comparison, SETTING_SECTION, one, other);
	return same && comparison.err == 0;
}

static const struct settings_section *
find(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->section_count; i++)
		if (strcmp(settings->sections[i].name, name) == 0)
			return &settings->sections[i];
	return NULL;
}

/* What only one of the two has. */
static void
compare_names(struct comparison *comparison, const struct settings *settings,
    const struct settings *other, bool came)
{
	for (size_t i = 0; i < settings->section_count; i++) {
		const char *name = settings->sections[i].name;
		const struct settings_change change = {
			.section = name,
			.before = came ? NULL : name,
			.after = came ? name : NULL,
		};

		if (find(other, name) == NULL)
			comparison->on_change(&change, comparison->arg);
	}
}

int
settings_compare(const struct settings *before, const struct settings *after,
    settings_on_change *on_change, void *arg)
{
	struct comparison comparison = {
		.table = before->table,
		.on_change = on_change,
		.arg = arg,
	};

	compare_values(&comparison, SETTING_GLOBAL, before->global,
	    after->global);
	compare_names(&comparison, before, after, false);
	compare_names(&comparison, after, before, true);
	for (size_t i = 0; i < after->section_count; i++) {
		const struct settings_section *section = &after->sections[i];
		const struct settings_section *twin;

		twin = find(before, section->name);
		comparison.section = section->name;
		if (twin != NULL)
			compare_values(&comparison, SETTING_SECTION,
			    twin->values, section->values);
	}
	return comparison.err;
}
