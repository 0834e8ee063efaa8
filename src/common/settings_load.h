/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A settings file and those that it includes, as one list of entries.
 *
 * An include stands outside of any section, as often as one likes; it names
 * files or patterns of glob(7), which begin in the folder of the file that it
 * stands in.  What it names takes its place, in the order of their names where
 * a pattern fits several.
 */
#ifndef COMMON_SETTINGS_LOAD_H
#define COMMON_SETTINGS_LOAD_H

#include "settings_parse.h"

/* How deep files may include each other. */
#define SETTINGS_INCLUDE_DEPTH 8

/*
 * Loads the file and what it includes; sections are counted through all of
 * them, and each entry has its file.  What is wrong is an entry too, but for
 * a file that can't be read at all: then it returns what settings_text_read
 * does.  Otherwise 0, or -ENOMEM.  settings_entries_clear frees in any case.
 */
int settings_load(const struct settings_table *table, const char *path,
    struct settings_entries *entries);

#endif
