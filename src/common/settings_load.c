/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_load.h"

#include "settings_text.h"

#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct loading {
	const struct settings_table *table;
	struct settings_entries *entries; /* of all files */
	struct file *files;               /* all so far */
	size_t file_count;
	size_t depth;                     /* how many are being loaded */
};

struct file {
	dev_t device;
	ino_t inode;
	bool loading;
};

static int load_file(struct loading *loading, const char *path);

/* -------------------------------------------------------------- entries */

/* Takes over the entry's strings, also if it fails. */
static int
append(struct loading *loading, struct settings_entry *entry)
{
	struct settings_entries *entries = loading->entries;
	struct settings_entry *items = NULL;

	if (entry->name != NULL && entry->value != NULL)
		items = reallocarray(entries->items, entries->count + 1,
		    sizeof(*items));
	if (items == NULL) {
		free(entry->name);
		free(entry->value);
		return -ENOMEM;
	}
	entries->items = items;
	items[entries->count++] = *entry;
	return 0;
}

static int __attribute__((format(printf, 4, 5)))
append_problem(struct loading *loading, const char *path, int line,
    const char *format, ...)
{
	struct settings_entry entry = {
		.path = path,
		.line = line,
		.problem = true,
	};
	char text[SETTINGS_MESSAGE_SIZE];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	entry.name = strdup("");
	entry.value = strdup(text);
	return append(loading, &entry);
}

/* Keeps a path as long as the entries; NULL if memory is short. */
static const char *
keep_path(struct loading *loading, const char *path)
{
	struct string_list *paths = &loading->entries->paths;

	if (string_list_add(paths, path) < 0)
		return NULL;
	return paths->items[paths->count - 1];
}

/* -------------------------------------------------------------- including */

static const struct file *
find_file(const struct loading *loading, const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return NULL;
	for (size_t i = 0; i < loading->file_count; i++)
		if (loading->files[i].device == status.st_dev &&
		    loading->files[i].inode == status.st_ino)
			return &loading->files[i];
	return NULL;
}

/* Nothing may be set twice; and files that all include all have no end. */
static int
include_file(struct loading *loading, const struct settings_entry *from,
    const char *path)
{
	const struct file *file = find_file(loading, path);
	int err;

	if (file != NULL)
		return append_problem(loading, from->path, from->line,
		    "include: %s %s", path, file->loading ?
		    "includes itself" : "has been included already");
	if (loading->depth > SETTINGS_INCLUDE_DEPTH)
		return append_problem(loading, from->path, from->line,
		    "include: %s: files include each other more than %d deep",
		    path, SETTINGS_INCLUDE_DEPTH);
	err = load_file(loading, path);
	if (err < 0 && err != -ENOMEM)
		err = append_problem(loading, from->path, from->line,
		    "include: %s cannot be read: %s", path,
		    settings_text_strerror(err));
	return err;
}

/* A pattern begins in the folder of the file that has it. */
static char *
complete(const struct settings_entry *entry)
{
	const char *slash = strrchr(entry->path, '/');
	char *pattern;
	int length;

	length = entry->value[0] == '/' || slash == NULL ? 0 :
	    (int)(slash + 1 - entry->path);
	if (asprintf(&pattern, "%.*s%s", length, entry->path,
	    entry->value) < 0)
		return NULL;
	return pattern;
}

static int
include_all(struct loading *loading, const struct settings_entry *entry,
    const glob_t *found)
{
	int err = 0;

	for (size_t i = 0; i < found->gl_pathc && err == 0; i++)
		err = include_file(loading, entry, found->gl_pathv[i]);
	return err;
}

/* A pattern may fit nothing; a name may not. */
static int
include(struct loading *loading, const struct settings_entry *entry)
{
	char *pattern = complete(entry);
	glob_t found = { .gl_pathc = 0 };
	int err = -ENOMEM;

	if (pattern == NULL)
		return err;
	if (keep_path(loading, pattern) == NULL)
		goto out;
	switch (glob(pattern, 0, NULL, &found)) {
	case 0:
		err = include_all(loading, entry, &found);
		break;
	case GLOB_NOMATCH:
		err = 0;
		if (strpbrk(pattern, "*?[") == NULL)
			err = include_file(loading, entry, pattern);
		break;
	case GLOB_ABORTED:
		err = append_problem(loading, entry->path, entry->line,
		    "include: %s cannot be read: %s", pattern,
		    strerror(errno));
		break;
	default:
		break;
	}
	globfree(&found);
out:
	free(pattern);
	return err;
}

/* --------------------------------------------------------------- one file */

static bool
is_include(const struct settings_entry *entry)
{
	return !entry->begins && entry->section == 0 &&
	    strcmp(entry->name, SETTINGS_INCLUDE) == 0;
}

/* Moves a file's entries to those of all, or what an include has instead. */
static int
take_over(struct loading *loading, const char *path,
    struct settings_entries *parsed)
{
	int err = 0;

	for (size_t i = 0; i < parsed->count && err == 0; i++) {
		struct settings_entry *entry = &parsed->items[i];

		entry->path = path;
		if (entry->begins)
			loading->entries->sections++;
		if (entry->section > 0)
			entry->section = loading->entries->sections;
		if (is_include(entry)) {
			err = include(loading, entry);
			continue;
		}
		err = append(loading, entry);
		entry->name = entry->value = NULL;
	}
	if (err == 0 && parsed->syntax_line > 0)
		err = append_problem(loading, path, parsed->syntax_line,
		    "syntax error: %s", parsed->syntax);
	return err;
}

static int
load_text(struct loading *loading, const char *path, char *text)
{
	struct settings_entries parsed = { .count = 0 };
	char error[SETTINGS_MESSAGE_SIZE];
	int line, err;

	line = settings_text_prepare(text, error, sizeof(error));
	if (line > 0)
		return append_problem(loading, path, line, "%s", error);
	err = settings_parse(loading->table, text, &parsed);
	if (err == 0)
		err = take_over(loading, path, &parsed);
	settings_entries_clear(&parsed);
	return err;
}

static int
add_file(struct loading *loading, const char *path)
{
	struct file *files;
	struct stat status;

	if (stat(path, &status) < 0)
		return -errno;
	files = reallocarray(loading->files, loading->file_count + 1,
	    sizeof(*files));
	if (files == NULL)
		return -ENOMEM;
	loading->files = files;
	files[loading->file_count++] = (struct file){
		.device = status.st_dev,
		.inode = status.st_ino,
		.loading = true,
	};
	return 0;
}

static int
load_file(struct loading *loading, const char *path)
{
	size_t place = loading->file_count;
	const char *kept;
	char *text;
	int err;

	err = settings_text_read(path, &text);
	if (err < 0)
		return err;
	kept = keep_path(loading, path);
	err = kept == NULL ? -ENOMEM : add_file(loading, path);
	if (err < 0)
		goto out;
	loading->depth++;
	err = load_text(loading, kept, text);
	loading->depth--;
	loading->files[place].loading = false;
out:
	free(text);
	return err;
}

int
settings_load(const struct settings_table *table, const char *path,
    struct settings_entries *entries)
{
	struct loading loading = { .table = table, .entries = entries };
	int err;

	memset(entries, 0, sizeof(*entries));
	err = load_file(&loading, path);
	free(loading.files);
	return err;
}
