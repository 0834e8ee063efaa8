/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "surroundings.h"

#include "privileges.h"
#include "sandbox_paths.h"
#include "settings_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MESSAGE_SIZE 1024

struct look {
	const struct settings *settings;
	settings_report *error;
	settings_report *warning;
	void *arg;
	size_t errors;
};

static void
look_at_user(struct look *look)
{
	const struct global_settings *global = look->settings->global;
	char reason[MESSAGE_SIZE], message[2 * MESSAGE_SIZE];
	char origin[MESSAGE_SIZE];
	const char *setting;

	if (privileges_look_up(global->user, global->group, reason,
	    sizeof(reason)) == 0)
		return;
	setting = strncmp(reason, "group:", 6) == 0 ? "group" : "user";
	snprintf(message, sizeof(message), "%s: %s", settings_origin(
	    look->settings, NULL, setting, origin, sizeof(origin)), reason);
	look->error(message, look->arg);
	look->errors++;
}

static const struct settings_section *
find_section(const struct settings *settings, const char *name)
{
	for (size_t i = 0; name != NULL && i < settings->section_count; i++)
		if (strcmp(settings->sections[i].name, name) == 0)
			return &settings->sections[i];
	return NULL;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void
tell(const struct look *look, settings_report *report,
    const struct sandbox_path *path, const char *text)
{
	char origin[MESSAGE_SIZE], message[2 * MESSAGE_SIZE];
	const struct settings_section *section;

	section = find_section(look->settings, path->section);
	settings_origin(look->settings, section, path->setting, origin,
	    sizeof(origin));
	if (section != NULL)
		snprintf(message, sizeof(message), "%s: listener \"%s\": %s: "
		    "%s %s", origin, section->name, path->setting, path->path,
		    text);
	else
		snprintf(message, sizeof(message), "%s: %s: %s %s", origin,
		    path->setting, path->path, text);
	report(message, look->arg);
}

/* Files to read are for whoever reads them. */
static void
look_at_path(const struct sandbox_path *path, void *arg)
{
	struct look *look = arg;
	char *folder;

	if (path->uses == LANDLOCK_READ)
		return;
	if (is_folder(path->path)) {
		tell(look, look->error, path, "is a folder");
		look->errors++;
		return;
	}
	folder = sandbox_folder(path->path);
	/* A file of the root's folder is its own, and that one is there. */
	if (folder != NULL && strcmp(folder, path->path) != 0 &&
	    !is_folder(folder))
		tell(look, look->warning, path, "would be in a folder that "
		    "does not exist; echod starts once it is there");
	free(folder);
}

int
surroundings_check(const struct settings *settings, settings_report *error,
    settings_report *warning, void *arg)
{
	struct look look = {
		.settings = settings,
		.error = error,
		.warning = warning,
		.arg = arg,
	};

	look_at_user(&look);
	sandbox_paths(settings, look_at_path, &look);
	return look.errors > 0 ? -EINVAL : 0;
}
