/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "sandbox_paths.h"

#include "common/log_target.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	sandbox_path_visit *visit;
	void *arg;
	struct sandbox_path path; /* the section and the row's part of it */
};

static void
visit(struct walk *walk, const char *path, unsigned uses)
{
	if (path == NULL || path[0] == '\0')
		return;
	walk->path.path = path;
	walk->path.uses = uses;
	walk->visit(&walk->path, walk->arg);
}

/* A device or a pipe is opened anew, but not made. */
static void
visit_log(struct walk *walk, const char *text)
{
	struct log_target target;
	struct stat status;
	bool special;

	if (log_target_parse(text, &target) < 0 ||
	    target.kind != LOG_TARGET_FILE)
		return;
	special = stat(target.path, &status) == 0 && !S_ISREG(status.st_mode);
	visit(walk, target.path, special ? LANDLOCK_WRITE : LANDLOCK_APPEND);
}

static void
visit_text(struct walk *walk, enum setting_path kind, const char *text)
{
	switch (kind) {
	case SETTING_NO_PATH:
		break;
	case SETTING_READ:
		visit(walk, text, LANDLOCK_READ);
		break;
	case SETTING_MADE:
		visit(walk, text, LANDLOCK_REPLACE);
		break;
	case SETTING_LOGGED:
		visit_log(walk, text);
		break;
	}
}

static void
visit_addresses(struct walk *walk, const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == ADDRESS_UNIX &&
		    list->items[i].path[0] != '@')
			visit(walk, list->items[i].path, LANDLOCK_SOCKET);
}

static void
visit_row(struct walk *walk, const struct setting *row, const void *values)
{
	const void *value = (const char *)values + row->offset;
	const struct string_list *list = value;

	walk->path.setting = row->name;
	walk->path.reload = row->reload;
	if (row->type == SETTING_ADDRESSES)
		visit_addresses(walk, value);
	else if (row->type == SETTING_STRING)
		visit_text(walk, row->path, *(char *const *)value);
	else if (row->type == SETTING_STRINGS)
		for (size_t i = 0; i < list->count; i++)
			visit_text(walk, row->path, list->items[i]);
}

static void
visit_rows(struct walk *walk, const struct settings_table *table,
    enum setting_scope scope, const void *values)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].scope == scope)
			visit_row(walk, &table->rows[i], values);
}

void
sandbox_paths(const struct settings *settings, sandbox_path_visit *visit_path,
    void *arg)
{
	struct walk walk = {
		.visit = visit_path,
		.arg = arg,
		.path = { .setting = SETTINGS_INCLUDE, .reload = true },
	};

	for (size_t i = 0; i < settings->files.count; i++)
		visit(&walk, settings->files.items[i], LANDLOCK_READ);
	visit_rows(&walk, settings->table, SETTING_GLOBAL, settings->global);
	for (size_t i = 0; i < settings->section_count; i++) {
		walk.path.section = settings->sections[i].name;
		visit_rows(&walk, settings->table, SETTING_SECTION,
		    settings->sections[i].values);
	}
}

char *
sandbox_folder(const char *path)
{
	size_t length = strcspn(path, "*?[");

	while (length > 0 && path[length - 1] != '/')
		length--;
	if (length == 0)
		return strdup(".");
	return length == 1 ? strdup(path) : strndup(path, length - 1);
}

char *
sandbox_destination(const char *path)
{
	char target[PATH_MAX], *real = realpath(path, NULL), *folder;
	ssize_t length;

	if (real != NULL)
		return real;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return NULL;
	target[length] = '\0';
	if (target[0] == '/')
		return strdup(target);
	folder = sandbox_folder(path);
	if (folder != NULL && asprintf(&real, "%s/%s", folder, target) < 0)
		real = NULL;
	free(folder);
	return real;
}
