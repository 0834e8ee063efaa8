/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings.h"

#include "suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static const struct setting *
find_row(const struct settings_table *table, enum setting_scope scope,
    const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == scope &&
		    strcmp(table->rows[i].name, name) == 0)
			return &table->rows[i];
	return NULL;
}

static int
store_defaults(const struct settings_table *table, enum setting_scope scope,
    void *values, char *error, size_t error_size)
{
	char detail[256] = "";
	int err;

	for (size_t i = 0; i < table->count; i++) {
		if (table->rows[i].scope != scope)
			continue;
		err = setting_store_default(&table->rows[i], values, detail,
		    sizeof(detail));
		if (err < 0) {
			snprintf(error, error_size, "default of '%s': %s",
			    table->rows[i].name, detail);
			return err;
		}
	}
	return 0;
}

static void
clear_values(const struct settings_table *table, enum setting_scope scope,
    void *values)
{
	if (values == NULL)
		return;
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == scope)
			setting_clear(&table->rows[i], values);
	free(values);
}

struct settings *
settings_new(const struct settings_table *table, char *error,
    size_t error_size)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	snprintf(error, error_size, "out of memory");
	if (settings == NULL)
		return NULL;
	settings->table = table;
	settings->global = calloc(1, table->global_size);
	settings->origins = calloc(table->count, sizeof(*settings->origins));
	if (settings->global == NULL || settings->origins == NULL ||
	    store_defaults(table, SETTING_GLOBAL, settings->global, error,
	    error_size) < 0) {
		settings_free(settings);
		return NULL;
	}
	return settings;
}

static void
clear_section(const struct settings_table *table,
    struct settings_section *section)
{
	clear_values(table, SETTING_SECTION, section->values);
	free(section->name);
	free(section->origin);
	free(section->lines);
}

void
settings_clear_sections(struct settings *settings)
{
	for (size_t i = 0; i < settings->section_count; i++)
		clear_section(settings->table, &settings->sections[i]);
	free(settings->sections);
	settings->sections = NULL;
	settings->section_count = 0;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	settings_clear_sections(settings);
	clear_values(settings->table, SETTING_GLOBAL, settings->global);
	string_list_clear(&settings->files);
	for (size_t i = 0; settings->origins != NULL &&
	    i < settings->table->count; i++)
		free(settings->origins[i]);
	free(settings->origins);
	free(settings);
}

int
settings_add_section(struct settings *settings, const char *name,
    const char *origin, char *error, size_t error_size)
{
	const struct settings_table *table = settings->table;
	struct settings_section *sections, section;
	int err = -ENOMEM;

	if (*name == '\0' || name[strspn(name, NAME_CHARACTERS)] != '\0') {
		snprintf(error, error_size, "'%s' can't be the name of a %s; "
		    "expected letters, digits, '.', '_' and '-'", name,
		    table->section);
		return -EINVAL;
	}
	snprintf(error, error_size, "out of memory");
	sections = reallocarray(settings->sections,
	    settings->section_count + 1, sizeof(*sections));
	if (sections == NULL)
		return err;
	settings->sections = sections;
	section.name = strdup(name);
	section.origin = strdup(origin);
	section.lines = calloc(table->count, sizeof(*section.lines));
	section.values = calloc(1, table->section_size);
	if (section.name != NULL && section.origin != NULL &&
	    section.lines != NULL && section.values != NULL)
		err = store_defaults(table, SETTING_SECTION, section.values,
		    error, error_size);
	if (err < 0)
		clear_section(table, &section);
	else
		sections[settings->section_count++] = section;
	return err;
}

/* Says where a setting was looked for: ` in listener "x"`, or nothing. */
static const char *
place(const struct settings_table *table,
    const struct settings_section *section, const char *before, char *buffer,
    size_t size)
{
	buffer[0] = '\0';
	if (section != NULL)
		snprintf(buffer, size, "%s%s \"%s\"", before, table->section,
		    section->name);
	return buffer;
}

static int
unknown_setting(const struct settings_table *table,
    const struct settings_section *section, const char *name, char *error,
    size_t error_size)
{
	enum setting_scope scope = section ? SETTING_SECTION : SETTING_GLOBAL;
	struct suggestion suggestion;
	char where[128], hint[128] = "";

	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == scope)
			suggestion_offer(&suggestion, table->rows[i].name);
	if (section == NULL)
		suggestion_offer(&suggestion, SETTINGS_INCLUDE);
	if (find_row(table, section != NULL ? SETTING_GLOBAL : SETTING_SECTION,
	    name) != NULL || strcmp(name, SETTINGS_INCLUDE) == 0)
		snprintf(hint, sizeof(hint), "; it belongs %s a %s section",
		    section != NULL ? "outside of" : "in", table->section);
	else if (suggestion_result(&suggestion) != NULL)
		snprintf(hint, sizeof(hint), "; did you mean '%s'?",
		    suggestion_result(&suggestion));
	snprintf(error, error_size, "unknown setting '%s'%s%s", name,
	    place(table, section, " in ", where, sizeof(where)), hint);
	return -ENOENT;
}

int
settings_set(struct settings *settings,
    const struct settings_section *section, const char *name,
    const char *const *texts, size_t count, char *error, size_t error_size)
{
	const struct settings_table *table = settings->table;
	const struct setting *row;
	char detail[512] = "", where[128];
	int err;

	row = find_row(table, section ? SETTING_SECTION : SETTING_GLOBAL, name);
	if (row == NULL)
		return unknown_setting(table, section, name, error,
		    error_size);
	err = setting_store(row, section ? section->values : settings->global,
	    texts, count, detail, sizeof(detail));
	if (err < 0)
		snprintf(error, error_size, "%s%s%s: %s", place(table, section,
		    "", where, sizeof(where)), section != NULL ? ": " : "",
		    name, detail);
	return err;
}

void
settings_note_line(const struct settings *settings,
    const struct settings_section *section, const char *name, const char *path,
    int line)
{
	const struct setting *row = find_row(settings->table, section != NULL ?
	    SETTING_SECTION : SETTING_GLOBAL, name);
	char **origin;

	if (row == NULL)
		return;
	if (section != NULL) {
		section->lines[row - settings->table->rows] = line;
		return;
	}
	origin = &settings->origins[row - settings->table->rows];
	free(*origin);
	if (asprintf(origin, "%s:%d", path, line) < 0)
		*origin = NULL;
}

static const char *
global_origin(const struct settings *settings, const char *name)
{
	const struct setting *row = find_row(settings->table, SETTING_GLOBAL,
	    name);
	const char *origin = row == NULL ? NULL :
	    settings->origins[row - settings->table->rows];

	return origin != NULL ? origin : "settings";
}

const char *
settings_origin(const struct settings *settings,
    const struct settings_section *section, const char *name, char *buffer,
    size_t size)
{
	const struct setting *row;
	const char *colon;
	int line;

	if (section == NULL) {
		snprintf(buffer, size, "%s", global_origin(settings, name));
		return buffer;
	}
	row = find_row(settings->table, SETTING_SECTION, name);
	line = row != NULL ? section->lines[row - settings->table->rows] : 0;
	colon = strrchr(section->origin, ':');
	if (line > 0 && colon != NULL)
		snprintf(buffer, size, "%.*s:%d",
		    (int)(colon - section->origin), section->origin, line);
	else
		snprintf(buffer, size, "%s", section->origin);
	return buffer;
}

static void
dump_values(const struct settings_table *table, enum setting_scope scope,
    const void *values, FILE *file)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->rows[i].scope != scope)
			continue;
		if (scope == SETTING_SECTION)
			fputc('\t', file);
		setting_print(&table->rows[i], values, file);
	}
}

void
settings_dump(const struct settings *settings, FILE *file)
{
	const struct settings_table *table = settings->table;

	dump_values(table, SETTING_GLOBAL, settings->global, file);
	for (size_t i = 0; i < settings->section_count; i++) {
		fprintf(file, "\n%s \"%s\" {\n", table->section,
		    settings->sections[i].name);
		dump_values(table, SETTING_SECTION,
		    settings->sections[i].values, file);
		fputs("}\n", file);
	}
}

static void
print_help_row(const struct setting *row, FILE *file)
{
	fprintf(file, "  %-22s %s\n%25s(default: %s)\n", row->name, row->help,
	    "", *row->value != '\0' ? row->value : "none");
}

void
settings_print_help(const struct settings_table *table, FILE *file)
{
	fputs("Global settings:\n", file);
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == SETTING_GLOBAL)
			print_help_row(&table->rows[i], file);
	fprintf(file, "\nSettings of a %s:\n", table->section);
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == SETTING_SECTION)
			print_help_row(&table->rows[i], file);
}
