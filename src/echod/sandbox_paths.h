/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The paths that settings name, and what is done with them.
 */
#ifndef ECHOD_SANDBOX_PATHS_H
#define ECHOD_SANDBOX_PATHS_H

#include "common/settings.h"
#include "landlock.h"

struct sandbox_path {
	const char *section; /* NULL: of no section */
	const char *setting;
	bool reload;         /* a reload takes up another one */
	unsigned uses;       /* of enum landlock_use */
	const char *path;    /* a file's; of SETTINGS_INCLUDE, a pattern too */
};

typedef void sandbox_path_visit(const struct sandbox_path *path, void *arg);

/* Calls visit for each of them; what it is given is good until it returns. */
void sandbox_paths(const struct settings *settings, sandbox_path_visit *visit,
    void *arg);

/*
 * The folder of a file, or of what stands before a pattern; the file itself if
 * that is the root's.  To be freed; NULL: no memory.
 */
char *sandbox_folder(const char *path);

/*
 * Where a path leads by its links; if that is not there yet, where the first of
 * them leads.  To be freed; NULL: nowhere, or no memory.
 */
char *sandbox_destination(const char *path);

#endif
