/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The typed settings of a program: global ones, and sections of one kind, each
 * with a name and settings of its own.
 *
 * The program describes them in one table of rows (setting.h); the checks, the
 * defaults, the errors, the dump and the help come from it.  A setting is added
 * by adding a row, and the field that the row names.
 */
#ifndef COMMON_SETTINGS_H
#define COMMON_SETTINGS_H

#include "setting.h"

#include <stddef.h>
#include <stdio.h>

/* What stands for other files in a file; the table does not have it. */
#define SETTINGS_INCLUDE "include"

struct settings_table {
	const struct setting *rows;
	size_t count;
	const char *section; /* what a section is called: "listener" */
	size_t global_size;  /* of the struct of the global values */
	size_t section_size; /* of the struct of a section's values */
};

struct settings_section {
	char *name;
	char *origin; /* where it begins, "echod.conf:12", for errors */
	int *lines;   /* of the values, by the table's rows; 0 is not set */
	void *values;
};

struct settings {
	const struct settings_table *table;
	void *global;
	char **origins; /* of the global values, by the table's rows, or NULL */
	struct settings_section *sections;
	size_t section_count;
	/* Those that were read, and the patterns of what they include. */
	struct string_list files;
};

/*
 * Makes settings with every global default and no section.  NULL if memory is
 * short, or if a row's default breaks its own rules; error then says which.
 */
struct settings *settings_new(const struct settings_table *table, char *error,
    size_t error_size);
void settings_free(struct settings *settings);

/*
 * Appends a section with every default.  The name is checked: letters, digits,
 * '.', '_' and '-'.  Returns 0, -EINVAL or -ENOMEM with the text in error.
 */
int settings_add_section(struct settings *settings, const char *name,
    const char *origin, char *error, size_t error_size);
/* Takes away all sections. */
void settings_clear_sections(struct settings *settings);

/*
 * Sets one value from its text or, for addresses, texts.  section is NULL for a
 * global setting.  Returns 0, or -ENOENT, -EINVAL, -ERANGE or -ENOMEM; error is
 * then the line to print: which setting, and what was expected.
 */
int settings_set(struct settings *settings,
    const struct settings_section *section, const char *name,
    const char *const *texts, size_t count, char *error, size_t error_size);

/*
 * Notes in which line of the section's file a setting stands; and of a global
 * one, where section is NULL, in which file as well.
 */
void settings_note_line(const struct settings *settings,
    const struct settings_section *section, const char *name, const char *path,
    int line);

/*
 * Where a section's setting is set, "echod.conf:14", for errors; or where the
 * section begins, if it is not.  Of a global one, where section is NULL, it is
 * "settings" if it is not set.  Writes at most size bytes, and returns buffer.
 */
const char *settings_origin(const struct settings *settings,
    const struct settings_section *section, const char *name, char *buffer,
    size_t size);

/* Prints all that is in force, as a file that can be read back. */
void settings_dump(const struct settings *settings, FILE *file);

/* Prints the table for --help. */
void settings_print_help(const struct settings_table *table, FILE *file);

/* Called with each error of a file: one line, without a line end. */
typedef void settings_report(const char *message, void *arg);

/*
 * Reads a file into settings that hold the defaults.  Every error is reported,
 * not the first alone.  Returns 0; or a negative error once there was any, and
 * the settings are then good for settings_free only.
 */
int settings_read_file(struct settings *settings, const char *path,
    settings_report *report, void *arg);

#endif
