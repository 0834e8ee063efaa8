/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What differs between two settings of the same table.
 */
#ifndef COMMON_SETTINGS_COMPARE_H
#define COMMON_SETTINGS_COMPARE_H

#include "settings.h"

#include <stdbool.h>

/* Whether the values of two sections are the same; not if memory is short. */
bool settings_same_values(const struct settings_table *table, const void *one,
    const void *other);

struct settings_change {
	const char *section;       /* its name, or NULL for a global setting */
	const struct setting *row; /* NULL: the section came, or went */
	const char *before;        /* as a file would have it; NULL: it came */
	const char *after;         /* the same; NULL: it went */
};

/* Called with each difference; the texts are gone when it returns. */
typedef void settings_on_change(const struct settings_change *change,
    void *arg);

/* Sections go by name.  Returns 0 or -ENOMEM, when some may be missing. */
int settings_compare(const struct settings *before,
    const struct settings *after, settings_on_change *on_change, void *arg);

#endif
