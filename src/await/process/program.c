/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "process/program.h"

/* Where the standard tools are, if nobody says. */
static const char default_path[] = "/bin:/usr/bin";

static const char *
search_path(char *const *env)
{
	static const char name[] = "PATH=";

	for (; *env != NULL; env++)
		if (strncmp(*env, name, sizeof(name) - 1) == 0)
			return *env + sizeof(name) - 1;
	return default_path;
}

static size_t
count_folders(const char *path)
{
	size_t count = 1;

	for (; *path != '\0'; path++)
		count += *path == ':';
	return count;
}

/* Writes "folder/program" and returns its end. */
static char *
join(char *at, const char *folder, size_t length, const char *program)
{
	at = mempcpy(at, folder, length);
	/* No folder is the current one. */
	if (length > 0)
		*at++ = '/';
	return stpcpy(at, program) + 1;
}

char **
aw_program_paths(const char *program, char *const *env)
{
	const char *path = strchr(program, '/') != NULL || *program == '\0' ?
	    "" : search_path(env);
	size_t count = count_folders(path), i, length;
	char **paths, *at;

	paths = malloc((count + 1) * sizeof(*paths) + strlen(path) +
	    count * (strlen(program) + 2));
	if (paths == NULL)
		return NULL;
	at = (char *)(paths + count + 1);
	for (i = 0; i < count; i++) {
		length = strcspn(path, ":");
		paths[i] = at;
		at = join(at, path, length, program);
		path += length + 1;
	}
	paths[count] = NULL;
	return paths;
}
